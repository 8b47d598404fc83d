"""`python -m lab.bounded KIND NAME…`: does one piece of work after the other, each in a process that is forked for it.

Prints a line of JSON for each: what it took, and how it ended. The limits are the promise's: who passes the time is killed
by the system; the memory is what the process had at most.
"""

import json
import os
import resource
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from hostile_rules import HOSTILE
from lab import hostile
from lab.filed import file_mail
from lab.inside import inside
from lab.mails import mail
from mailcase import log
from mailcase.domain.mailbox import Mailbox
from mailcase.errors import MailcaseError
from mailcase.files import defaults
from mailcase.mail.render import Templates
from mailcase.rules.load import load

CPU_S = 10
MEMORY_MB = 512
SUPPORT = Mailbox(name="support", address="support@desk.example", queue="support")
LOOP = "{% for a in history %}" * 6 + "{{ a }}" + "{% endfor %}" * 6
TEMPLATES = {
    "loops in loops": LOOP,
    "loops over text": "{% for a in words %}{% for b in words %}{% for c in words %}{% for d in words %}x"
    + "{% endfor %}" * 4,
    "a long product": "{{ 'x' * 1000000000 }}",
    "a great range": "{% for a in range(1000000000) %}x{% endfor %}",
    "a macro of itself": "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
    "an include of itself": "{% include 'customer/acknowledged.txt.j2' %}",
    "deep brackets": "{{ " + "(" * 5_000 + "1" + ")" * 5_000 + " }}",
    "deep conditions": "{% if words %}" * 5_000 + "{% endif %}" * 5_000,
    "10 MB of text": "x" * 10_000_000,
    "100,000 fields": "{{ words }}" * 100_000,
    "a filter of a filter": "{{ words" + "|upper" * 20_000 + " }}",
    "an open block": "{% for a in words %}" * 1_000,
}
CONDITIONS = {
    "every address with every address": "to.all(a, to.all(b, to.all(c, a != b || b != c)))",
    "a greedy pattern": 'text.matches("(a*)*(b*)*(c*)*d$")',
    "a nested pattern": 'text.matches("((((a+)+)+)+)+$")',
    "a counted pattern": 'text.matches("(a{1,1000}){1,1000}x")',
    "a pattern for each address": 'to.all(a, text.matches("(x+x+)+y"))',
    "long alternatives": 'text.matches("' + "|".join(f"word{n}" for n in range(300)) + '")',
}
LARGE = "aaaaaaaaab " * 9_000


def file_hostile(name: str) -> None:
    """Take a hostile mail in, and file it or hold it."""
    with _desk() as folder, inside(folder) as desk:
        file_mail(desk.app, hostile.MAILS[name](), "support")


def load_rules(name: str) -> None:
    """Read a hostile rule file, which is refused."""
    _, file, content, *_ = next(row for row in HOSTILE if row[0] == name)
    with _desk() as folder:
        (folder / f"{file}.yaml").write_text(content, encoding="utf-8")
        _refused(lambda: load(folder, [SUPPORT]))


def run_condition(name: str) -> None:
    """Try a costly condition on a large mail, if the rules take it."""
    rule = f"rules:\n  - name: r\n    when: >-\n      {CONDITIONS[name]}\n    then: {{case: {{priority: high}}}}\n"
    to = ", ".join(f"a{number}@many.example" for number in range(190))

    def work() -> None:
        with _desk() as folder, inside(folder, rules={"record_creation.yaml": rule}) as desk:
            file_mail(desk.app, mail(LARGE, to=f"support@northwind.example, {to}"), "support")

    _refused(work)


def render_template(name: str) -> None:
    """Read a hostile template, and render it if it is taken."""
    with _desk() as folder:
        (folder / "customer").mkdir()
        (folder / "customer" / "acknowledged.txt.j2").write_text(TEMPLATES[name], encoding="utf-8")
        _refused(lambda: Templates.load(folder, defaults("templates")).preview("customer/acknowledged"))


WORK: dict[str, tuple[Callable[[str], None], tuple[str, ...]]] = {
    "mail": (file_hostile, tuple(hostile.MAILS)),
    "rules": (load_rules, tuple(row[0] for row in HOSTILE)),
    "condition": (run_condition, tuple(CONDITIONS)),
    "template": (render_template, tuple(TEMPLATES)),
}
"""Kinds of work: what does it, and the names of its pieces."""


@contextmanager
def _desk() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="mailcase-bounded-") as folder:
        yield Path(folder)


def _refused(work: Callable[[], object]) -> None:
    try:
        work()
    except MailcaseError:
        return  # a refusal is an answer, too


def measure(kind: str, name: str) -> dict[str, object]:
    """Do one piece of work in a process of its own."""
    child = os.fork()
    if child == 0:
        resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S + 2))
        try:
            WORK[kind][0](name)
            os._exit(0)
        except BaseException as error:  # noqa: BLE001 - whatever it is, it is told by the exit code
            sys.stderr.write(f"{kind} {name}: {type(error).__name__}: {error}\n"[:500])
            os._exit(1)
    _, status, used = os.wait4(child, 0)
    ended = f"killed by {signal.Signals(os.WTERMSIG(status)).name}" if os.WIFSIGNALED(status) else ""
    ended = ended or ("an unexpected error" if os.waitstatus_to_exitcode(status) else "")
    return {"name": name, "cpu_s": used.ru_utime + used.ru_stime, "memory_mb": used.ru_maxrss / 1024, "ended": ended}


def main() -> None:
    """Measure what the arguments name."""
    log.configure("error", "json")
    kind, *names = sys.argv[1:]
    for name in names:
        sys.stdout.write(json.dumps(measure(kind, name)) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
