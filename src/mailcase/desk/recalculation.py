"""Clocks of a case counted anew, on purpose, after its calendar was mended: the one way for an end to change."""

from mailcase.desk.desk import Desk
from mailcase.desk.outcome import Act
from mailcase.desk.record import record
from mailcase.desk.shelf import begin
from mailcase.desk.sla import act_on_late, events_of, reasons_of
from mailcase.domain.case import Case
from mailcase.domain.events import Event
from mailcase.domain.events_promise import ClockRecalculated
from mailcase.domain.sla_change import recalculate
from mailcase.domain.sla_clock import Clock, Transition
from mailcase.store import clocks
from mailcase.store.tx import Tx


def recalculate_case(tx: Tx, desk: Desk, case: Case, act: Act) -> tuple[Clock, ...]:
    """Count the clocks of a case by the calendars as they are now, and return those that came out differently.

    A breach is taken back, or found, with all that the rules name for it; what was fired once is not fired again.
    """
    reasons, changed, told, late = reasons_of(tx, case), [], list[Event](), list[Transition]()
    for clock in clocks.by_case(tx, case.id):
        calendar = desk.rulebook.calendars.get(clock.calendar)
        done = recalculate(clock, reasons, calendar, act.now) if calendar else None
        if done is None or (done.clock.state, done.clock.due_at) == (clock.state, clock.due_at):
            continue
        changed.append(clocks.replace_ledger(tx, done))
        told.append(
            ClockRecalculated(
                actor=act.actor,
                cause=act.cause,
                kpi=clock.kpi,
                before=clock.state,
                after=done.clock.state,
                due_at=done.clock.due_at,
            )
        )
        told += events_of(desk, done)
        late.append(done)
    if told:
        record(tx, desk, act_on_late(desk, begin(tx, case).then(*told), tuple(late), act.now), act.now)
    return tuple(changed)
