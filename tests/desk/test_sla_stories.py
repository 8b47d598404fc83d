"""The stories of docs/sla.md, played by the code that moves the clocks of a desk."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from mailcase.desk.simulation import Step, play
from mailcase.domain.activity import Activity, ActivityKind
from mailcase.domain.case import Case, Priority, Status
from mailcase.domain.decision import Context
from mailcase.domain.events import AgentReplied, CaseCancelled, CaseReactivated, CaseResolved
from mailcase.domain.mailbox import Mailbox
from mailcase.rules.load import load
from mailcase.rules.rulebook import Rulebook

PAGE = (Path(__file__).parents[2] / "docs" / "sla.md").read_text(encoding="utf-8")
BERLIN = ZoneInfo("Europe/Berlin")
MAILBOX = Mailbox(name="support", address="support@northwind.example")
WORDS = Activity(kind=ActivityKind.EMAIL_OUT, created_at=datetime(2026, 1, 1, tzinfo=UTC), created_by="anna")
ABOUT = {"actor": "anna", "cause": "a story"}
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def rows():
    section = PAGE.split("### Stories\n")[1].split("\n### ")[0].split("```")[2]
    table = [line for line in section.splitlines() if line.startswith("|")][2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table]


@pytest.fixture(scope="module")
def rulebook(tmp_path_factory) -> Rulebook:
    folder = tmp_path_factory.mktemp("rules")
    block = PAGE.split("### Stories\n")[1].split("```yaml\n")[1].split("```")[0]
    for name, content in re.findall(r"^# (\S+)\n(.*?)(?=^# |\Z)", block, re.MULTILINE | re.DOTALL):
        (folder / name).write_text(content, encoding="utf-8")
    return load(folder, [])


def moment(text):
    return datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=BERLIN).astimezone(UTC)


def happens(case, what, at):
    """What a word of a story does to a case, and the events that tell of it."""
    match what:
        case "answered":
            return replace(case, first_response_at=at, last_update_at=at), (AgentReplied(**ABOUT, activity=WORDS),)
        case "resolved":
            changes = {"status": Status.RESOLVED, "status_reason": "problem_solved", "resolved_at": at}
            return replace(case, **changes), (CaseResolved(**ABOUT, reason=""),)
        case "reopened":
            changes = {"status": Status.ACTIVE, "status_reason": "in_progress", "resolved_at": None}
            return replace(case, **changes), (CaseReactivated(**ABOUT, why=""),)
        case "merged":
            changes = {"status": Status.CANCELLED, "status_reason": "merged", "resolved_at": at}
            return replace(case, **changes), (CaseCancelled(**ABOUT, reason=""),)
        case "high":
            return replace(case, priority=Priority.HIGH), ()
        case reason:
            return replace(case, status_reason=reason), ()


def played(sla, story, rulebook):
    steps, case = [], None
    for part in story.split("; "):
        at, what = moment(part[:16]), part[17:]
        if case is None:
            case, events = (
                Case(
                    id=1,
                    title="x",
                    contact_id=1,
                    mailbox="support",
                    sla=sla,
                    created_at=at,
                    modified_at=at,
                    unanswered_since=at,
                ),
                (),
            )
        else:
            case, events = happens(case, what, at)
        steps.append(Step(at=at, case=case, events=events))
    people = Context(mailbox=MAILBOX, contact=None)
    return play(tuple(steps), people, rulebook, steps[-1].at + timedelta(minutes=1))


def shown(at):
    local = at.astimezone(BERLIN)
    return f"{DAYS[local.weekday()]} {local:%Y-%m-%d %H:%M}"


@pytest.mark.parametrize("row", rows(), ids=lambda row: row[-1])
def test_a_story_is_true(row, rulebook):
    sla, story, kpi, state, due, _ = row

    clock = [one for one in played(sla, story, rulebook) if one.kpi == kpi][-1]

    assert (clock.state, shown(clock.due_at)) == (state, due)


def test_there_are_twenty_dated_examples_in_all():
    assert len(rows()) >= 10
    examples = PAGE.split("### Examples\n")[1].split("\n#")[0].count("\n|") - 2
    assert len(rows()) + examples >= 20
