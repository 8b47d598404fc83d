"""The timeline of each case: appended to, never changed."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import bindparam, func, select

from mailcase.domain.activity import TimelineEntry
from mailcase.store import schema
from mailcase.store.mapping import Mapping
from mailcase.store.statement import Statement
from mailcase.store.tx import Tx

ENTRIES = Mapping(schema.timeline, TimelineEntry)
_by_case = Statement(
    ENTRIES.select.where(schema.timeline.c.case_id == bindparam("wanted")).order_by(schema.timeline.c.id)
)

_after = Statement(
    ENTRIES.select.where(schema.timeline.c.id > bindparam("key"))
    .order_by(schema.timeline.c.id)
    .limit(bindparam("limit"))
)
_count = Statement(
    select(func.count())
    .select_from(schema.timeline)
    .where(schema.timeline.c.case_id == bindparam("wanted"), schema.timeline.c.event == bindparam("event"))
    .where(schema.timeline.c.at >= bindparam("since"))
)


def append(tx: Tx, entries: Iterable[TimelineEntry]) -> None:
    """Store new entries, in this order."""
    ENTRIES.insert_many(tx, entries)


def count(tx: Tx, case_id: int, event: str, since: datetime) -> int:
    """Return how many entries of this event a case has since a moment (UTC)."""
    found: int = tx.scalar(_count, {"wanted": case_id, "event": event, "since": since})
    return found


def by_case(tx: Tx, case_id: int) -> list[TimelineEntry]:
    """Return the entries of a case, the oldest first."""
    return ENTRIES.all(tx, _by_case, {"wanted": case_id})


def after(tx: Tx, key: int, limit: int = 100) -> list[TimelineEntry]:
    """Return up to `limit` entries of all cases with an id above `key`, the oldest first."""
    return ENTRIES.all(tx, _after, {"key": key, "limit": limit})
