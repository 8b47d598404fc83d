"""Business time: when a desk is open, and the arithmetic of time that counts only while it is.

What decides a local date, first that applies: the last listed exception that covers it, a holiday, the weekday's spans
without the breaks. How local hours become real time is told in `opening`. For every calendar and moment:

    between(start, add(start, d)) == d               and add gives the earliest such moment
    between(a, b) + between(b, c) == between(a, c)   so it is negative when b lies before a
"""

from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import accumulate
from typing import NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from mailcase.domain.hours import DayPart, ExceptionalDays, Holiday, Span, Weekday, day_parts, overlaps
from mailcase.domain.opening import Stretch, stretches
from mailcase.errors import Invalid

WEEK = timedelta(days=7)
FIRST_WEEK = datetime(1970, 1, 5, tzinfo=UTC)  # cached weeks start on Mondays, 00:00 UTC
FIRST_YEAR, LAST_YEAR = 1971, 2200  # a moment outside is a mistake in a date, not a matter of opening hours
MAX_SEARCH_WEEKS = 20 * 53  # twenty years: no promise of a desk reaches further
MAX_OPENING_WEEKS = 53  # a desk that stays open for a year does not close
CACHED_WEEKS = 520  # ten years, about 1 kB each


class _OpenWeek(NamedTuple):
    """The open stretches of one week, ready for bisection."""

    starts: tuple[datetime, ...]
    ends: tuple[datetime, ...]
    before: tuple[timedelta, ...]
    """Open time of the week before each start, and last the total."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """The opening hours of a desk in one time zone. Moments taken are aware, of any zone; moments given are UTC."""

    name: str
    zone: str
    """A name of the tz database, such as `Europe/Berlin`."""
    week: tuple[tuple[Span, ...], ...]
    """The spans of each weekday: seven entries, Monday first; `hours.weekly` makes them."""
    breaks: tuple[Span, ...] = ()
    """Closed on every date that follows the week."""
    exceptions: tuple[ExceptionalDays, ...] = ()
    """Where two cover a date, the one listed later decides."""
    holidays: tuple[Holiday, ...] = ()
    _zone: ZoneInfo = field(init=False, repr=False, compare=False)
    _weekdays: tuple[tuple[DayPart, ...], ...] = field(init=False, repr=False, compare=False)
    _holidays: dict[date, str] = field(init=False, repr=False, compare=False)
    _week: Callable[[int], _OpenWeek] = field(init=False, repr=False, compare=False)
    """Gives the week of that number since `FIRST_WEEK`, from a bounded cache."""

    def __post_init__(self) -> None:
        """Check the hours and prepare what the arithmetic reads. Raises `Invalid`, naming every problem."""
        problems = tuple(f"calendar {self.name}: {problem}" for problem in _problems(self))
        if problems:
            raise Invalid(*problems)
        derived = {
            "_zone": ZoneInfo(self.zone),
            "_weekdays": tuple(day_parts(spans, self.breaks, "out of hours") for spans in self.week),
            "_holidays": {holiday.day: f"holiday: {holiday.name}" for holiday in self.holidays},
            "_week": lru_cache(maxsize=CACHED_WEEKS)(self._read_week),
        }
        for name, value in derived.items():
            object.__setattr__(self, name, value)

    def is_open(self, moment: datetime) -> bool:
        """Tell whether the desk is open at `moment`; at the closing time itself it is closed."""
        at = _utc(moment)
        week = self._week((at - FIRST_WEEK) // WEEK)
        index = bisect_right(week.ends, at)
        return index < len(week.starts) and week.starts[index] <= at

    def add(self, start: datetime, duration: timedelta) -> datetime:
        """Return the earliest moment from `start` on by which `duration` of business time has passed.

        So a full day's worth ends at a closing time, not at the next opening, and a `duration` of zero at `start`, open
        or not. Raises `Invalid` for a negative duration and where twenty years are not enough.
        """
        left = duration
        if left < timedelta():
            raise Invalid(f"calendar {self.name}: {duration} is negative; business time goes forward")
        if not left:
            return _utc(start)
        for opens, closes in self._open_from(_utc(start), MAX_SEARCH_WEEKS):
            if closes - opens >= left:
                return opens + left
            left -= closes - opens
        raise Invalid(f"calendar {self.name}: {duration} of business time from {start} on takes over twenty years")

    def between(self, start: datetime, end: datetime) -> timedelta:
        """Return the business time from `start` to `end`; negative when `end` is the earlier one."""
        first, last = _utc(start), _utc(end)
        if last < first:
            return -self.between(last, first)
        weeks = range((first - FIRST_WEEK) // WEEK, (last - FIRST_WEEK) // WEEK)
        whole = sum((self._week(number).before[-1] for number in weeks), timedelta())
        return whole - self._since_monday(first) + self._since_monday(last)

    def next_open(self, moment: datetime) -> datetime:
        """Return the first open moment from `moment` on. Raises `Invalid` when there is none in twenty years."""
        for opens, _ in self._open_from(_utc(moment), MAX_SEARCH_WEEKS):
            return opens
        raise Invalid(f"calendar {self.name}: not open in the twenty years after {moment}; mend its opening hours")

    def next_close(self, moment: datetime) -> datetime | None:
        """Return when the opening at `moment`, or else the next one, ends; None when it lasts for over a year.

        Raises `Invalid` when the desk does not open in the twenty years after `moment`.
        """
        end = self.next_open(moment)
        for opens, closes in self._open_from(end, MAX_OPENING_WEEKS):
            if opens > end:
                return end
            end = closes
        return end if not self.is_open(end) else None

    def stretches(self, start: datetime, until: datetime) -> Iterator[Stretch]:
        """Yield [start, until) cut into open and closed stretches, in order; nothing when `until` is not later."""
        return stretches(self._zone, self._day, _utc(start), _utc(until))

    def _open_from(self, moment: datetime, weeks: int) -> Iterator[tuple[datetime, datetime]]:
        """Yield what is open from `moment` (UTC) on; an opening past Sunday midnight UTC comes in two pieces."""
        number = (moment - FIRST_WEEK) // WEEK
        week = self._week(number)
        index = bisect_right(week.ends, moment)
        if index < len(week.starts):
            yield max(week.starts[index], moment), week.ends[index]
            yield from zip(week.starts[index + 1 :], week.ends[index + 1 :], strict=True)
        for later in range(number + 1, number + weeks):
            week = self._week(later)
            yield from zip(week.starts, week.ends, strict=True)

    def _since_monday(self, moment: datetime) -> timedelta:
        """Return the business time of the cached week that had passed at `moment` (UTC)."""
        week = self._week((moment - FIRST_WEEK) // WEEK)
        index = bisect_right(week.starts, moment)
        if not index:
            return timedelta()
        return week.before[index] - max(week.ends[index - 1] - moment, timedelta())

    def _read_week(self, number: int) -> _OpenWeek:
        start = FIRST_WEEK + number * WEEK
        openings = [stretch for stretch in stretches(self._zone, self._day, start, start + WEEK) if stretch.is_open]
        return _OpenWeek(
            starts=tuple(opening.start for opening in openings),
            ends=tuple(opening.until for opening in openings),
            before=tuple(accumulate((opening.until - opening.start for opening in openings), initial=timedelta())),
        )

    def _day(self, day: date) -> tuple[DayPart, ...]:
        """Return the parts of a local date."""
        for exception in reversed(self.exceptions):
            if exception.covers(day):
                return day_parts(exception.spans, (), f"exception: {exception.name}")
        holiday = self._holidays.get(day)
        return self._weekdays[day.weekday()] if holiday is None else day_parts((), (), holiday)


def always_open(name: str = "24x7") -> Calendar:
    """Return the calendar on which all time is business time."""
    return Calendar(name=name, zone="UTC", week=(FULL_DAY,) * len(Weekday))


FULL_DAY = (Span.parse("00:00-24:00"),)


def _problems(calendar: Calendar) -> Iterator[str]:
    """Yield what is wrong with the opening hours as they are written."""
    try:
        ZoneInfo(calendar.zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # unknown; not a name at all; a folder of the database
        yield f"unknown time zone {calendar.zone!r}; write it as Europe/Berlin"
    if len(calendar.week) != len(Weekday):
        yield f"a week of {len(calendar.week)} days; give the hours of all seven, Monday first"
    for spans in (*calendar.week, *(days.spans for days in calendar.exceptions)):
        for earlier, later in overlaps(spans):
            yield f"{earlier} and {later} overlap; join them"
    for days in calendar.exceptions:
        if days.last < days.first:
            yield f"{days.name} ends on {days.last}, before it starts on {days.first}; swap the dates"
    normal = (part for spans in calendar.week for part in day_parts(spans, calendar.breaks, "out of hours"))
    if all(part.closed_by for part in normal) and not any(days.spans for days in calendar.exceptions):
        yield "never open; give at least one day opening hours outside the breaks"


def _utc(moment: datetime) -> datetime:
    """Return the moment in UTC. Raises `Invalid` when it says no time zone or lies outside all planning."""
    if moment.utcoffset() is None:
        raise Invalid(f"{moment} has no time zone; business time needs one")
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise Invalid(f"{moment} lies outside the years {FIRST_YEAR} to {LAST_YEAR}; mend the date")
    return moment.astimezone(UTC)
