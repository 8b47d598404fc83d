"""From the server into the inbox: fetch, store, commit, and only then tell the server.

The order is the promise (GUARANTEES G1): a message is acknowledged on the server only after the commit that stores its
bytes. What was fetched twice, because the daemon died between the two, is stored once: (mailbox, uidvalidity, uid) is
unique.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from mailcase import metrics
from mailcase.app import App
from mailcase.daemon.space import require_space
from mailcase.domain.inbox import HoldReason, InboxMessage, InboxState, Source
from mailcase.domain.mailbox import NO_SERVER, Cursor, Fetched
from mailcase.log import get_logger
from mailcase.store import cursors, inbox
from mailcase.store.tx import Tx
from mailcase.transport.ports import MailboxSession

BATCH = 50  # messages in one commit
BATCH_BYTES = 32_000_000  # after which it takes no more
RENUMBERED: Any = {  # fields of an InboxMessage
    "state": InboxState.SKIPPED,
    "reason": "renumbered",
    "detail": "The same bytes were stored before the server renumbered the folder.",
}
log = get_logger(__name__)


def poll(app: App, mailbox: str, session: MailboxSession, folder: Cursor) -> int:
    """Store every new message of an open session and acknowledge what is stored; return how many were new.

    `folder` is what `session.open` returned. Raises Unavailable when the server or the database is.
    """
    cursor = read_up_to(app, mailbox, session, folder)
    stored = 0
    require_space(app)
    while batch := _batch(session, cursor):
        cursor = Cursor(uidvalidity=cursor.uidvalidity, uid=max(message.uid for message in batch))
        stored += _store(app, mailbox, batch, cursor)
        require_space(app)
    acknowledge(app, mailbox, session, cursor.uidvalidity)
    return stored


def _batch(session: MailboxSession, after: Cursor) -> list[Fetched]:
    """Return the next messages, as many as one commit takes; a few large ones fill it, so that memory stays bounded."""
    batch: list[Fetched] = []
    size = 0
    for message in session.fetch(after, max_messages=BATCH):
        batch.append(message)
        size += len(message.raw)
        if size >= BATCH_BYTES:
            break
    return batch


def read_up_to(app: App, mailbox: str, session: MailboxSession, folder: Cursor) -> Cursor:
    """Return how far the folder was read; on the first contact only mail that is new to the desk counts as unread.

    When the server renumbered the folder (RFC 9051 section 2.3.1.1), what the first contact would take is read again:
    what is stored already is recognised by its bytes, and what was older than the desk then is so still.
    """
    with app.database.read() as tx:
        known = cursors.get(tx, mailbox)
    if known is not None and known.uidvalidity == folder.uidvalidity:
        return known
    moment = first_moment(app, mailbox)
    first = 1 if moment is None else session.first_uid_since(moment)
    told = {"since": moment.isoformat() if moment else "all", "first_uid": first, "highest_uid": folder.uid}
    if known is None or known.uidvalidity == NO_SERVER:  # never opened, or the mailbox came from a Maildir before
        log.info("mailbox.first_contact", mailbox=mailbox, **told)
    else:
        log.warning("mailbox.renumbered", mailbox=mailbox, before=known.uidvalidity, now=folder.uidvalidity, **told)
    cursor = Cursor(uidvalidity=folder.uidvalidity, uid=first - 1)
    with app.database.begin() as tx:
        cursors.put(tx, mailbox, cursor, app.now())
        cursors.begin(tx, mailbox, first)
    return cursor


def first_moment(app: App, mailbox: str) -> datetime | None:
    """Return from when on (UTC) mail is taken on the first contact with a mailbox; None for all that is there."""
    since = app.config.mailboxes[mailbox].since
    if since == "all":
        return None
    with app.database.read() as tx:
        return (since or cursors.first_seen_at(tx, mailbox) or app.now()).astimezone(UTC)


def _store(app: App, mailbox: str, batch: list[Fetched], cursor: Cursor) -> int:
    now = app.now()
    with app.database.begin() as tx:
        stored = put_fetched(tx, mailbox, batch, now)
        cursors.put(tx, mailbox, cursor, now)
    metrics.STORED.labels(mailbox).inc(stored)
    log.info("inbox.stored", mailbox=mailbox, messages=stored, up_to_uid=cursor.uid)
    return stored


def put_fetched(
    tx: Tx,
    mailbox: str,
    batch: Sequence[Fetched],
    now: datetime,
    *,
    is_quiet: bool = False,
    source: Source = Source.IMAP,
) -> int:
    """Store messages of one uidvalidity that are not stored yet; return how many were new."""
    received = [
        (replace(_received(mailbox, message, now), is_quiet=is_quiet, source=source), message) for message in batch
    ]
    hashes = [row.sha256 for row, _ in received]
    known = inbox.known_before(tx, mailbox, batch[0].uidvalidity, hashes)
    rows = [(replace(row, **RENUMBERED) if row.sha256 in known else row, message.raw) for row, message in received]
    return inbox.put_many(tx, rows)


def _received(mailbox: str, message: Fetched, now: datetime) -> InboxMessage:
    received = InboxMessage(
        mailbox=mailbox,
        source=Source.IMAP,
        uidvalidity=message.uidvalidity,
        uid=message.uid,
        sha256=hashlib.sha256(message.raw).hexdigest(),
        size=message.size,
        received_at=now,
        internal_date=message.received_at,
    )
    if not message.is_truncated:
        return received
    detail = f"{message.size} bytes are more than limits.message_bytes allows; its body is still on the server."
    return replace(received, state=InboxState.HELD, reason=HoldReason.TOO_LARGE, detail=detail, is_truncated=True)


def acknowledge(app: App, mailbox: str, session: MailboxSession, uidvalidity: int) -> None:
    """Tell the server of everything that is committed, also of what an earlier run could not tell it."""
    with app.database.read() as tx:
        uids = inbox.unacknowledged(tx, mailbox, uidvalidity)
    for some in batches(uids):
        session.acknowledge(some)
        with app.database.begin() as tx:
            inbox.mark_acknowledged(tx, mailbox, uidvalidity, some, app.now())


def batches(uids: Iterable[int]) -> Iterator[list[int]]:
    """Yield `uids` in parts that fit into one commit."""
    left = iter(uids)
    while some := list(islice(left, BATCH)):
        yield some
