"""What does not agree within the database: mail without its activity, activities without their mail, mail left lying."""

from datetime import datetime

from sqlalchemy import bindparam, select

from mailcase.domain.inbox import InboxState
from mailcase.store import schema
from mailcase.store.columns import fixed
from mailcase.store.erasing import BYTES_REMOVED, ERASED
from mailcase.store.statement import Statement
from mailcase.store.tx import Tx

_inbox = schema.inbox.c
_activities = schema.activities.c
_raw = schema.raw_messages.c
_is_filed = _inbox.state == fixed(InboxState.FILED)

_without_activity = Statement(
    select(_inbox.id)
    .where(_is_filed, ~select(_activities.id).where(_activities.inbox_id == _inbox.id).exists())
    .order_by(_inbox.id)
)
_without_mail = Statement(
    select(_activities.id)
    .where(_activities.inbox_id.is_not(None))
    .where(~select(_inbox.id).where(_inbox.id == _activities.inbox_id, _is_filed).exists())
    .order_by(_activities.id)
)
_without_bytes = Statement(
    select(_inbox.id)
    .where(_inbox.reason != ERASED, _inbox.reason != BYTES_REMOVED)
    .where(~select(_raw.sha256).where(_raw.sha256 == _inbox.sha256).exists())
    .order_by(_inbox.id)
)
_left_lying = Statement(
    select(_inbox.id)
    .where(_inbox.state == fixed(InboxState.RECEIVED), _inbox.received_at < bindparam("moment"))
    .order_by(_inbox.id)
)


def filed_without_activity(tx: Tx) -> list[int]:
    """Return the filed mails that are no activity of any case."""
    return [key for (key,) in tx.rows(_without_activity)]


def activities_without_mail(tx: Tx) -> list[int]:
    """Return the activities of received mails that are not there, or not filed."""
    return [key for (key,) in tx.rows(_without_mail)]


def without_bytes(tx: Tx) -> list[int]:
    """Return the mails whose raw bytes are not there."""
    return [key for (key,) in tx.rows(_without_bytes)]


def left_lying(tx: Tx, before: datetime) -> list[int]:
    """Return the mails that were stored before a moment (UTC) and are neither filed, skipped nor held."""
    return [key for (key,) in tx.rows(_left_lying, {"moment": before})]
