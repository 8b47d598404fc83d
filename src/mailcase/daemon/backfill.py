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
from mailcase.daemon.space import require_space
from mailcase.log import get_logger
from mailcase.store import inbox
from mailcase.transport.ports import FolderSession

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


def backfill(
    app: App, mailbox: str, session: FolderSession, since: datetime, until: datetime | None
) -> Iterator[Progress]:
    """Store and file what came to the server from `since` on and before `until` (UTC), a batch at a time.

    Yields the progress after each. Raises Unavailable when the server or the database is.
    """
    folder = session.open()
    cursor = read_up_to(app, mailbox, session, folder)
    older = [uid for uid in session.uids_between(since, until) if uid <= cursor.uid]
    with app.database.read() as tx:
        ledger = frozenset(inbox.uids(tx, mailbox, cursor.uidvalidity))
    wanted = [uid for uid in older if uid not in ledger]
    stored = gone = 0
    yield Progress(found=len(older), known=len(older) - len(wanted))
    for some in batches(wanted):
        require_space(app)
        new = _take(app, mailbox, session, some)
        stored, gone = stored + new, gone + len(some) - new
        acknowledge(app, mailbox, session, cursor.uidvalidity)
        while intake(app):
            pass
        yield Progress(found=len(older), known=len(older) - len(wanted), stored=stored, gone=gone)
    log.info("backfill.done", mailbox=mailbox, found=len(older), stored=stored, gone=gone)


def _take(app: App, mailbox: str, session: FolderSession, uids: list[int]) -> int:
    batch = list(session.fetch_uids(uids))
    if not batch:
        return 0
    with app.database.begin() as tx:
        return put_fetched(tx, mailbox, batch, app.now(), is_quiet=True)
