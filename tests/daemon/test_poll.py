"""From a real server into the inbox."""

from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from daemon.values import desk_with, fetched, received
from lab.desks import ManualClock
from lab.dovecot import Dovecot
from lab.imapserver import ImapServer
from lab.mails import mail
from mailcase.app import App
from mailcase.daemon.connections import imap_account
from mailcase.domain.inbox import HoldReason, InboxState
from mailcase.domain.mailbox import Cursor, Fetched
from mailcase.store import cursors, inbox
from mailcase.transport.imap import ImapSession

Desk = Callable[..., App]


@pytest.fixture
def desk(sqlite_template: Path, tmp_path: Path, clock: ManualClock) -> Iterator[Desk]:
    """Opens a desk on a server; SQLite alone, as the store has its own tests on both."""
    opened: list[App] = []

    def open_desk(server: ImapServer, **options: str) -> App:
        (tmp_path / "desk.db").write_bytes(sqlite_template.read_bytes())
        opened.append(desk_with(tmp_path, f"sqlite:///{tmp_path}/desk.db", server, clock, **options))
        return opened[-1]

    yield open_desk
    for app in opened:
        app.close()


def mails(count: int, first: int = 0) -> list[bytes]:
    return [mail(f"Number {number}\n", message_id=f"<{number}@c.example>") for number in range(first, first + count)]


class Dying(ImapSession):
    """A session whose process dies when it is about to acknowledge."""

    def acknowledge(self, uids: Sequence[int]) -> None:
        raise KeyboardInterrupt


def session_of(app: App, kind: type[ImapSession]) -> ImapSession:
    return kind(imap_account(app.config, "support", app.tokens))


def test_every_mail_is_stored_byte_for_byte_and_once(desk: Desk, imap_server: ImapServer) -> None:
    app = desk(imap_server)
    sent = mails(3)
    imap_server.append(*sent)
    assert fetched(app) == 3
    imap_server.append(*mails(1, first=3))
    assert (fetched(app), fetched(app)) == (1, 0)
    with app.database.read() as tx:
        assert [inbox.raw(tx, message.sha256) for message in inbox.find(tx)][::-1][:3] == sent


def test_mail_is_stored_before_it_is_acknowledged(desk: Desk, dovecot_server: Dovecot) -> None:
    server = ImapServer.dovecot(dovecot_server)
    app = desk(server, more='after_filing = "keyword"')
    server.append(*mails(2))
    with pytest.raises(KeyboardInterrupt):
        fetched(app, session_of(app, Dying))
    assert len(received(app)) == 2
    assert server.flags() == {1: set(), 2: set()}
    assert fetched(app) == 0, "nothing new, but what was left undone is done"
    assert server.flags() == {1: {"$MailcaseStored"}, 2: {"$MailcaseStored"}}
    assert all(message.acknowledged_at for message in received(app))


def test_mail_that_was_there_before_the_desk_is_left_alone(
    desk: Desk, imap_server: ImapServer, clock: ManualClock
) -> None:
    imap_server.append(*mails(2), received_at=(clock() - timedelta(hours=1)).astimezone())
    app = desk(imap_server, since="")
    imap_server.append(*mails(1, first=2), received_at=(clock() + timedelta(hours=1)).astimezone())
    assert fetched(app) == 1
    imap_server.append(*mails(1, first=3), received_at=(clock() - timedelta(hours=1)).astimezone())
    assert fetched(app) == 1, "only the first contact looks at dates"


def test_mail_that_was_there_before_a_mailbox_joined_an_old_desk_is_left_alone(
    desk: Desk, imap_server: ImapServer, clock: ManualClock
) -> None:
    app = desk(imap_server, since="")
    app.path.write_text(app.path.read_text().replace("mailboxes.support", "mailboxes.help"))
    imap_server.append(*mails(2), received_at=(clock() + timedelta(days=30)).astimezone())
    clock.advance(timedelta(days=60))
    app.reload()
    imap_server.append(*mails(1, first=2), received_at=(clock() + timedelta(hours=1)).astimezone())
    assert fetched(app, mailbox="help") == 1


