"""The timeline of each case: appended to, never changed."""

from collections.abc import Iterable

from sqlalchemy import bindparam

from mailcase.domain.activity import TimelineEntry
from mailcase.store import schema
from mailcase.store.mapping import Mapping
from mailcase.store.tx import Tx

ENTRIES = Mapping(schema.timeline, TimelineEntry)
_by_case = ENTRIES.select.where(schema.timeline.c.case_id == bindparam("wanted")).order_by(schema.timeline.c.id)


def append(tx: Tx, entries: Iterable[TimelineEntry]) -> None:
    """Store new entries, in this order."""
    ENTRIES.insert_many(tx, entries)


def by_case(tx: Tx, case_id: int) -> list[TimelineEntry]:
    """Return the entries of a case, the oldest first."""
    return ENTRIES.all(tx, _by_case, wanted=case_id)
