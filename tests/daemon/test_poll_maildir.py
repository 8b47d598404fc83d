"""From a Maildir into the inbox, while others work in it."""

import os
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from daemon.values import received
from lab.desks import START, Furniture, ManualClock, furnish, open_app
from lab.maildirs import Maildir
from lab.mails import mail
from mailcase.app import App
from mailcase.daemon.backfill import backfill
from mailcase.daemon.check import check_all
from mailcase.daemon.intake import intake
from mailcase.daemon.once import run_once
from mailcase.daemon.poll_maildir import poll_maildir
from mailcase.daemon.reconcile import compare_maildir, reconcile
from mailcase.daemon.sources import session_of
from mailcase.daemon.tidy import tidy_all
from mailcase.domain.inbox import HoldReason, InboxState, Source
from mailcase.errors import Unavailable
from mailcase.store import inbox
from mailcase.transport.maildir import MaildirSession, MailFile

SETTINGS = '[mailboxes.support.maildir]\npath = "{path}"\n'
DAY = timedelta(days=1)
Desk = Callable[..., App]


@pytest.fixture
def maildir(tmp_path: Path) -> Maildir:
    return Maildir(tmp_path / "Maildir").make()


@pytest.fixture
def desk(database_url: str, tmp_path: Path, maildir: Maildir, clock: ManualClock) -> Iterator[Desk]:
    opened: list[App] = []

    def open_desk(more: str = "", since: str = '"all"', extra: str = "") -> App:
        support = (f"since = {since}\n" if since else "") + SETTINGS.format(path=maildir.path) + more
        opened.append(open_app(furnish(tmp_path, Furniture(url=database_url, support=support, extra=extra)), clock))
        return opened[-1]

    yield open_desk
    for app in opened:
        app.close()


def session(app: App) -> MaildirSession:
    found = session_of(app.config, "support", app.tokens)
    assert isinstance(found, MaildirSession)
    found.open()
    return found


def polled(app: App) -> int:
    return poll_maildir(app, "support", session(app))


def numbered(number: int) -> bytes:
    return mail(f"Number {number}\n", message_id=f"<{number}@c.example>").replace(b"\r\n", b"\n")


def test_a_mail_is_stored_byte_for_byte_and_then_moved_to_cur(desk: Desk, maildir: Maildir) -> None:
    app = desk()
    name = maildir.deliver(numbered(1))
    assert (polled(app), polled(app)) == (1, 0)
    (message,) = received(app)
    assert (message.source, message.state) == (Source.MAILDIR, InboxState.RECEIVED)
    with app.database.read() as tx:
        assert inbox.raw(tx, message.sha256) == numbered(1)
    assert (maildir.new(), maildir.cur()) == ([], [f"{name}:2,"])


class Dying(MaildirSession):
    """A session whose process dies when it is about to move what is stored."""

    def keep(self, files):
        if list(files):
            raise KeyboardInterrupt


def test_a_mail_that_was_stored_and_not_moved_is_stored_once(desk: Desk, maildir: Maildir) -> None:
    app = desk()
    maildir.deliver(numbered(1))
    dying = Dying(session(app).account)
    with pytest.raises(KeyboardInterrupt):
        poll_maildir(app, "support", dying)
    assert len(maildir.new()) == 1
    assert polled(app) == 0
    assert (len(received(app)), maildir.new(), len(maildir.cur())) == (1, [], 1)


def test_a_mail_that_somebody_saw_first_is_taken_from_cur(desk: Desk, maildir: Maildir) -> None:
    app = desk()
    maildir.see(maildir.deliver(numbered(1)), "RS")
    assert polled(app) == 1
    (name,) = maildir.cur()
    assert name.endswith(":2,RS"), "what people marked stays"
    (maildir.path / "cur" / name).rename(maildir.path / "cur" / name.replace("RS", "RST"))
    assert polled(app) == 0, "another flag makes no other mail"


def test_what_is_not_complete_is_not_there(desk: Desk, maildir: Maildir) -> None:
    app = desk()
    (maildir.path / "tmp" / "half").write_bytes(b"From: cla")
    (maildir.path / "new" / ".hidden").write_bytes(numbered(1))
    (maildir.path / "new" / "link").symlink_to("/etc/hostname")
    assert polled(app) == 0


def test_mail_from_before_the_desk_is_left_where_it_is(desk: Desk, maildir: Maildir) -> None:
    maildir.see(maildir.deliver(numbered(1), at=(START - DAY).timestamp()))
    app = desk(since="")
    assert polled(app) == 0
    maildir.deliver(numbered(2), at=(START - DAY).timestamp())
    assert polled(app) == 1, "what comes into new/ now is new, whatever its date"


def test_since_is_settled_on_the_first_contact(desk: Desk, maildir: Maildir) -> None:
    maildir.see(maildir.deliver(numbered(1), at=(START - 3 * DAY).timestamp()))
    maildir.see(maildir.deliver(numbered(2), at=(START - DAY).timestamp()))
    assert polled(desk(since=(START - 2 * DAY).isoformat())) == 1
    assert polled(desk(since='"all"')) == 0


def test_a_backfill_takes_what_is_older_and_answers_nobody(desk: Desk, maildir: Maildir) -> None:
    for days in (5, 3, 1):
        maildir.see(maildir.deliver(numbered(days), at=(START - days * DAY).timestamp()))
    app = desk(since="")
    polled(app)
    for stored in (1, 0):
        *_, done = backfill(app, "support", session(app), START - 4 * DAY, START - 2 * DAY)
        assert (done.found, done.stored) == (1, stored)
    (message,) = received(app)
    assert (message.is_quiet, message.state, message.source) == (True, InboxState.FILED, Source.MAILDIR)


