"""The ledger of a clock, explained: every piece of its life, counted or not, and why."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from mailcase.domain.calendar import Calendar
from mailcase.domain.sla_clock import Clock, ClockSpan, ClockState


def explain(clock: Clock, ledger: tuple[ClockSpan, ...], calendar: Calendar, now: datetime) -> tuple[ClockSpan, ...]:
    """Return the life of the clock up to `now`, in order and without gaps, cut wherever it starts or stops counting.

    `ledger` holds all entries of this clock, in any order; the span that still runs is added. Each `cause` is for
    people: `open`, `out of hours`, `holiday: Easter Monday`, `paused: on_hold`. What is counted adds up to the business
    time on the clock, by the calendar as it is today.
    """
    entries = sorted(ledger, key=lambda entry: entry.start)
    if clock.is_open and now > clock.since:
        is_running = clock.state is not ClockState.PAUSED
        entries.append(
            ClockSpan(clock_id=clock.id, start=clock.since, until=now, counted=is_running, cause=clock.cause)
        )
    return tuple(line for entry in entries for line in _lines(entry, calendar))


def counted(lines: tuple[ClockSpan, ...]) -> timedelta:
    """Return the business time on the clock, from what `explain` gave."""
    return sum((line.until - line.start for line in lines if line.counted), timedelta())


def _lines(entry: ClockSpan, calendar: Calendar) -> Iterator[ClockSpan]:
    if not entry.counted:
        yield ClockSpan(
            clock_id=entry.clock_id,
            start=entry.start,
            until=entry.until,
            counted=False,
            cause=f"paused: {entry.cause}",
        )
        return
    for stretch in calendar.stretches(entry.start, entry.until):
        yield ClockSpan(
            clock_id=entry.clock_id,
            start=stretch.start,
            until=stretch.until,
            counted=stretch.is_open,
            cause=stretch.closed_by or "open",
        )
