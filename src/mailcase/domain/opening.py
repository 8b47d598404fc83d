"""Opening hours of local days as stretches of real time, exact across every change of the clocks.

The rule: a desk is open at an instant when its wall clock shows an opening time of its local date. So an hour that the
clocks skip in spring does not exist and is never counted, an hour that they repeat in autumn counts both times, and what
counts is always the time that really passes. No wall-clock time is turned into an instant by guessing: a range of UTC is
cut where the zone's offset changes, and inside a piece local time is UTC plus a constant.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from mailcase.domain.hours import DAY, DayPart

PROBE_STEP = DAY  # two changes of one zone's offset are at least seven days apart since 1970 (tz database 2026)
PROBE_PRECISION = timedelta(seconds=1)  # the tz database dates a change to the second


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """A piece of real time, UTC, in which a desk is open or closed throughout; `until` is not part of it."""

    start: datetime
    until: datetime
    closed_by: str
    """Why the desk is closed, such as `out of hours` or `holiday: New Year's Day`; empty when it is open."""

    @property
    def is_open(self) -> bool:
        """Whether its time counts as business time."""
        return not self.closed_by


def stretches(
    zone: ZoneInfo, parts_of: Callable[[date], tuple[DayPart, ...]], start: datetime, until: datetime
) -> Iterator[Stretch]:
    """Yield [start, until) in order and without gaps, cut where the desk opens, closes, or is closed by something else.

    `start` and `until` are UTC; `parts_of` gives the parts of any local date.
    """
    current: Stretch | None = None
    for piece in _pieces(zone, parts_of, start, until):
        if current and current.closed_by == piece.closed_by:
            current = replace(current, until=piece.until)
            continue
        if current:
            yield current
        current = piece
    if current:
        yield current


def _pieces(
    zone: ZoneInfo, parts_of: Callable[[date], tuple[DayPart, ...]], start: datetime, until: datetime
) -> Iterator[Stretch]:
    """Yield each part of a day that the wall clock shows in [start, until), as often as it shows it."""
    for begin, end, offset in _constant_offsets(zone, start, until):
        local_begin, local_end = begin + offset, end + offset  # the wall clock, written as if it were UTC
        midnight = local_begin.replace(hour=0, minute=0, second=0, microsecond=0)
        while midnight < local_end:
            for part in parts_of(midnight.date()):
                first, last = max(local_begin, midnight + part.start), min(local_end, midnight + part.end)
                if first < last:
                    yield Stretch(start=first - offset, until=last - offset, closed_by=part.closed_by)
            midnight += DAY


def _constant_offsets(
    zone: ZoneInfo, start: datetime, until: datetime
) -> Iterator[tuple[datetime, datetime, timedelta]]:
    """Cut [start, until) where the zone's offset from UTC changes, and yield the pieces with their offset."""
    begin, offset, probe = start, _offset(zone, start), start
    while probe < until:
        last, probe = probe, min(probe + PROBE_STEP, until)
        if _offset(zone, probe) != offset:
            change = _change_between(zone, last, probe)
            yield begin, change, offset
            begin, offset = change, _offset(zone, probe)
    if begin < until:
        yield begin, until, offset


def _change_between(zone: ZoneInfo, before: datetime, after: datetime) -> datetime:
    """Return the first instant of the new offset, by bisection; the offsets at `before` and `after` differ."""
    start, offset = before.replace(microsecond=0), _offset(zone, before)
    low, high = 0, -((start - after) // PROBE_PRECISION)
    while high - low > 1:
        middle = (low + high) // 2
        if _offset(zone, start + middle * PROBE_PRECISION) == offset:
            low = middle
        else:
            high = middle
    return start + high * PROBE_PRECISION


def _offset(zone: ZoneInfo, moment: datetime) -> timedelta:
    offset = moment.astimezone(zone).utcoffset()
    assert offset is not None, "a ZoneInfo knows its offset at every instant"
    return offset
