"""Every command of the table, run on a case."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from desk.values import ACT, ANNA, BEN, CREATED, NOW, closed, picked, waiting
from lab.desks import RULES
from mailcase.desk import cases
from mailcase.desk.call import Request, find_agent
from mailcase.desk.commands import Ran, run
from mailcase.desk.outcome import Outcome
from mailcase.desk.verbs import RUN
from mailcase.desk.verbs_activities import ACTIVITIES
from mailcase.desk.verbs_flow import FLOWS
from mailcase.desk.verbs_relations import RELATIONS
from mailcase.domain.activity import ActivityKind
from mailcase.domain.case import CaseType, Priority, Status
from mailcase.domain.command_table import COMMANDS, help_text
from mailcase.domain.mailbox import Mailbox
from mailcase.domain.party import Agent
from mailcase.errors import Refused
from mailcase.mail.commands import parse_commands
from mailcase.rules.load import load
from mailcase.rules.rulebook import Rulebook


@pytest.fixture(scope="module")
def rulebook(tmp_path_factory: pytest.TempPathFactory) -> Rulebook:
    folder: Path = tmp_path_factory.mktemp("rules")
    for name, content in RULES.items():
        (folder / name).write_text(content)
    return load(folder, [Mailbox(name="support", address="support@northwind.example", queue="support")])


def told(text: str, start: Outcome, rulebook: Rulebook, agent: Agent = ANNA) -> Ran:
    parsed = parse_commands(text)
    mail = cases.outgoing(start.case, parsed.words, ACT) if parsed.words else None
    return run(start, Request(agent=agent, commands=parsed.commands, words=mail), rulebook, ACT)


ROWS: list[tuple[str, Callable[[], Outcome], dict[str, Any], str]] = [
    ("#resolve", waiting, {"status": Status.RESOLVED, "status_reason": "problem_solved"}, "resolved (Problem Solved)"),
    ("#resolve information-provided", waiting, {"status_reason": "information_provided"}, "resolved (Information Provided)"),
    ("#resolve All is well.", waiting, {"resolution": "All is well."}, "resolved (Problem Solved)"),
    ("#resolve problem_solved Done.\nBye", waiting, {"resolution": "Done.\n\nBye"}, "resolved (Problem Solved)"),
    ("#note She is kind.", waiting, {}, "note: She is kind."),
    ("#status wait", waiting, {"status_reason": "waiting_for_details"}, "status reason: in_progress → waiting_for_details"),
    ("#assign ben", waiting, {"owner": "ben"}, "assigned to ben"),
    ("#assign me", waiting, {"owner": "anna"}, "assigned to anna"),
    ("#pick", waiting, {"owner": "anna"}, "picked by anna"),
    ("#release", picked, {"owner": None}, "given back to the queue"),
    ("#queue Billing", waiting, {"queue": "billing"}, "routed to queue billing"),
    ("#queue -", waiting, {"queue": "support"}, "taken out of queue support"),
    ("#priority high", waiting, {"priority": Priority.HIGH}, "priority: normal → high"),
    ("#type problem", waiting, {"case_type": CaseType.PROBLEM}, "case_type: - → problem"),
    ("#subject billing/refund", waiting, {"subject": "billing/refund"}, "subject: - → billing/refund"),
    ("#set seats 7", waiting, {"custom": (("seats", "7"),)}, "custom: - → seats=7"),
    ("#set product lamp  two", waiting, {"product": "lamp two"}, "product: - → lamp two"),
    ("#set title: The lamp", waiting, {"title": "The lamp"}, "title: *"),
    ("#tag vip, -old #new", lambda: waiting(tags=("old",)), {"tags": ("vip", "new")}, "tags: old → vip new"),
    ("#escalate", waiting, {"is_escalated": True, "escalated_at": NOW}, "is_escalated: *"),
    ("#hold", waiting, {"status_reason": "on_hold"}, "status reason: in_progress → on_hold"),
    ("#sla none", waiting, {"sla": "none"}, "sla: - → none"),
    ("#sla default", lambda: waiting(sla="gold"), {"sla": None}, "sla: gold → -"),
    ("#exempt", closed, {"is_exempt": True}, "is_exempt: False → True"),
    ("#exempt no", lambda: waiting(is_exempt=True), {"is_exempt": False}, "is_exempt: True → False"),
    ("#hold until 2026-03-05 10:00", waiting, {"status_reason": "on_hold", "follow_up_at": NOW.replace(day=5)}, "status reason: in_progress → on_hold; follow_up_at"),
    ("#cancel a duplicate", waiting, {"status": Status.CANCELLED}, "cancelled (a duplicate)"),
    ("#reopen it came back", closed, {"status": Status.ACTIVE, "resolved_at": None}, "reactivated: it came back"),
    ("#cc +Max@X.example, Eva <eva@x.example>", waiting, {"cc": ("max@x.example", "eva@x.example")}, "copied: +max@x.example +eva@x.example"),
    ("#cc -max@x.example", lambda: waiting(cc=("max@x.example",)), {"cc": ()}, "copied: -max@x.example"),
    ("#cc max@x.example", lambda: waiting(cc=("max@x.example",)), {"cc": ("max@x.example",)}, "copied: max@x.example"),
    ("#cc", waiting, {"cc": ()}, "nobody else is copied"),
    ("#send", waiting, {}, "sent in spite of what came meanwhile"),
    ("#show", closed, {}, "see below"),
    ("#help", closed, {}, help_text()),
]  # fmt: skip


NAMED = (*ACTIVITIES, *RELATIONS, *FLOWS)
ELSEWHERE = {spec.name for spec in COMMANDS if spec.name in NAMED} | {"dry", "undo", "customer", "kb"}
"""Told of in test_activities, test_flows, test_relations, test_trial, test_undo and test_customer_verb."""


def test_every_command_of_the_table_has_a_verb_and_a_row_here() -> None:
    names = {spec.name for spec in COMMANDS}
    assert set(RUN) == names
    assert {parse_commands(text).commands[0].spec.name for text, *_ in ROWS} == names - ELSEWHERE


@pytest.mark.parametrize(("text", "start", "fields", "said"), ROWS, ids=[row[0].split("\n")[0] for row in ROWS])
def test_a_command_does_what_it_says(
    text: str, start: Callable[[], Outcome], fields: dict[str, Any], said: str, rulebook: Rulebook
) -> None:
    ran = told(text, start(), rulebook)
    assert {name: getattr(ran.outcome.case, name) for name in fields} == fields
    (line,) = ran.lines
    assert line.is_ok
    assert line.outcome.startswith(said.removesuffix("*"))


@pytest.mark.parametrize(
    ("text", "start", "why"),
    [
        ("#resolve", closed, "is resolved; reactivate it first"),
        ("#status problem_solved", waiting, "'problem_solved' is not a status reason of active cases"),
        ("#assign nobody", waiting, "'nobody' is no agent here; there are: anna, ben"),
        ("#assign anna", picked, "is owned by Anna Berg already"),
        ("#pick", lambda: picked(by="ben"), "was picked by ben already"),
        ("#pick", lambda: Outcome.of(waiting().case), "is in no queue; use #assign me"),
        ("#release", waiting, "is picked by nobody"),
        ("#queue nowhere", waiting, "'nowhere' is no queue here; there are: billing, support"),
        ("#queue support", waiting, "is in the queue support already"),
        ("#priority urgent", waiting, "'urgent' is none of high, normal, low"),
        ("#priority normal", waiting, "has priority normal already"),
        ("#type idea", waiting, "'idea' is none of question, problem, request"),
        ("#cc somebody", waiting, "'somebody' holds no mail address"),
        ("#cc -max@x.example", waiting, "max@x.example is not copied; copied are: none"),
        ("#cc " + " ".join(f"a{n}@x.example" for n in range(21)), waiting, "at most 20 others take part"),
        ("#escalate", lambda: waiting(is_escalated=True, escalated_at=CREATED), "already"),
        ("#cancel twice", lambda: closed(Status.CANCELLED), "is cancelled; reactivate it first"),
        ("#reopen why", waiting, "is active; there is nothing to reopen"),
        ("#tag -none", waiting, "already"),
        ("#set title -", waiting, "a case needs a title"),
    ],
)
def test_a_refusal_says_why_and_changes_nothing(
    text: str, start: Callable[[], Outcome], why: str, rulebook: Rulebook
) -> None:
    begun = start()
    ran = told(text, begun, rulebook)
    (line,) = ran.lines
    assert not line.is_ok
    assert why in line.outcome
    assert ran.outcome == begun


def test_one_refusal_undoes_the_whole_mail(rulebook: Rulebook) -> None:
    start = waiting()
    ran = told("#priority high\n#queue nowhere\n#pick\nDear Clara", start, rulebook)
    assert ran.outcome == start
    assert [line.command for line in ran.lines] == ["#priority high", "#queue nowhere", "#pick"]
    assert [line.outcome for line in ran.lines if "nowhere" not in line.command] == [
        "not done, because of the refusal"
    ] * 2
    assert not any(line.is_ok for line in ran.lines)


def test_commands_run_in_their_order_and_words_go_last(rulebook: Rulebook) -> None:
    ran = told("#pick\n#priority high\n#note kind\nDear Clara", waiting(), rulebook)
    kinds = [new.activity.kind for new in ran.outcome.activities]
    assert kinds == [ActivityKind.NOTE, ActivityKind.EMAIL_OUT]
    assert [event.name for event in ran.outcome.events] == [
        "case_picked",
        "fields_changed",
        "note_added",
        "agent_replied",
    ]


def test_words_beside_resolve_are_the_closure_mail_alone(rulebook: Rulebook) -> None:
    ran = told("#resolve\nDear Clara", waiting(), rulebook)
    assert [event.name for event in ran.outcome.events] == ["case_resolved"]
    assert [new.activity.text for new in ran.outcome.activities] == ["Dear Clara"]


def test_words_on_a_closed_case_are_refused_and_reopen_makes_way_for_them(rulebook: Rulebook) -> None:
    (line,) = told("Dear Clara", closed(), rulebook).lines
    assert (line.command, line.is_ok) == ("your reply", False)
    assert told("#reopen forgot something\nDear Clara", closed(), rulebook).outcome.case.is_active


def test_show_asks_for_the_whole_timeline(rulebook: Rulebook) -> None:
    assert told("#show", waiting(), rulebook).wants_timeline
    assert not told("#pick", waiting(), rulebook).wants_timeline


@pytest.mark.parametrize("words", ["anna", "ANNA", "@anna", "Anna Berg", "anna b", "anna@northwind.example"])
def test_an_agent_is_found_by_what_people_write(words: str, rulebook: Rulebook) -> None:
    assert find_agent(words, BEN, rulebook.agents).key == "anna"


def test_me_is_whoever_says_it(rulebook: Rulebook) -> None:
    assert find_agent("me", BEN, rulebook.agents) == BEN
    with pytest.raises(Refused, match="'me' is no agent here"):
        find_agent("me", None, rulebook.agents)