def test_what_was_older_than_the_desk_is_so_when_the_folder_is_renumbered_too(
    desk: Desk, dovecot_server: Dovecot, clock: ManualClock
) -> None:
    server = ImapServer.dovecot(dovecot_server)
    app = desk(server, since="", more='folder = "Desk"')
    for new in (1, 3):
        with server.client() as client:
            client.delete("Desk")
            client.create("Desk")
        server.append(*mails(2), folder="Desk", received_at=(clock() - timedelta(days=9)).astimezone())
        server.append(*mails(new, first=2), folder="Desk", received_at=(clock() + timedelta(hours=1)).astimezone())
        fetched(app)
    assert [message.reason for message in received(app)] == ["", "renumbered", "", ""]


def test_since_says_from_when_mail_is_taken(desk: Desk, dovecot_server: Dovecot, clock: ManualClock) -> None:
    server = ImapServer.dovecot(dovecot_server)
    for hours in (-3, -1):
        server.append(*mails(1, first=hours), received_at=(clock() + timedelta(hours=hours)).astimezone())
    app = desk(server, since=(clock() - timedelta(hours=2)).isoformat())
    assert fetched(app) == 1


def test_a_renumbered_folder_brings_only_what_is_new(desk: Desk, dovecot_server: Dovecot) -> None:
    server = ImapServer.dovecot(dovecot_server)
    app = desk(server, more='folder = "Desk"')
    for count in (3, 5):
        with server.client() as client:
            client.delete("Desk")
            client.create("Desk")
        server.append(*mails(count), folder="Desk")
        fetched(app)
    states = [(message.state, message.reason) for message in received(app)]
    assert (
        states
        == [(InboxState.RECEIVED, "")] * 3 + [(InboxState.SKIPPED, "renumbered")] * 3 + [(InboxState.RECEIVED, "")] * 2
    )


def test_a_mail_past_the_limit_is_held_with_its_header_alone(desk: Desk, imap_server: ImapServer) -> None:
    app = desk(imap_server, extra="[limits]\nmessage_bytes = 2000\n")
    big = mail("x" * 70 + "\n" + ("y" * 70 + "\n") * 60)
    imap_server.append(big, *mails(1))
    assert fetched(app) == 2
    held, small = received(app)
    assert (held.state, held.reason, held.size) == (InboxState.HELD, HoldReason.TOO_LARGE, len(big))
    assert "limits.message_bytes" in held.detail
    assert small.state is InboxState.RECEIVED
    with app.database.read() as tx:
        assert inbox.raw(tx, held.sha256) == big[: big.index(b"\r\n\r\n") + 4]


def test_a_whole_backlog_is_stored_in_several_commits(desk: Desk, imap_server: ImapServer) -> None:
    app = desk(imap_server)
    imap_server.append(*mails(60))
    assert fetched(app) == 60
    with app.database.read() as tx:
        cursor = cursors.get(tx, "support")
    assert cursor is not None
    assert cursor.uid == max(message.uid for message in received(app))


def test_people_who_use_the_mailbox_too_are_not_disturbed(desk: Desk, dovecot_server: Dovecot) -> None:
    server = ImapServer.dovecot(dovecot_server)
    app = desk(server)
    server.append(*mails(3))
    with server.client() as colleague:
        colleague.store("1", "+FLAGS", "\\Deleted")
        colleague.store("2", "+FLAGS", "\\Seen")
    assert fetched(app) == 3
    assert server.flags() == {1: {"\\Deleted"}, 2: {"\\Seen"}, 3: set()}


class Counting(ImapSession):
    """A session that counts how often it was asked for mail."""

    asked = 0

    def fetch(self, after: Cursor, *, max_messages: int) -> Iterator[Fetched]:
        self.asked += 1
        return super().fetch(after, max_messages=max_messages)


def test_a_few_large_mails_fill_a_commit(desk: Desk, imap_server: ImapServer) -> None:
    app = desk(imap_server)
    imap_server.append(*(mail("x" * 76 + "\n", message_id=f"<{n}@c.example>") + b"y" * 17_000_000 for n in range(3)))
    session = session_of(app, Counting)
    assert fetched(app, session) == 3
    assert session.asked == 3  # two mails, one mail, and none
    assert len(received(app)) == 3
