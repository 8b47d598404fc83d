"""Loading a folder: defaults, versions, examples, and everything that is wrong at once."""

import json
import re
from pathlib import Path

import pytest

from mailcase.errors import Invalid
from mailcase.rules.load import SHIPPED, load
from mailcase.rules.schema import FILES, json_schemas
from mailcase.rules.told import NOTICES, Notice
from rule_cases import AGENTS, SUPPORT, book, write


def test_an_empty_folder_is_the_shipped_desk(tmp_path: Path) -> None:
    empty, shipped = load(tmp_path, [SUPPORT]), load(SHIPPED, [SUPPORT])

    assert (empty.version, empty.queues, empty.calendars) == (shipped.version, shipped.queues, shipped.calendars)


def test_what_a_broken_file_would_have_named_is_no_second_mistake(tmp_path: Path) -> None:
    with pytest.raises(Invalid) as refused:
        book(
            tmp_path,
            calendars="calendars: [",
            agents="agents: [",
            queues="queues: {support: {title: S, members: [anna]}}",
        )

    assert {line.partition(":")[0] for line in refused.value.problems} == {"calendars.yaml", "agents.yaml"}


def test_a_mistake_in_a_shipped_file_is_told_as_such(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match=r"^<shipped>/sla.yaml:\d+:\d+: there is no calendar 'office'"):
        book(tmp_path, calendars="calendars: {shop: {time_zone: UTC, hours: {mon: 09:00-10:00}}}")


def test_every_file_is_shipped() -> None:
    assert {path.name for path in SHIPPED.iterdir()} == set(FILES)


def test_the_shipped_files_need_no_agent(tmp_path: Path) -> None:
    rules = book(tmp_path)

    assert rules.agents == {}
    assert rules.default_queue == "support"


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="mailcase init"):
        load(tmp_path / "none", [SUPPORT])


def test_the_version_follows_the_content(tmp_path: Path) -> None:
    first = book(tmp_path).version
    changed = book(tmp_path, agents=AGENTS).version

    assert first != changed
    assert book(tmp_path, agents=AGENTS).version == changed


def test_a_file_of_an_unknown_name_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match=r"routng.yaml:1:1: .*did you mean 'routing.yaml'"):
        book(tmp_path, routng="rules: []")


def test_what_is_wrong_in_several_files_is_told_at_once(tmp_path: Path) -> None:
    write(tmp_path, routing="rules: [{name: r, when: subjct, to: {queue: x}}]", queues="queues: {}", agents="x: 1")

    with pytest.raises(Invalid) as refused:
        load(tmp_path, [SUPPORT])

    assert {line.partition(":")[0] for line in refused.value.problems} == {"agents.yaml", "queues.yaml", "routing.yaml"}


def test_an_agent_is_found_by_any_spelling_of_the_address(tmp_path: Path) -> None:
    rules = book(tmp_path, agents=AGENTS)

    found = rules.agent_by_address("Anna@DESK.example")
    assert found is not None
    assert found.key == "anna"
    assert rules.agent_by_address("zoe@desk.example") is None


def test_all_means_the_active_agents(tmp_path: Path) -> None:
    assert book(tmp_path, agents=AGENTS).queues["support"].members == ("anna",)


def test_a_mailbox_leaves_out_what_is_as_usual(tmp_path: Path) -> None:
    rules = book(
        tmp_path, mailboxes="defaults: {acknowledge: customer/hello}\nmailboxes: {billing: {unknown_senders: hold}}"
    )

    assert rules.policy("billing").acknowledge == "customer/hello"
    assert rules.policy("billing").unknown_senders == "hold"
    assert rules.policy("support").unknown_senders == "create"


EXAMPLE = """
rules:
  - name: vip
    mailbox: billing
    when: from.domain == "vip.example" && now.getHours("Europe/Berlin") == 8
    capture: [{in: subject, pattern: '(?P<order>[0-9]+)'}]
    then: {case: {priority: high, tags: [vip]}, acknowledge: customer/vip}
    examples:
      - mail: {from: "V <v@vip.example>", subject: about 7, at: "2026-03-02T07:30:00Z"}
        expect: {outcome: open, queue: support, acknowledge: customer/vip, case: {priority: high, tags: [vip], fields: {order: "7"}}}
      - mail: {from: v@vip.example}
        expect: {rule: default, acknowledge: customer/acknowledged}
  - {name: late, on: resolved_reply, when: 'case.resolved_for > duration("5h")', then: {resolved: attach}, examples: [
      {mail: {}, expect: {outcome: append}}, {mail: {resolved_ago: 4h}, expect: {outcome: reactivate, rule: resolved reply}}]}
  - {name: note, on: reply, then: {note: look, case: {priority: low}}, examples: [{mail: {}, expect: {case: {priority: low}}}]}
  - {name: watching, then: {watch: true}, examples: [{mail: {}}]}
examples:
  - {mail: {kind: bulk}, expect: {outcome: open}}
"""


def test_examples_that_come_out_as_expected_are_accepted(tmp_path: Path) -> None:
    assert len(book(tmp_path, record_creation=EXAMPLE).creation) == 4


