"""Older mail of a mailbox, filed for the record: nobody is answered or told, and nothing is taken twice.

What is stored already, by the ledger of UIDs, is passed over, so a backfill that was cut off is simply started again.
Mail above the cursor is the daemon's: that is new, and is answered.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from mailcase.app import App
from mailcase.daemon.intake import intake
from mailcase.daemon.poll import acknowledge, batches, put_fetched, read_up_to
from mailcase.daemon.poll_maildir import taken_from
from mailcase.daemon.sources import Session
from mailcase.daemon.space import require_space
from mailcase.domain.inbox import Source
from mailcase.domain.mailbox import Cursor
from mailcase.log import get_logger
from mailcase.store import ledger
from mailcase.transport.imap import ImapSession

log = get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a backfill has come."""

    found: int
    """Mails on the server in the time that was asked for."""
    known: int
    """Those that were stored before."""
    stored: int = 0
    """Those that are stored now."""
    gone: int = 0
    """Those that were deleted or moved meanwhile."""

    @property
    def done(self) -> int:
        """Mails that are dealt with."""
        return self.known + self.stored + self.gone


def backfill(app: App, mailbox: str, session: Session, since: datetime, until: datetime | None) -> Iterator[Progress]:
    """Store and file what came to the server from `since` on and before `until` (UTC), a batch at a time.

    Yields the progress after each. Raises Unavailable when the server or the database is.
    """
    folder = session.open()
    older = _older(app, mailbox, session, folder, (since, until))
    with app.database.read() as tx:
        known = ledger.taken(tx, mailbox, folder.uidvalidity, older)
    wanted = [uid for uid in older if uid not in known]
    stored = gone = 0
    yield Progress(found=len(older), known=len(older) - len(wanted))
    for some in batches(wanted):
        require_space(app)
        new = _take(app, mailbox, session, some)
        stored, gone = stored + new, gone + len(some) - new
        if isinstance(session, ImapSession):
            acknowledge(app, mailbox, session, folder.uidvalidity)
        while intake(app):
            pass
        yield Progress(found=len(older), known=len(older) - len(wanted), stored=stored, gone=gone)
    log.info("backfill.done", mailbox=mailbox, found=len(older), stored=stored, gone=gone)


def _older(
    app: App, mailbox: str, session: Session, folder: Cursor, span: tuple[datetime, datetime | None]
) -> list[int]:
    """Return the UIDs of the time that is asked for, but for those that the daemon takes, and answers."""
    since, until = span
    if isinstance(session, ImapSession):
        cursor = read_up_to(app, mailbox, session, folder)
        return [uid for uid in session.uids_between(since, until) if uid <= cursor.uid]
    begin = taken_from(app, mailbox)
    return session.uids_between(since, min(until or begin, begin))


def _take(app: App, mailbox: str, session: Session, uids: list[int]) -> int:
    batch = list(session.fetch_uids(uids))
    if not batch:
        return 0
    with app.database.begin() as tx:
        source = Source.IMAP if isinstance(session, ImapSession) else Source.MAILDIR
        return put_fetched(tx, mailbox, batch, app.now(), is_quiet=True, source=source)
