"""Older mail, from a real IMAP server into the desk, without a word to anybody."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from lab.desks import START, Furniture, ManualClock, furnish, open_app
from lab.imapserver import ImapServer
from mailcase.app import App
from mailcase.daemon.backfill import Progress, backfill
from mailcase.daemon.intake import intake
from mailcase.daemon.poll import poll
from mailcase.daemon.watch import watch
from mailcase.desk.quiet import quieten
from mailcase.domain.case import Case
from mailcase.domain.decision import (
    AppendToCase,
    Decision,
    Ignore,
    NewCase,
    ReactivateCase,
    ReturnToAgent,
    RunCommands,
)
from mailcase.domain.party import Agent
from mailcase.sandbox.server import Sandbox
from mailcase.store import cases, clocks, outbox
from mailcase.transport.imap import ImapSession

CASE = Case(id=1, title="Old", contact_id=1, mailbox="support", created_at=START, modified_at=START)
ANNA = Agent(key="anna", name="Anna", address="anna@northwind.example")
LEVELS = """\
slas:
  standard:
    calendar: always
    items:
      - {name: first, kpi: first_response, fail_after: 1h, on_fail: {tell: [queue]}}
default: standard
"""
ALWAYS = """\
calendars:
  always: {time_zone: UTC, hours: {monday-sunday: "00:00-24:00"}}
"""


@pytest.fixture
def app(database_url: str, tmp_path: Path) -> Iterator[App]:
    found = open_app(furnish(tmp_path, Furniture(url=database_url)), ManualClock())
    yield found
    found.close()


@pytest.fixture
def server(sandbox: Sandbox) -> ImapServer:
    """A mailbox with a mail of each day from 20 February to 1 March, the last before the desk began."""
    found = ImapServer.embedded(sandbox)
    for day in range(10, 0, -1):
        found.append(mail(f"old {day}"), received_at=START - timedelta(days=day))
    return found


def mail(subject: str, sender: str = "clara@customer.example") -> bytes:
    return f"From: {sender}\r\nTo: support@northwind.example\r\nSubject: {subject}\r\n\r\nHelp\r\n".encode()


def run(app: App, server: ImapServer, since: datetime, until: datetime | None = None) -> Progress:
    session = ImapSession(server.account())
    try:
        *_, last = backfill(app, "support", session, since, until)
    finally:
        session.close()
    return last


def titles(app: App) -> list[str]:
    with app.database.read() as tx:
        return [case.title for case in reversed(cases.find(tx, cases.CaseFilter()))]


def test_older_mail_is_filed_as_of_its_day_and_nobody_is_told(app: App, server: ImapServer) -> None:
    done = run(app, server, START - timedelta(days=4))
    with app.database.read() as tx:
        found = cases.find(tx, cases.CaseFilter())
        assert outbox.find(tx) == []
    assert (done.found, done.known, done.stored) == (4, 0, 4)
    assert titles(app) == ["old 4", "old 3", "old 2", "old 1"]
    assert [case.created_at for case in found] == [START - timedelta(days=day) for day in range(1, 5)]


def test_the_span_ends_where_it_is_told_to(app: App, server: ImapServer) -> None:
    run(app, server, START - timedelta(days=4), START - timedelta(days=2))
    assert titles(app) == ["old 4", "old 3"]


def test_a_second_backfill_takes_only_what_the_first_did_not(app: App, server: ImapServer) -> None:
    run(app, server, START - timedelta(days=3))
    again = run(app, server, START - timedelta(days=5))
    assert (again.found, again.known, again.stored) == (5, 3, 2)
    assert titles(app) == ["old 3", "old 2", "old 1", "old 5", "old 4"]


def test_mail_that_comes_after_the_first_contact_is_left_to_the_daemon(app: App, server: ImapServer) -> None:
    run(app, server, START - timedelta(days=1))
    server.append(mail("new"), received_at=START + timedelta(minutes=1))
    assert run(app, server, START - timedelta(days=1)).found == 1
    session = ImapSession(server.account())
    poll(app, "support", session, session.open())
    session.close()
    while intake(app):
        pass
    with app.database.read() as tx:
        assert {mail.template for mail in outbox.find(tx)} >= {"agent/new_case"}
    assert titles(app) == ["old 1", "new"]


def test_no_clock_begins_for_what_is_long_past(server: ImapServer, database_url: str, tmp_path: Path) -> None:
    furniture = Furniture(url=database_url, rules={"sla.yaml": LEVELS, "calendars.yaml": ALWAYS})
    app = open_app(furnish(tmp_path, furniture), ManualClock())
    run(app, server, START - timedelta(days=4))
    with app.database.read() as tx:
        assert [clocks.by_case(tx, case.id) for case in cases.find(tx, cases.CaseFilter())] == [[]] * 4
    assert watch(app) == 0
    app.close()


@pytest.mark.parametrize(
    ("decision", "done"),
    [
        (RunCommands(case=CASE, agent=ANNA), "backfill"),
        (ReturnToAgent(case=CASE, agent=ANNA, why="too late"), "backfill"),
        (Ignore(reason="bulk"), "bulk"),
    ],
    ids=["commands", "a refused mail", "what is ignored anyway"],
)
def test_an_agents_older_mail_does_nothing_again(decision: Decision, done: str) -> None:
    quiet = quieten(decision)
    assert isinstance(quiet, Ignore)
    assert quiet.reason == done


def test_a_closed_case_stays_closed() -> None:
    quiet = quieten(ReactivateCase(rule="reply", case=CASE, update=NewCase(title="x"), why="they wrote"))
    assert quiet == AppendToCase(rule="reply", case=CASE, is_quiet=True, why="older mail")


def test_progress_counts_what_is_dealt_with() -> None:
    assert Progress(found=9, known=2, stored=3, gone=1).done == 6
    assert datetime(2026, 3, 2, 9, tzinfo=UTC) == START
