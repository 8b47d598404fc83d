"""Where the time of a case's clocks went: every stretch counted or not, and why."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from mailcase.desk.desk import Desk
from mailcase.domain.calendar import Calendar, always_open
from mailcase.domain.case import Case
from mailcase.domain.sla_clock import Clock, ClockSpan
from mailcase.domain.sla_ledger import counted, explain
from mailcase.store import clocks
from mailcase.store.tx import Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplainedClock:
    """One clock with its life."""

    clock: Clock
    zone: str
    """Time zone of its calendar; UTC when the rules do not have the calendar any more."""
    lines: tuple[ClockSpan, ...]
    """Its life in order and without gaps, from its start to its end, or to now."""
    is_calendar_known: bool = True
    """Whether open and closed hours could be told apart."""

    @property
    def counted(self) -> timedelta:
        """Business time on the clock."""
        return counted(self.lines)


def explain_case(tx: Tx, desk: Desk, case: Case, now: datetime) -> tuple[ExplainedClock, ...]:
    """Return every clock of a case, the oldest first, each with its life up to `now`."""
    return tuple(
        explained(clock, tuple(clocks.spans(tx, clock.id)), desk.rulebook.calendars, now)
        for clock in clocks.by_case(tx, case.id)
    )


def explained(
    clock: Clock, spans: tuple[ClockSpan, ...], calendars: Mapping[str, Calendar], now: datetime
) -> ExplainedClock:
    """Return a clock with its life; without its calendar all time that it ran is taken for open."""
    calendar = calendars.get(clock.calendar)
    lines = explain(clock, spans, calendar or always_open(), now)
    return ExplainedClock(
        clock=clock, zone=calendar.zone if calendar else "UTC", lines=lines, is_calendar_known=calendar is not None
    )
