"""Queues that give out their cases, on a desk."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from lab.desks import RULES, Furniture, ManualClock, furnish, open_app
from lab.filed import file_mail, raw_mail
from mailcase.app import App
from mailcase.daemon.watch import give_out
from mailcase.desk import cases as verbs
from mailcase.desk.filing import read_case
from mailcase.desk.outcome import Act
from mailcase.desk.record import record
from mailcase.domain.case import Case
from mailcase.store import cases, outbox, queues, timeline

AGENTS = """\
agents:
  anna: {name: Anna Berg, address: anna@northwind.example, capacity: 2, calendar: days}
  ben: {name: Ben Okoro, address: ben@northwind.example, capacity: 2, skills: [german]}
"""
QUEUES = """\
queues:
  support: {title: Support, members: all, assign: round_robin}
  billing: {title: Billing, members: [ben]}
"""
ROUTING = """\
rules:
  - {name: german, when: 'subject.contains("Hallo")', to: {queue: support, skills: [german]}}
  - {name: money, when: 'subject.contains("invoice")', to: {queue: billing}}
"""
CALENDARS = "calendars:\n  days: {time_zone: UTC, hours: {monday-friday: 08:00-17:00}}\n"
FILES = {"agents.yaml": AGENTS, "queues.yaml": QUEUES, "routing.yaml": ROUTING, "calendars.yaml": CALENDARS}


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def app(database_url: str, tmp_path: Path, clock: ManualClock) -> Iterator[App]:
    found = open_app(furnish(tmp_path, Furniture(url=database_url, rules=RULES | FILES)), clock)
    yield found
    found.close()


def filed(app: App, subject: str = "Hello") -> Case:
    """The case that a mail opens."""
    message = file_mail(app, raw_mail(subject, Message_ID=f"<{subject}.{id(subject)}@customer.example>"))
    return read(app, message.case_id or 0)


def read(app: App, case_id: int) -> Case:
    with app.database.read() as tx:
        found = cases.get(tx, case_id)
    assert found is not None
    return found


def owners(app: App, *subjects: str) -> list[str | None]:
    return [filed(app, subject).owner for subject in subjects]


def test_cases_go_round_until_everybody_is_full(app: App) -> None:
    assert owners(app, "1", "2", "3", "4", "5") == ["anna", "ben", "anna", "ben", None]


def test_who_gets_a_case_works_on_it_and_alone_is_told(app: App) -> None:
    case = filed(app)
    with app.database.read() as tx:
        item = queues.by_case(tx, case.id)
        told = [mail.recipients[0].address for mail in outbox.find(tx) if mail.template.startswith("agent/")]
        said = [entry.cause for entry in timeline.by_case(tx, case.id) if entry.event == "case_picked"]
    assert item is not None
    assert (item.worked_by, told, said) == ("anna", ["anna@northwind.example"], ["queue support: round_robin"])


def test_a_skill_that_a_rule_asks_for_decides(app: App) -> None:
    assert owners(app, "Hallo 1", "Hallo 2", "Hallo 3", "Hello") == ["ben", "ben", None, "anna"]


def test_who_is_off_work_gets_nothing(app: App, clock: ManualClock) -> None:
    clock.advance(timedelta(hours=10))
    assert owners(app, "1", "2", "3") == ["ben", "ben", None]


def test_a_queue_without_a_method_leaves_its_cases_to_be_picked(app: App) -> None:
    assert filed(app, "invoice").owner is None


def test_a_resolved_case_makes_room_for_one_that_waits(app: App, clock: ManualClock) -> None:
    first, *_, waiting = [filed(app, subject) for subject in ("1", "2", "3", "4", "5")]
    assert give_out(app) == 0
    with app.database.begin() as tx:
        act = Act(actor="anna", cause="test", now=clock())
        outcome = verbs.resolve(read_case(tx, first), "problem_solved", None, app.desk.rulebook, act)
        record(tx, app.desk, outcome, clock())
    assert give_out(app) == 1
    assert read(app, waiting.id).owner == "anna"


@pytest.mark.parametrize(("owner", "after"), [("anna", "anna"), (None, "anna")])
def test_a_case_that_is_moved_keeps_an_owner_of_the_new_queue(
    app: App, clock: ManualClock, owner: str | None, after: str
) -> None:
    case = filed(app, "invoice")
    with app.database.begin() as tx:
        act = Act(actor="ben", cause="test", now=clock())
        outcome = read_case(tx, case)
        if owner:
            outcome = verbs.assign(outcome, app.desk.rulebook.agents[owner], act)
        record(tx, app.desk, verbs.route(outcome, app.desk.rulebook.queues["support"], act), clock())
    assert read(app, case.id).owner == after
