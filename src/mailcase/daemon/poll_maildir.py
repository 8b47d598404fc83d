"""From a Maildir into the inbox: read, store, commit, and only then move to cur/.

What is taken is known by the ledger, so a mail that is read twice, because the daemon died between commit and move or
because somebody moved it, is stored once. On the first contact the moment is noted from which on mail counts as new;
older mail stays, for `mailcase backfill`.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from mailcase import metrics
from mailcase.app import App
from mailcase.daemon.poll import BATCH, BATCH_BYTES, first_moment, put_fetched
from mailcase.daemon.space import require_space
from mailcase.domain.inbox import Source
from mailcase.domain.mailbox import NO_SERVER, Cursor, Fetched
from mailcase.errors import Unavailable
from mailcase.log import get_logger
from mailcase.store import cursors, ledger
from mailcase.transport.maildir import MaildirSession, MailFile

BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
log = get_logger(__name__)


def poll_maildir(app: App, mailbox: str, session: MaildirSession) -> int:
    """Store every new mail of an open session and move what is stored to cur/; return how many were new.

    Raises Unavailable when the folder or the database is; for a single mail that cannot be read, after all the others.
    """
    begin = taken_from(app, mailbox)
    require_space(app)
    files = session.unsettled()
    known = _known(app, mailbox, files)
    taken = [file for file in files if file.uid in known]
    session.keep(taken)
    session.settle(taken)
    wanted = _wanted(session, (file for file in files if file.uid not in known), begin)
    stored, trouble = 0, None
    batch: list[Fetched] = []
    for file in wanted:
        try:
            batch += session.fetch([file])
        except Unavailable as error:
            trouble = trouble or error
        if len(batch) == BATCH or sum(len(one.raw) for one in batch) >= BATCH_BYTES:
            stored += _store(app, mailbox, session, wanted, batch)
            require_space(app)
            batch = []
    stored += _store(app, mailbox, session, wanted, batch)
    if trouble is not None:
        raise trouble
    return stored


def taken_from(app: App, mailbox: str) -> datetime:
    """Return from when on (UTC) the mail of a Maildir is taken, as it was settled on the first contact."""
    with app.database.read() as tx:
        cursor, first = cursors.get(tx, mailbox), cursors.first_uid(tx, mailbox)
    if cursor is not None and cursor.uidvalidity == NO_SERVER and first is not None:
        return datetime.fromtimestamp(first, UTC)
    begin = first_moment(app, mailbox) or BEGINNING
    with app.database.begin() as tx:
        cursors.put(tx, mailbox, Cursor(uidvalidity=NO_SERVER, uid=0), app.now())
        cursors.begin(tx, mailbox, int(begin.timestamp()))
    log.info("mailbox.first_contact", mailbox=mailbox, since=begin.isoformat())
    return begin.replace(microsecond=0)


def _wanted(session: MaildirSession, files: Iterable[MailFile], begin: datetime) -> list[MailFile]:
    """Return those of `files` that came since `begin`; older ones are not looked at again."""
    wanted = []
    for file in files:
        is_wanted = session.arrived_since(file, begin)
        if is_wanted:
            wanted.append(file)
        elif is_wanted is False:  # and not gone, which may mean that it bears another name now
            session.settle([file])
    return wanted


def _known(app: App, mailbox: str, files: Sequence[MailFile]) -> frozenset[int]:
    """Return the numbers of those that are stored."""
    with app.database.read() as tx:
        return ledger.taken(tx, mailbox, NO_SERVER, [file.uid for file in files])


def _store(app: App, mailbox: str, session: MaildirSession, files: Sequence[MailFile], batch: Sequence[Fetched]) -> int:
    """Store a batch of `files`, commit, and move it to cur/."""
    if not batch:
        return 0
    with app.database.begin() as tx:
        stored = put_fetched(tx, mailbox, batch, app.now(), source=Source.MAILDIR)
    metrics.STORED.labels(mailbox).inc(stored)
    log.info("inbox.stored", mailbox=mailbox, messages=stored)
    uids = {one.uid for one in batch}
    session.keep(file for file in files if file.uid in uids)
    session.settle(file for file in files if file.uid in uids)
    return stored