@pytest.mark.parametrize(
    ("before", "after", "what"),
    [
        ('fields: {order: "7"}', 'fields: {order: "8"}', "case.fields.order 7, not 8"),
        ("queue: support", "queue: money", "queue support, not money"),
        ("outcome: append", "outcome: reactivate", "outcome append, not reactivate"),
        ("resolved_ago: 4h", "resolved_ago: 6h", "outcome append, not reactivate"),
        ("{kind: bulk}, expect: {outcome: open}", "{mailbox: sales}", "no mailbox 'sales'"),
        ("07:30:00Z", "07:30:00", "offset"),
    ],
)  # fmt: skip
def test_an_example_that_comes_out_differently_refuses_the_file(
    tmp_path: Path, before: str, after: str, what: str
) -> None:
    assert before in EXAMPLE

    with pytest.raises(Invalid) as refused:
        book(tmp_path, record_creation=EXAMPLE.replace(before, after))

    assert any(what in line for line in refused.value.problems), refused.value


def test_every_file_has_a_json_schema_that_knows_its_keys() -> None:
    schemas = json_schemas()

    assert set(schemas) == set(FILES)
    assert "rules" in schemas["routing.yaml"]["properties"]
    assert json.loads(json.dumps(schemas)) == schemas
    assert all(one["additionalProperties"] is False for one in schemas.values())


def test_a_json_schema_shows_durations_as_they_are_written() -> None:
    within = json_schemas()["mailboxes.yaml"]["$defs"]["ResolvedReplyForm"]["properties"]["reactivate_within"]

    assert (within["type"], within["default"]) == ("string", "14d")


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("queues", "queues: {a: {title: A, assign: random}}", "queues.yaml:1:32: queues.a.assign: it should be 'none', "),
        ("queues", "queues: {a: {title: A, calendar: nights}}", "queues.yaml:1:34: there is no calendar 'nights'"),
        ("agents", "agents: {a: {name: A, address: a@b.c, calendar: x}}", "agents.yaml:1:49: there is no calendar 'x'"),
        ("agents", "agents: {a: {name: A, address: a@b.c, capacity: -1}}", "agents.yaml:1:49: agents.a.capacity: it "),
        ("routing", "rules: [{name: x, to: {queue: support, skills: [go]}}]", "routing.yaml:1:49: there is no agent with "),
    ],
)  # fmt: skip
def test_terms_of_assignment_are_checked(tmp_path: Path, name: str, content: str, problem: str) -> None:
    with pytest.raises(Invalid) as raised:
        book(tmp_path, **{name: content})
    assert any(line.startswith(problem) for line in raised.value.problems), raised.value.problems


NOTICES_FILE = """
notices:
  new_case: {to: []}
  resolved: {to: [leads, anna], template: agent/closed}
"""


def test_what_notices_leave_out_is_as_shipped(tmp_path: Path) -> None:
    found = book(tmp_path, agents=AGENTS, notices=NOTICES_FILE).notices

    assert found["new_case"] == Notice(to=(), template="agent/new_case")
    assert found["resolved"] == Notice(to=("leads", "anna"), template="agent/closed")
    assert found["customer_replied"] == NOTICES["customer_replied"]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("notices: {new_case: {to: [ana]}}", "1:27: there is no agent, team or role 'ana'; did you mean 'anna'?"),
        ("notices: {new_cases: {to: []}}", "it should be 'new_case'"),
        ("notices: {resolved: {template: customer/resolved}}", "no agent's mail; name one below agent/"),
    ],
)
def test_a_mistake_in_notices_is_told(tmp_path: Path, content: str, problem: str) -> None:
    with pytest.raises(Invalid, match=re.escape(problem)):
        book(tmp_path, agents=AGENTS, notices=content)


def test_the_shipped_notices_are_those_of_the_program(tmp_path: Path) -> None:
    assert book(tmp_path).notices == NOTICES


def test_each_notice_can_be_written_in_the_file(tmp_path: Path) -> None:
    everything = "".join(f"  {name}: {{to: [leads]}}\n" for name in NOTICES)

    assert {one.to for one in book(tmp_path, notices=f"notices:\n{everything}").notices.values()} == {("leads",)}


def test_a_misspelt_key_hides_no_mistake_in_a_condition(tmp_path: Path) -> None:
    creation = """
    rules:
      - {name: a, whn: "true"}
      - {name: b, when: subjct == "x"}
      - {name: c, when: subjct == "x", then: {skp: why}}
      - {name: d, on: never, when: subjct == "x"}
      - 5
    """
    routing = "rules: [{name: r, when: case.titel == 'x', to: {que: support}}, {name: s, to: {queue: nowhere}}]"

    with pytest.raises(Invalid) as refused:
        book(tmp_path, record_creation=creation, routing=routing)

    told = "\n".join(refused.value.problems)
    assert told.count("did you mean subject?") == 2
    assert all(word in told for word in ("'whn'", "'skp'", "'que'", "case.titel", "'nowhere'", "rules.on"))
