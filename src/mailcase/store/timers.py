"""Timers of cases: taken away in the transaction that does what they stand for."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import bindparam, delete

from mailcase.domain.setback import Errand
from mailcase.domain.timer import Timer, TimerKind
from mailcase.store import schema
from mailcase.store.mapping import Mapping
from mailcase.store.setbacks import is_ready
from mailcase.store.statement import Statement
from mailcase.store.tx import Tx

TIMERS = Mapping(schema.timers, Timer)
_timers = schema.timers.c
_due = Statement(
    TIMERS.select.where(_timers.due_at <= bindparam("now"), is_ready(Errand.TIMER, _timers.case_id, _timers.id))
    .order_by(_timers.due_at, _timers.id)
    .limit(bindparam("limit"))
    .with_for_update(skip_locked=True)
)
_of_case = Statement(TIMERS.select.where(_timers.case_id == bindparam("wanted")).order_by(_timers.id))
_delete = Statement(delete(schema.timers).where(_timers.id == bindparam("wanted")))
_delete_kind = Statement(
    delete(schema.timers).where(_timers.case_id == bindparam("wanted"), _timers.kind == bindparam("of_kind"))
)


def insert(tx: Tx, timers: Iterable[Timer]) -> None:
    """Store new timers."""
    TIMERS.insert_many(tx, timers)


def due(tx: Tx, now: datetime, limit: int) -> list[Timer]:
    """Return up to `limit` timers that are due at `now`, the longest due first, but for those put off.

    On PostgreSQL they are locked until `tx` ends and those that another daemon has locked are left out.
    """
    return TIMERS.all(tx, _due, {"now": now, "limit": limit})


def of_case(tx: Tx, case_id: int) -> list[Timer]:
    """Return the timers of a case, in the order in which they were made."""
    return TIMERS.all(tx, _of_case, {"wanted": case_id})


def take(tx: Tx, timer: Timer) -> bool:
    """Take a timer away that is about to be acted upon; return whether it was still there."""
    return tx.count(_delete, [{"wanted": timer.id}]) == 1


def drop(tx: Tx, case_id: int, kind: TimerKind) -> None:
    """Take away every timer of a kind that a case has."""
    tx.write(_delete_kind, {"wanted": case_id, "of_kind": kind})
