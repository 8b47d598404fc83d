"""Retries that lie further ahead than any retry is put: the time of day was put back since (GUARANTEES G19)."""

from datetime import datetime, timedelta

from sqlalchemy import bindparam, update

from mailcase.domain.inbox import InboxState
from mailcase.domain.outbox import RETRY_DELAY_LATER, OutboxState
from mailcase.store import schema
from mailcase.store.columns import fixed
from mailcase.store.statement import Statement
from mailcase.store.tx import Tx

FURTHEST = RETRY_DELAY_LATER + timedelta(hours=1)
"""No retry, and no rest of a mail server, is put further ahead."""

_outbox = schema.outbox.c
_inbox = schema.inbox.c
_pauses = schema.sending_pauses.c
_setbacks = schema.setbacks.c
_CHANGES = (
    Statement(
        update(schema.outbox)
        .where(_outbox.state == fixed(OutboxState.QUEUED), _outbox.due_at > bindparam("latest"))
        .values(due_at=bindparam("now"))
    ),
    Statement(
        update(schema.inbox)
        .where(_inbox.state == fixed(InboxState.RECEIVED), _inbox.next_attempt_at > bindparam("latest"))
        .values(next_attempt_at=None)
    ),
    Statement(update(schema.sending_pauses).where(_pauses.until > bindparam("latest")).values(until=bindparam("now"))),
    Statement(
        update(schema.setbacks).where(_setbacks.again_at > bindparam("latest")).values(again_at=bindparam("now"))
    ),
)


def bring_forward(tx: Tx, now: datetime) -> int:
    """Make due at `now` what waits for a moment that no retry is put to; return how many rows were."""
    return sum(tx.count(change, [{"latest": now + FURTHEST, "now": now}]) for change in _CHANGES)