def test_folders_bear_the_names_that_imap_servers_give_them(desk: Desk, maildir: Maildir) -> None:
    maildir.make(".Anfragen.M&APw-ller").deliver(numbered(1), folder=".Anfragen.M&APw-ller")
    app = desk(more='folders = ["INBOX", "Anfragen/Müller"]')
    maildir.deliver(numbered(2))
    assert polled(app) == 2
    assert len(maildir.cur(".Anfragen.M&APw-ller")) == 1


def test_a_missing_folder_names_those_that_are_there(desk: Desk, maildir: Maildir) -> None:
    maildir.make(".R&-D")
    with pytest.raises(Unavailable) as error:
        polled(desk(more='folders = ["Anfragen"]'))
    assert error.value.remedy == "Folders there: INBOX, R&D."


def test_a_missing_maildir_says_how_to_make_it(desk: Desk, maildir: Maildir) -> None:
    path = maildir.path
    app = desk(more='folders = ["INBOX"]')
    path.rename(path.parent / "elsewhere")
    told = next(finding for finding in check_all(app.path) if finding.what == "mailbox support")
    assert (told.is_ok, told.remedy) == (False, f"Make it: mkdir -p {path}/new {path}/cur {path}/tmp")


def test_a_mail_past_the_limit_is_held_with_its_header_alone(desk: Desk, maildir: Maildir) -> None:
    app = desk(more="", extra="[limits]\nmessage_bytes = 2000\n")
    raw = numbered(1) + b"y" * 5000
    maildir.deliver(raw)
    assert polled(app) == 1
    (message,) = received(app)
    assert (message.reason, message.size, message.is_truncated) == (HoldReason.TOO_LARGE, len(raw), True)
    with app.database.read() as tx:
        assert inbox.raw(tx, message.sha256) == raw[: raw.index(b"\n\n") + 2]


class Choosy(MaildirSession):
    """A session that may not read one of the mails, as a user who is not root."""

    def _read(self, file: MailFile):
        if b"Number 2" in file.path.read_bytes():
            raise Unavailable(f"{file.path}: cannot be read (Permission denied)", remedy="Let the user read it.")
        return super()._read(file)


def test_a_mail_that_cannot_be_read_keeps_no_other_from_being_taken(desk: Desk, maildir: Maildir) -> None:
    app = desk()
    for number in (1, 2, 3):
        maildir.deliver(numbered(number))
    with pytest.raises(Unavailable, match="cannot be read"):
        poll_maildir(app, "support", Choosy(session(app).account))
    assert len(received(app)) == 2
    assert polled(app) == 1, "once it can be read it is taken"


def test_filed_mail_is_deleted_after_its_time(desk: Desk, maildir: Maildir, clock: ManualClock) -> None:
    app = desk(more='after_filing = "delete"\ndelete_after = "2d"')
    maildir.deliver(numbered(1))
    maildir.deliver(b"Received: a\n" * 60 + numbered(2))
    polled(app)
    while intake(app):
        pass
    assert tidy_all(app, ["support"]) == []
    assert len(maildir.cur()) == 2
    clock.advance(2 * DAY)
    tidy_all(app, ["support"])
    assert len(maildir.cur()) == 1, "held mail stays"


def test_one_round_reads_it_too(desk: Desk, maildir: Maildir) -> None:
    app = desk()
    maildir.deliver(numbered(1))
    (trouble,) = run_once(app)
    assert "there is no SMTP server" in trouble
    assert [message.state for message in received(app)] == [InboxState.FILED]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_nothing_is_lost_or_doubled_while_others_deliver_and_read(desk: Desk, maildir: Maildir) -> None:
    app, count = desk(), 300
    done = threading.Event()

    def deliver(first: int) -> None:
        for number in range(first, count, 3):
            maildir.deliver(numbered(number))

    def read() -> None:
        while not done.is_set():
            for name in maildir.new():
                try:
                    maildir.see(name)
                except FileNotFoundError:
                    continue  # the desk was first

    mdas = [threading.Thread(target=deliver, args=(first,)) for first in range(3)]
    reader = threading.Thread(target=read)
    for thread in (*mdas, reader):
        thread.start()
    held = session(app)
    while any(thread.is_alive() for thread in mdas):
        poll_maildir(app, "support", held)
    done.set()
    reader.join()
    poll_maildir(app, "support", held)
    assert len(received(app)) == count
    assert (maildir.new(), len(maildir.cur())) == ([], count)


def test_a_maildir_that_cannot_be_written_is_read_all_the_same(
    desk: Desk, maildir: Maildir, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = desk()
    maildir.deliver(numbered(1))
    monkeypatch.setattr(os, "access", lambda *_: False)  # root may always
    assert (polled(app), polled(app)) == (1, 0)
    assert len(maildir.new()) == 1


def test_a_reconciliation_compares_files_and_ledger(desk: Desk, maildir: Maildir, clock: ManualClock) -> None:
    maildir.see(maildir.deliver(numbered(0), at=(START - DAY).timestamp()))
    app = desk(since="")
    assert compare_maildir(app, "support", session(app)).waiting == 1, "before the first contact"
    for number in (1, 2, 3):
        maildir.deliver(numbered(number))
    polled(app)
    (maildir.path / "cur" / maildir.cur()[-1]).unlink()
    (maildir.path / "cur" / "forgotten:2,S").write_bytes(numbered(4))
    os.utime(maildir.path / "cur" / "forgotten:2,S", ((START + DAY).timestamp(),) * 2)
    clock.advance(2 * DAY)
    found = compare_maildir(app, "support", session(app))
    assert (found.on_server, found.in_ledger, found.older, found.gone, len(found.missing)) == (4, 3, 1, 1, 1)
    assert reconcile(app, ["support"]).mailboxes == (found,)
