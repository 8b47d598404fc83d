"""How much mail waits, is going out and went out lately: what limits and rates are kept by, and what pages show."""

from datetime import datetime

from sqlalchemy import bindparam, func, select, text

from mailcase.domain.outbox import OutboxState
from mailcase.store import schema
from mailcase.store.columns import fixed
from mailcase.store.statement import Statement
from mailcase.store.tx import Tx

_outbox = schema.outbox.c
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
_queued = Statement(select(func.count()).where(_outbox.state == fixed(OutboxState.QUEUED)))
# The condition is the index's own, word for word: SQLite takes a partial index for no other.
_stuck = Statement(select(_outbox.state, func.count()).where(text(schema.STUCK)).group_by(_outbox.state))
_last_received = Statement(
    select(schema.inbox.c.received_at)
    .where(schema.inbox.c.mailbox == bindparam("wanted"))
    .order_by(schema.inbox.c.id.desc())
    .limit(1)
)


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
