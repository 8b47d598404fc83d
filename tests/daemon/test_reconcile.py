"""Servers, ledger and cases, compared."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from lab import dovecot
from lab.desks import START, Furniture, ManualClock, furnish, open_app
from lab.imapserver import ImapServer
from mailcase.app import App
from mailcase.daemon.alarms import tell_of_differences
from mailcase.daemon.backfill import backfill
from mailcase.daemon.intake import intake
from mailcase.daemon.poll import poll
from mailcase.daemon.reconcile import Comparison, Report, compare, reconcile
from mailcase.sandbox.server import Sandbox
from mailcase.transport.imap import ImapSession

IMAP = '[mailboxes.support.imap]\nhost = "127.0.0.1"\nport = {0.port}\nsecurity = "none"\nusername = "{0.username}"\n'
PASSWORD = f'password = "{dovecot.PASSWORD}"\n'
SMTP = '[smtp]\nhost = "127.0.0.1"\nsecurity = "none"\nport = 25\n'


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def server(sandbox: Sandbox) -> ImapServer:
    """A mailbox with three mails from before the desk began, and three from after."""
    found = ImapServer.embedded(sandbox)
    for day in (-3, -2, -1, 1, 2, 3):
        found.append(mail(f"day {day}"), received_at=START + timedelta(days=day))
    return found


@pytest.fixture
def app(database_url: str, tmp_path: Path, clock: ManualClock, server: ImapServer) -> Iterator[App]:
    path = furnish(tmp_path, Furniture(url=database_url, support=IMAP.format(server) + PASSWORD, extra=SMTP))
    path.write_text(path.read_text().replace("[desk]", '[desk]\nadmin = "root@northwind.example"'))
    found = open_app(path, clock)
    yield found
    found.close()


@pytest.fixture
def session(server: ImapServer) -> Iterator[ImapSession]:
    found = ImapSession(server.account())
    yield found
    found.close()


def mail(subject: str) -> bytes:
    head = "From: clara@customer.example\r\nTo: support@northwind.example\r\nSubject: "
    return f"{head}{subject}\r\n\r\nHelp\r\n".encode()


def work(app: App, session: ImapSession) -> None:
    poll(app, "support", session, session.open())
    while intake(app):
        pass


def change(app: App, *statements: str) -> None:
    with app.database.begin() as tx:
        for statement in statements:
            tx.connection.exec_driver_sql(statement)


def test_what_was_taken_and_filed_agrees(app: App, session: ImapSession) -> None:
    work(app, session)
    report = reconcile(app, ["support"])
    assert report.differences == ()
    assert report.mailboxes == (Comparison(mailbox="support", on_server=6, in_ledger=3, older=3),)
    assert not tell_of_differences(app, report)


def test_a_mailbox_that_was_never_opened_waits(app: App, session: ImapSession) -> None:
    assert compare(app, "support", session) == Comparison(mailbox="support", on_server=6, waiting=6)


def test_what_comes_and_goes_is_no_difference(app: App, session: ImapSession, server: ImapServer) -> None:
    work(app, session)
    server.append(mail("new"))
    with server.client() as client:
        client.uid("STORE", str(session.uids()[4]), "+FLAGS", "(\\Deleted)")
        client.expunge()
    found = compare(app, "support", session)
    assert (found.waiting, found.gone, found.missing) == (1, 1, ())


def test_a_backfill_is_no_difference(app: App, session: ImapSession) -> None:
    work(app, session)
    list(backfill(app, "support", session, START - timedelta(days=2), START - timedelta(days=1)))
    assert compare(app, "support", session) == Comparison(mailbox="support", on_server=6, in_ledger=4, older=2)


def test_mail_that_was_not_taken_is_named_and_told(app: App, session: ImapSession, clock: ManualClock) -> None:
    work(app, session)
    uid = session.uids()[4]
    change(app, f"UPDATE inbox SET uid = uid + 1000 WHERE uid = {uid}")
    report = reconcile(app, ["support"])
    assert report.differences == (f"support: not taken from the server: UID {uid}.",)
    assert [tell_of_differences(app, report) for _ in range(2)] == [True, False]


def test_a_server_that_is_away_is_told(app: App) -> None:
    app.config.mailboxes["support"].imap.__dict__["port"] = 1  # nobody listens there
    (line,) = reconcile(app, ["support"]).differences
    assert line.startswith("support could not be compared: 127.0.0.1:1: nothing listens there.")


@pytest.mark.parametrize(
    ("statements", "difference"),
    [
        (["UPDATE activities SET inbox_id = NULL WHERE inbox_id = 2"], "mail 2: filed, but no activity of a case."),
        (
            ["UPDATE inbox SET state = 'skipped' WHERE id = 1"],
            "activity 1: of a mail that is not there, or not filed.",
        ),
        (["UPDATE inbox SET sha256 = 'none' WHERE id = 3"], "mail 3: without their bytes."),
    ],
    ids=["no activity", "no mail", "no bytes"],
)
def test_a_database_that_does_not_agree_with_itself_is_told(
    app: App, session: ImapSession, statements: list[str], difference: str
) -> None:
    work(app, session)
    change(app, *statements)
    assert reconcile(app, []).differences == (difference,)


def test_mail_that_is_left_lying_is_told_after_an_hour(app: App, session: ImapSession, clock: ManualClock) -> None:
    poll(app, "support", session, session.open())
    clock.advance(timedelta(minutes=59))
    assert reconcile(app, []).differences == ()
    clock.advance(timedelta(minutes=2))
    told = "mail 1, 2, 3: neither filed nor held 60 minutes after they came."
    assert reconcile(app, []).differences == (told,)


def test_many_differences_are_counted() -> None:
    report = Report(
        mailboxes=(),
        filed_without_activity=tuple(range(1, 13)),
        activities_without_mail=(),
        without_bytes=(),
        left_lying=(),
    )
    assert report.differences == ("mail 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 and 2 more: filed, but no activity of a case.",)
