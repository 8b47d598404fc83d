"""Rule files that are wrong: (what is wrong, file, its content, `line:column`, a part of the complaint)."""

CREATION, ROUTING, QUEUES, AGENTS = "record_creation", "routing", "queues", "agents"
BOXES, REASONS = "mailboxes", "status_reasons"


def rule(when: str, **more: str) -> str:
    extra = "".join(f"    {key}: {value}\n" for key, value in more.items())
    return f"rules:\n  - name: r\n    when: {when}\n{extra}"


BILLION = "a: &a [x,x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{chr(98 + n)}: &{chr(98 + n)} [{','.join(['*' + chr(97 + n)] * 10)}]\n" for n in range(8)
)

HOSTILE = [
    # YAML
    ("not YAML", CREATION, "rules: [\n", "2:1", "check the YAML"),
    ("a tab", CREATION, "rules:\n\t- name: x\n", "2:1", "check the YAML"),
    ("two documents", CREATION, "rules: []\n---\nrules: []\n", "2:1", "single document"),
    ("a key twice", CREATION, "rules: []\nrules: []\n", "2:1", "'rules' is given twice"),
    ("a key twice, deep", CREATION, "rules:\n  - {name: a, name: b}\n", "2:15", "given twice"),
    ("ten aliases of ten aliases", CREATION, BILLION, "", "more than 50000 values"),
    ("nested deep", CREATION, "rules: " + "[" * 60 + "]" * 60, "", "nested deeper than 30"),
    ("nested very deep", CREATION, "rules: " + "[" * 20_000, "", ""),
    ("an object", CREATION, "rules: !!python/object/apply:os.system [id]\n", "1:8", ""),
    ("an unknown alias", CREATION, "rules: *nobody\n", "1:8", "check the YAML"),
    ("a merge", CREATION, "x: &x {name: a}\nrules:\n  - <<: *x\n", "3:5", "write it out"),
    ("a list for a file", CREATION, "- name: x\n", "1:1", "mapping"),
    ("a word for a file", CREATION, "hello\n", "1:1", "mapping"),
    ("an alias of itself", CREATION, "rules: &r\n  - *r\n", "", ""),
    ("infinity", QUEUES, "queues: {a: {title: .inf}}\n", "1:21", "not a number"),
    # keys and types
    ("a misspelt key", CREATION, "rulez: []\n", "1:1", "did you mean 'rules'?"),
    ("a misspelt key of a rule", CREATION, "rules:\n  - nmae: x\n", "2:5", "did you mean 'name'?"),
    ("a misspelt key, deep", CREATION, rule("'true'", then="{case: {prioriti: high}}"), "4:19", "did you mean 'priority'?"),
    ("a rule without name", CREATION, "rules:\n  - when: 'true'\n", "2:5", "'name' is missing"),
    ("a number for a name", CREATION, "rules:\n  - name: 7\n", "2:11", "valid string"),
    ("a word for a number", QUEUES, "queues: {a: {title: A, private: maybe}}\n", "1:33", "valid boolean"),
    ("yes is a word in YAML 1.2", QUEUES, "queues: {a: {title: A, private: yes}}\n", "1:33", "valid boolean"),
    ("an unknown choice", CREATION, rule("'true'", then="{case: {priority: urgent}}"), "4:29", "'high', 'normal' or 'low'"),
    ("an unknown trigger", CREATION, rule("'true'", on="sometimes"), "4:9", "'new', 'reply' or 'resolved_reply'"),
    ("a list for a text", CREATION, "rules:\n  - name: [a]\n", "2:11", "valid string"),
    ("a title of two lines", QUEUES, 'queues: {a: {title: "A\\r\\nBcc: b@c"}}\n', "1:21", "one line"),
    ("no duration", BOXES, "defaults: {resolved_reply: {reactivate_within: soon}}\n", "1:48", "14d"),
    ("a number for a duration", BOXES, "defaults: {resolved_reply: {reactivate_within: 14}}\n", "1:48", "14d"),
    ("a mail of the house for an acknowledgement", BOXES, "defaults: {acknowledge: agent/new_case}\n", "1:25", "no mail to customers"),
    ("the same in a rule", CREATION, rule("'true'", then="{acknowledge: ../../etc/passwd}"), "4:25", "no mail to customers"),
    ("a rule that only watches and more", CREATION, rule("'true'", then="{watch: true, note: x}"), "4:25", "remove 'note'"),
    ("acknowledge: true", BOXES, "defaults: {acknowledge: true}\n", "1:25", ""),
    # names
    ("an unknown queue", ROUTING, "rules:\n  - name: r\n    to: {queue: suport}\n", "3:17", "did you mean 'support'?"),
    ("an unknown owner", ROUTING, "rules:\n  - name: r\n    to: {owner: zoe}\n", "3:17", "no agent or team 'zoe'"),
    ("no destination", ROUTING, "rules:\n  - name: r\n    to: {}\n", "3:9", "neither a queue nor an owner"),
    ("an unknown mailbox", CREATION, rule("'true'", mailbox="suport"), "4:14", "did you mean 'support'?"),
    ("a policy of an unknown mailbox", BOXES, "mailboxes:\n  sales: {}\n", "2:3", "no mailbox 'sales'"),
    ("an unknown member", QUEUES, "queues: {support: {title: S, members: [zoe]}}\n", "1:40", "no agent or team 'zoe'"),
    ("no queue", QUEUES, "queues: {}\n", "1:9", "at least 1"),
    ("a queue that a mailbox wants", QUEUES, "queues: {other: {title: O}}\n", "1:1", "mailbox support wants"),
    ("two rules with one name", ROUTING, "rules:\n  - {name: r, to: {queue: support}}\n  - {name: r, to: {queue: support}}\n", "3:12", "another name"),
    ("no mail address", AGENTS, "agents: {zoe: {name: Z, address: zoe}}\n", "1:34", "not a mail address"),
    ("one address twice", AGENTS, "agents:\n  a: {name: A, address: a@b.c}\n  b: {name: B, address: A@B.C}\n", "3:25", "of a already"),
    ("the address of a mailbox", AGENTS, "agents: {a: {name: A, address: support@desk.example}}\n", "1:32", "mailbox support"),
    ("a key with a space", AGENTS, "agents: {'a b': {name: A, address: a@b.c}}\n", "", ""),
    # conditions
    ("half an expression", CREATION, rule("'subject =='"), "3:22", "Syntax error"),
    ("an unknown field", CREATION, rule("from.adress == 'a'"), "3:11", "did you mean from.address?"),
    ("an unknown field, line 2", CREATION, "rules:\n  - name: r\n    when: |\n      true &&\n        subjct == 'a'\n", "5:9", "did you mean subject?"),
    ("an unknown function", CREATION, rule("subject.startWith('a')"), "3:19", "did you mean startsWith?"),
    ("a case for new mail", CREATION, rule("case.status == 'active'"), "3:11", "rules of this kind"),
    ("a kind for routing", ROUTING, "rules:\n  - name: r\n    when: kind == 'bulk'\n    to: {queue: support}\n", "3:11", "rules of this kind"),
    ("a text and a number", CREATION, rule("subject == 5"), "3:19", "no matching overload"),
    ("no condition", CREATION, rule("subject"), "3:11", "not a condition"),
    ("a bad regex", CREATION, rule("'subject.matches(\"(\")'"), "3:28", "regex is wrong"),
    ("a computed regex", CREATION, rule("subject.matches(text)"), "3:27", "in quotes"),
    ("a huge regex", CREATION, rule("subject.matches('(a{1000}){1000}')"), "", "regex is wrong"),
    ("days in CEL", CREATION, rule("now - now > duration('14d')"), "3:32", "336h"),
    ("no time zone", CREATION, rule("now.getHours('Europe/Berln') > 2"), "3:24", "no time zone"),
    ("a value that never comes", CREATION, rule("kind == 'humann'"), "3:19", "one of human"),
    ("a value in a list that never comes", CREATION, rule("kind in ['bulk', 'bounced']"), "3:28", "never 'bounced'"),
    ("capitals that never match", CREATION, rule("from.domain == 'Example.com'"), "3:26", "write 'example.com'"),
    ("a header in capitals", CREATION, rule("headers['List-Id'] != ''"), "3:19", '"list-id"'),
    ("a computed header", CREATION, rule("headers[subject] != ''"), "3:11", "x-name"),
    ("a division by nothing", CREATION, rule("10 / attachments.count > 1"), "3:11", "empty fields"),
    ("more steps than the budget", CREATION, rule("to.all(a, cc.all(b, to.all(c, true)))"), "3:11", "200 addresses"),
    ("growing text", CREATION, rule("(text + text).contains('a')"), "3:17", "no matching overload"),
    ("growing lists", CREATION, rule("to.map(a, [a, a]).size() > 1"), "", ""),
    ("a long condition", CREATION, rule("'" + "true && " * 600 + "true'"), "3:12", "4000 characters"),
    ("brackets in brackets", CREATION, rule("'" + "(" * 900 + "true" + ")" * 900 + "'"), "3:12", ""),
    # captures, actions, examples
    ("a capture of nothing", CREATION, rule("'true'", capture="[{in: text, pattern: abc}]"), "4:35", "name a group"),
    ("a bad capture", CREATION, rule("'true'", capture="[{in: text, pattern: '(?P<a>'}]"), "4:35", "regex is wrong"),
    ("a look-behind", CREATION, rule("'true'", capture="[{in: text, pattern: '(?<=a)(?P<b>c)'}]"), "4:35", "regex is wrong"),
    ("a capture from nowhere", CREATION, rule("'true'", capture="[{in: footer, pattern: '(?P<a>b)'}]"), "4:20", "cannot be searched"),
    ("a default of no group", CREATION, rule("'true'", capture="[{in: text, pattern: '(?P<a>b)', default: {z: x}}]"), "4:57", "no group 'z'"),
    ("skip and hold", CREATION, rule("'true'", then="{skip: a, hold: b}"), "4:21", "exclude each other"),
    ("quiet for new mail", CREATION, rule("'true'", then="{quiet: true}"), "4:12", "means nothing"),
    ("an example that comes out differently", CREATION, rule("subject == 'x'", examples="[{mail: {subject: y}}]"), "", "comes out with rule"),
    ("an example of an unknown kind", CREATION, rule("'true'", examples="[{mail: {kind: nice}}]"), "4:30", "it should be"),
    # status reasons
    ("a built-in reason of another status", REASONS, "reasons: {on_hold: {title: H, status: resolved}}\n", "1:39", "another key"),
    ("a dead end", REASONS, "reasons:\n  limbo: {title: L, status: active}\n  problem_solved: {title: P, status: resolved, after: [researching]}\n  information_provided: {title: I, status: resolved, after: [researching]}\n  cancelled: {title: C, status: cancelled, after: [researching]}\n  merged: {title: M, status: cancelled, after: [researching]}\n  researching: {title: R, status: active, after: [on_hold]}\n  on_hold: {title: O, status: active, after: [researching]}\n", "", "no resolved or cancelled reason can follow limbo"),
    ("after an unknown reason", REASONS, "reasons: {x: {title: X, status: active, after: [waitng]}}\n", "1:49", "no status reason 'waitng'"),
    ("after an inactive reason", REASONS, "reasons: {x: {title: X, status: cancelled, after: [merged]}}\n", "1:52", "cannot become"),
]  # fmt: skip
