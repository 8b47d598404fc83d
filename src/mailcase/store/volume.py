"""How much mail waits, is going out and went out lately: what limits and rates are kept by, and what pages show."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, func, select, text

from mailcase.domain.outbox import OutboxState, RecipientState
from mailcase.store import schema
from mailcase.store.columns import fixed
from mailcase.store.statement import Statement
from mailcase.store.tx import Tx

_outbox = schema.outbox.c
_recipients = schema.outbox_recipients.c
MOST_WAITING = 200
"""Recipients of a mailbox that are looked at; the newest."""
# The condition is the index's own, word for word: SQLite takes a partial index for no other.
_sent_since = Statement(
    select(func.count()).select_from(
        select(_outbox.id)
        .where(text(schema.IS_SENT), _outbox.mailbox == bindparam("wanted"), _outbox.sent_at > bindparam("since"))
        .limit(bindparam("most"))
        .subquery()
    )
)
_sending = Statement(
    select(_outbox.mailbox, func.count()).where(_outbox.state == fixed(OutboxState.SENDING)).group_by(_outbox.mailbox)
)
_is_due = Statement(
    select(_outbox.id).where(_outbox.state == fixed(OutboxState.QUEUED), _outbox.due_at <= bindparam("now")).limit(1)
)
_last_sent = Statement(
    select(_outbox.sent_at)
    .where(text(schema.IS_SENT), _outbox.mailbox == bindparam("wanted"))
    .order_by(_outbox.sent_at.desc())
    .limit(1)
)
_waiting = Statement(
    select(_recipients.address, _recipients.response, _outbox.due_at, _outbox.attempts)
    .join(schema.outbox, _outbox.id == _recipients.outbox_id)
    .where(
        _outbox.state == fixed(OutboxState.QUEUED),
        _outbox.mailbox == bindparam("wanted"),
        _outbox.attempts > 0,
        _recipients.state == fixed(RecipientState.PENDING),
    )
    .order_by(_outbox.id.desc())
    .limit(MOST_WAITING)
)
_queued = Statement(select(func.count()).where(_outbox.state == fixed(OutboxState.QUEUED)))
# The condition is the index's own, word for word: SQLite takes a partial index for no other.
_stuck = Statement(select(_outbox.state, func.count()).where(text(schema.STUCK)).group_by(_outbox.state))
_last_received = Statement(
    select(schema.inbox.c.received_at)
    .where(schema.inbox.c.mailbox == bindparam("wanted"))
    .order_by(schema.inbox.c.id.desc())
    .limit(1)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A recipient that was tried, and is to be tried again."""

    address: str
    response: str
    """What the server last said about it."""
    due_at: datetime
    attempts: int


def last_sent(tx: Tx, mailboxes: Iterable[str]) -> datetime | None:
    """Return when the last mail of any of `mailboxes` was taken (UTC), or None when none was."""
    found = (tx.scalar(_last_sent, {"wanted": mailbox}) for mailbox in mailboxes)
    return max((at for at in found if at is not None), default=None)


def waiting(tx: Tx, mailboxes: Iterable[str]) -> list[Waiting]:
    """Return the recipients of `mailboxes` that are to be tried again, up to some hundreds."""
    rows = (row for mailbox in mailboxes for row in tx.rows(_waiting, {"wanted": mailbox}))
    names = ("address", "response", "due_at", "attempts")
    return [Waiting(**dict(zip(names, row, strict=True))) for row in rows]


def sent_since(tx: Tx, mailbox: str, since: datetime, most: int) -> int:
    """Count the mails of `mailbox` that were sent after `since` (UTC), up to `most`."""
    found: int = tx.scalar(_sent_since, {"wanted": mailbox, "since": since, "most": most})
    return found


def sending(tx: Tx) -> dict[str, int]:
    """Return how many mails are claimed to be sent right now, by mailbox; one without any is left out."""
    return dict(tx.rows(_sending))


def is_due(tx: Tx, now: datetime) -> bool:
    """Return whether any mail waits that is due at `now`."""
    return tx.scalar(_is_due, {"now": now}) is not None


def count_unsent(tx: Tx) -> dict[OutboxState, int]:
    """Return how many mails are queued, uncertain and dead."""
    stuck = dict.fromkeys((OutboxState.UNCERTAIN, OutboxState.DEAD), 0) | dict(tx.rows(_stuck))
    return {OutboxState.QUEUED: tx.scalar(_queued)} | stuck


def last_received(tx: Tx, mailbox: str) -> datetime | None:
    """Return when the newest mail of a mailbox was stored (UTC), or None when it has none."""
    found: datetime | None = tx.scalar(_last_received, {"wanted": mailbox})
    return found
