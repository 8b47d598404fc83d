"""SLA clocks, their ledgers, and which of them are due."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from sqlalchemy import bindparam, delete, select
from sqlalchemy import insert as into

from mailcase.domain.setback import Errand
from mailcase.domain.sla_clock import OPEN, Clock, ClockSpan, Transition
from mailcase.store import schema
from mailcase.store.columns import fixed
from mailcase.store.mapping import Mapping
from mailcase.store.setbacks import is_ready
from mailcase.store.statement import Statement
from mailcase.store.tx import Tx

CLOCKS = Mapping(schema.clocks, Clock)
SPAN = ("clock_id", "start", "until", "counted", "cause")

_clocks = schema.clocks.c
_spans = schema.clock_spans.c
_of_case = CLOCKS.select.where(_clocks.case_id == bindparam("wanted")).order_by(_clocks.id)
_by_case = Statement(_of_case)
_open_of_case = Statement(_of_case.where(_clocks.state.in_([fixed(state) for state in sorted(OPEN)])))
_due = Statement(
    CLOCKS.select.where(_clocks.next_due_at.is_not(None), _clocks.next_due_at <= bindparam("now"))
    .where(is_ready(Errand.CLOCKS, _clocks.case_id))
    .order_by(_clocks.next_due_at, _clocks.id)
    .limit(bindparam("limit"))
    .with_for_update(skip_locked=True)
)
_forget_spans = Statement(delete(schema.clock_spans).where(_spans.clock_id == bindparam("wanted")))
_add_span = Statement(into(schema.clock_spans), keys=SPAN)
_spans_of = Statement(
    select(*(_spans[name] for name in SPAN)).where(_spans.clock_id == bindparam("wanted")).order_by(_spans.id)
)


def insert(tx: Tx, clock: Clock) -> Clock:
    """Store a new clock and return it with its id."""
    return CLOCKS.insert(tx, clock)


def update(tx: Tx, clock: Clock) -> Clock:
    """Write a clock and return it with its new version; StaleWrite when somebody else wrote it meanwhile."""
    return CLOCKS.update(tx, clock)


def record(tx: Tx, transition: Transition) -> Clock:
    """Write what became of a clock, new or not, with its new ledger entries; return it as it is stored."""
    clock = transition.clock
    stored = CLOCKS.update(tx, clock) if clock.id else CLOCKS.insert(tx, clock)
    append_spans(tx, (replace(span, clock_id=stored.id) for span in transition.spans))
    return stored


def replace_ledger(tx: Tx, transition: Transition) -> Clock:
    """Write what became of a clock that was recalculated: its spans take the place of its whole ledger."""
    stored = CLOCKS.update(tx, transition.clock)
    tx.write(_forget_spans, {"wanted": stored.id})
    append_spans(tx, (replace(span, clock_id=stored.id) for span in transition.spans))
    return stored


def get(tx: Tx, key: int) -> Clock | None:
    """Return the clock with the id `key`."""
    return CLOCKS.get(tx, key)


def by_case(tx: Tx, case_id: int) -> list[Clock]:
    """Return every clock of a case, the oldest first."""
    return CLOCKS.all(tx, _by_case, {"wanted": case_id})


def open_of_case(tx: Tx, case_id: int) -> list[Clock]:
    """Return the clocks of a case that run or are paused, the oldest first."""
    return CLOCKS.all(tx, _open_of_case, {"wanted": case_id})


def due(tx: Tx, now: datetime, limit: int) -> list[Clock]:
    """Return up to `limit` clocks that have something to fire at `now`, the longest due first, but for those put off.

    On PostgreSQL they are locked until `tx` ends and those that another daemon has locked are left out.
    """
    return CLOCKS.all(tx, _due, {"now": now, "limit": limit})


def append_spans(tx: Tx, spans: Iterable[ClockSpan]) -> None:
    """Store entries of clocks' ledgers, in this order."""
    tx.write_many(_add_span, [{name: getattr(span, name) for name in SPAN} for span in spans])


def spans(tx: Tx, clock_id: int) -> list[ClockSpan]:
    """Return the ledger of a clock, in the order it was written."""
    return [ClockSpan(**dict(zip(SPAN, row, strict=True))) for row in tx.rows(_spans_of, {"wanted": clock_id})]
