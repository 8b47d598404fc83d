"""What is deleted on the server, and what never is."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from daemon.values import desk_with, fetched, received
from lab.desks import ManualClock
from lab.dovecot import Dovecot
from lab.imapscript import OK, ImapScript, listed
from lab.imapserver import ImapServer
from lab.mails import mail
from mailcase.app import App
from mailcase.daemon import held
from mailcase.daemon.alarms import PATIENCE
from mailcase.daemon.check import check_all
from mailcase.daemon.health import Health
from mailcase.daemon.intake import intake
from mailcase.daemon.tidy import note, tidy, tidy_all
from mailcase.domain.inbox import InboxState
from mailcase.errors import Unavailable
from mailcase.store import inbox
from mailcase.transport.imap import ImapSession

DAY = timedelta(days=1)
DELETE = 'after_filing = "delete"\ndelete_after = "30d"'
LOOP = {"Received": "from a by b\n" + "Received: from a by b\n" * 60 + "Received: from a by b"}
Desk = Callable[..., App]


@pytest.fixture
def server(dovecot_server: Dovecot) -> ImapServer:
    return ImapServer.dovecot(dovecot_server)


@pytest.fixture
def desk(database_url: str, tmp_path: Path, clock: ManualClock) -> Iterator[Desk]:
    opened: list[App] = []

    def open_desk(server: ImapServer, more: str = DELETE, extra: str = "") -> App:
        opened.append(desk_with(tmp_path, database_url, server, clock, more=more, extra=extra))
        return opened[-1]

    yield open_desk
    for app in opened:
        app.close()


def filed(app: App, clock: ManualClock) -> None:
    """Fetch and file all there is, whatever it takes."""
    fetched(app)
    for _ in range(4):
        while intake(app):
            pass
        clock.advance(timedelta(minutes=15))


def swept(app: App) -> None:
    assert tidy_all(app, ["support", "billing"]) == []


def test_filed_mail_is_deleted_when_its_time_has_come(desk: Desk, server: ImapServer, clock: ManualClock) -> None:
    app = desk(server)
    server.append(mail(), mail(message_id="<2@c.example>"))
    filed(app, clock)
    server.append(mail("later\n", message_id="<3@c.example>"))
    clock.advance(29 * DAY)
    swept(app)
    assert set(server.flags()) == {1, 2, 3}
    clock.advance(DAY)
    filed(app, clock)
    swept(app)
    assert set(server.flags()) == {3}
    assert [message.state for message in received(app)] == [InboxState.FILED] * 3


def test_held_mail_stays_until_a_person_has_decided(desk: Desk, server: ImapServer, clock: ManualClock) -> None:
    app = desk(server)
    server.append(mail(headers=LOOP))
    filed(app, clock)
    clock.advance(300 * DAY)
    swept(app)
    assert set(server.flags()) == {1}
    held.release(app, 1, "root")
    swept(app)
    assert set(server.flags()) == {1}, "the time counts from the filing"
    clock.advance(31 * DAY)
    swept(app)
    assert server.flags() == {}


def test_mail_whose_body_is_on_the_server_alone_stays(desk: Desk, server: ImapServer, clock: ManualClock) -> None:
    app = desk(server, extra="[limits]\nmessage_bytes = 2000\n")
    server.append(mail("long\n" * 1000))
    filed(app, clock)
    held.release(app, 1, "root")
    clock.advance(300 * DAY)
    swept(app)
    assert set(server.flags()) == {1}


def test_mail_that_is_held_under_its_old_number_stays(desk: Desk, server: ImapServer, clock: ManualClock) -> None:
    app = desk(server, more=f'{DELETE}\nfolder = "Desk"')
    for _ in range(2):
        with server.client() as client:
            client.delete("Desk")
            client.create("Desk")
        server.append(mail(headers=LOOP), folder="Desk")
        filed(app, clock)
    assert [(row.state, row.reason) for row in received(app)][1] == (InboxState.SKIPPED, "renumbered"), "precondition"
    clock.advance(300 * DAY)
    swept(app)
    assert set(server.flags("Desk")) == {1}


def test_what_others_marked_as_deleted_stays(desk: Desk, server: ImapServer, clock: ManualClock) -> None:
    app = desk(server)
    server.append(mail())
    filed(app, clock)
    server.append(mail("theirs\n", message_id="<2@c.example>"), flags="\\Deleted")
    clock.advance(31 * DAY)
    swept(app)
    assert server.flags() == {2: {"\\Deleted"}}


class Dying(ImapSession):
    """A session whose process dies when it has deleted, and before it could say so."""

    def remove(self, uids):
        super().remove(uids[:1])
        raise KeyboardInterrupt


def test_a_daemon_that_dies_while_deleting_goes_on_where_it_was(
    desk: Desk, server: ImapServer, clock: ManualClock
) -> None:
    app = desk(server)
    server.append(*(mail(message_id=f"<{number}@c.example>") for number in range(3)))
    filed(app, clock)
    clock.advance(31 * DAY)
    session = Dying(server.account(after_filing=app.config.mailboxes["support"].imap.after_filing))
    with pytest.raises(KeyboardInterrupt):
        tidy(app, "support", session, 30 * DAY)
    session.close()
    assert set(server.flags()) == {2, 3}
    swept(app)
    assert server.flags() == {}


def test_a_server_without_uidplus_keeps_everything_and_check_says_so(tmp_path: Path, clock: ManualClock) -> None:
    script = {"CAPABILITY": "* CAPABILITY IMAP4rev1\r\n" + OK, "UID FETCH": listed(12, 100) + OK}
    with ImapScript(script) as scripted:
        server = ImapServer(
            name="scripted",
            port=scripted.port,
            tls_port=None,
            ca_file=None,
            username="u",
            has_keywords=True,
        )
        app = desk_with(tmp_path, "sqlite:///desk.db", server, clock, more=DELETE)
        told = [finding for finding in check_all(app.path) if finding.what == "mailbox support"]
        ((_, failed),) = tidy_all(app, ["support"])
        app.close()
    assert "the server has no UIDPLUS" in str(failed)
    assert [finding.is_ok for finding in told] == [None]
    assert "the server has no UIDPLUS: stored mail is not deleted from INBOX" in told[0].message
    assert not {"UID STORE", "EXPUNGE", "UID EXPUNGE"} & set(scripted.names())


def test_who_may_not_delete_is_told_until_it_is_mended(clock: ManualClock) -> None:
    health = Health(started_at=clock())
    error = Unavailable("the server refuses it", remedy="Let it.")

    note(health, ["support", "billing"], {"support": error}, clock())
    clock.advance(PATIENCE)
    note(health, ["support", "billing"], {"support": error}, clock())

    ((name, told),) = health.all().items()
    assert (name, told.error, told.remedy, told.failures) == ("delete support", f"{error}", "Let it.", 2)
    assert told.failing_since == clock() - PATIENCE, "an alarm is due"
    note(health, ["support"], {}, clock())
    assert health.all() == {}


class Refusing(ImapSession):
    """A session whose server lets nothing be deleted, and does not say so."""

    def remove(self, uids):
        return []


def test_a_server_that_deletes_nothing_is_a_failure(desk: Desk, server: ImapServer, clock: ManualClock) -> None:
    app = desk(server)
    server.append(mail())
    filed(app, clock)
    clock.advance(31 * DAY)
    session = Refusing(server.account(after_filing=app.config.mailboxes["support"].imap.after_filing))

    with pytest.raises(Unavailable, match="none of 1 filed mails could be deleted"):
        tidy(app, "support", session, 30 * DAY)
    session.close()


def test_a_mail_that_waits_to_be_tried_again_stays(desk: Desk, server: ImapServer, clock: ManualClock) -> None:
    app = desk(server)
    server.append(mail(headers={"List-Id": "<news.example>", "Precedence": "bulk"}))
    filed(app, clock)
    (skipped,) = received(app)
    assert skipped.state is InboxState.SKIPPED, "precondition"
    clock.advance(31 * DAY)
    with app.database.begin() as tx:
        inbox.requeue(tx, skipped)
    swept(app)
    assert set(server.flags()) == {1}
