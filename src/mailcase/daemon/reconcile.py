"""What the mail servers hold, what the ledger says was taken, and what cases there are: compared, and nothing changed.

A difference is something that cannot be while mailcase keeps its promises. What other people do in a mailbox, such as
deleting mail that was taken, is told as a number and is no difference.
"""

from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta

from mailcase.app import App
from mailcase.daemon.poll_maildir import taken_from
from mailcase.daemon.sources import session_of
from mailcase.domain.inbox import Source
from mailcase.domain.mailbox import NO_SERVER
from mailcase.errors import Unavailable
from mailcase.log import get_logger
from mailcase.store import cursors, inbox, ledger, reconciliation
from mailcase.transport.maildir import MaildirSession
from mailcase.transport.ports import FolderSession

PATIENCE = timedelta(hours=1)  # longer than three attempts at one mail take
NAMED = 10  # numbers that a difference names; the rest are counted
log = get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """One mailbox: its server and the ledger. UIDs are of the folder as it is numbered now."""

    mailbox: str
    error: str = ""
    """Why it could not be compared; then all numbers are 0."""
    on_server: int = 0
    in_ledger: int = 0
    older: int = 0
    """On the server from before the first contact, and never taken."""
    waiting: int = 0
    """On the server and not fetched yet."""
    gone: int = 0
    """Taken, and no longer in the folder: moved or deleted, by us or by others."""
    missing: tuple[int, ...] = ()
    """UIDs on the server that should have been taken and were not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Everything that was compared. Numbers are those of `mailcase inbox list`, but for `activities_without_mail`."""

    mailboxes: tuple[Comparison, ...]
    filed_without_activity: tuple[int, ...]
    activities_without_mail: tuple[int, ...]
    without_bytes: tuple[int, ...]
    left_lying: tuple[int, ...]

    @property
    def differences(self) -> tuple[str, ...]:
        """A sentence for each kind of difference; empty when all agrees."""
        return tuple(self._sentences())

    def _sentences(self) -> Iterator[str]:
        for one in self.mailboxes:
            if one.error:
                yield f"{one.mailbox} could not be compared: {one.error}"
            if one.missing:
                yield f"{one.mailbox}: not taken from the server: {_numbers('UID', one.missing)}."
        kinds = (
            (self.filed_without_activity, "filed, but no activity of a case"),
            (self.without_bytes, "without their bytes"),
            (self.left_lying, f"neither filed nor held {PATIENCE.seconds // 60} minutes after they came"),
        )
        for keys, what in kinds:
            if keys:
                yield f"{_numbers('mail', keys)}: {what}."
        if self.activities_without_mail:
            yield f"{_numbers('activity', self.activities_without_mail)}: of a mail that is not there, or not filed."


def reconcile(app: App, mailboxes: Iterable[str]) -> Report:
    """Compare the named mailboxes, and the database with itself. Raises Unavailable when the database is."""
    compared = tuple(_reached(app, name) for name in mailboxes)
    with app.database.read() as tx:
        report = Report(
            mailboxes=compared,
            filed_without_activity=tuple(reconciliation.filed_without_activity(tx)),
            activities_without_mail=tuple(reconciliation.activities_without_mail(tx)),
            without_bytes=tuple(reconciliation.without_bytes(tx)),
            left_lying=tuple(reconciliation.left_lying(tx, app.now() - PATIENCE)),
        )
    log.info("reconciled", mailboxes=len(compared), differences=len(report.differences))
    return report


def _reached(app: App, mailbox: str) -> Comparison:
    with closing(session_of(app.config, mailbox, app.tokens)) as session:
        if isinstance(session, MaildirSession):
            return compare_maildir(app, mailbox, session)
        return compare(app, mailbox, session)


def compare(app: App, mailbox: str, session: FolderSession) -> Comparison:
    """Compare one mailbox by an unopened session."""
    try:
        folder = session.open()
        on_server = session.uids()
    except Unavailable as error:
        return Comparison(mailbox=mailbox, error=error.advice)
    with app.database.read() as tx:  # after the server was asked: what came since is in neither
        cursor = cursors.get(tx, mailbox)
        first = cursors.first_uid(tx, mailbox)
        stored = inbox.uids(tx, mailbox, folder.uidvalidity)
    if cursor is None or cursor.uidvalidity != folder.uidvalidity:
        return Comparison(mailbox=mailbox, on_server=len(on_server), waiting=len(on_server))
    begin = first if first is not None else min(stored, default=cursor.uid + 1)
    taken = frozenset(stored)
    return Comparison(
        mailbox=mailbox,
        on_server=len(on_server),
        in_ledger=len(stored),
        older=sum(1 for uid in on_server if uid < begin and uid not in taken),
        waiting=sum(1 for uid in on_server if uid > cursor.uid),
        gone=len(taken.difference(on_server)),
        missing=tuple(uid for uid in on_server if begin <= uid <= cursor.uid and uid not in taken),
    )


def compare_maildir(app: App, mailbox: str, session: MaildirSession) -> Comparison:
    """Compare one Maildir by an unopened session: `missing` has the numbers that are made of the names of its files."""
    try:
        session.open()
        files = session.files()
    except Unavailable as error:
        return Comparison(mailbox=mailbox, error=error.advice)
    with app.database.read() as tx:
        is_known = cursors.first_uid(tx, mailbox) is not None
        known = ledger.taken(tx, mailbox, NO_SERVER, [file.uid for file in files])
        taken = ledger.count(tx, mailbox, Source.MAILDIR)
    if not is_known:
        return Comparison(mailbox=mailbox, on_server=len(files), waiting=len(files))
    begin, long_ago = taken_from(app, mailbox), app.now() - PATIENCE
    unknown = [file for file in files if file.uid not in known]
    wanted = [file for file in unknown if session.arrived_since(file, begin)]
    waiting = [file for file in wanted if session.arrived_since(file, long_ago)]
    return Comparison(
        mailbox=mailbox,
        on_server=len(files),
        in_ledger=taken,
        older=len(unknown) - len(wanted),
        waiting=len(waiting),
        gone=taken - len(known),
        missing=tuple(file.uid for file in wanted if file not in waiting),
    )


def _numbers(noun: str, keys: tuple[int, ...]) -> str:
    named = ", ".join(str(key) for key in keys[:NAMED])
    return f"{noun} {named} and {len(keys) - NAMED} more" if len(keys) > NAMED else f"{noun} {named}"
