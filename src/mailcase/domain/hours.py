"""Opening hours as they are written down: spans of a local day, weekdays, holidays and exceptional days."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, time, timedelta
from enum import IntEnum
from itertools import pairwise
from typing import NamedTuple

from mailcase.errors import Invalid

DAY = timedelta(days=1)


class Weekday(IntEnum):
    """The days of the week, numbered as `date.weekday` does."""

    MONDAY = 0
    TUESDAY = 1
    WEDNESDAY = 2
    THURSDAY = 3
    FRIDAY = 4
    SATURDAY = 5
    SUNDAY = 6


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Span:
    """Opening hours within one local day. An `end` of 00:00 is the midnight that ends the day (24:00)."""

    start: time
    """The first time of day that is open."""
    end: time
    """The first time of day that is closed again, later than `start`."""

    def __post_init__(self) -> None:
        """Raise `Invalid` when no time lies between start and end, or when they bring a time zone along."""
        if self.start.tzinfo or self.end.tzinfo:
            raise Invalid(f"opening hours {self}: leave the time zone out, the calendar has one")
        if self.opens >= self.closes:
            raise Invalid(f"opening hours {self}: end after the start; what is past midnight belongs to the next day")

    def __str__(self) -> str:
        return f"{_short(self.start)}-{_short(self.end) if self.end != time.min else '24:00'}"

    @classmethod
    def parse(cls, text: str) -> "Span":
        """Read `09:00-17:30`; the end may be `24:00`. Raises `Invalid` for anything else."""
        start, _, end = (word.strip() for word in text.partition("-"))
        try:
            first, last = time.fromisoformat(start), time.min if end == "24:00" else time.fromisoformat(end)
        except ValueError as error:
            raise Invalid(f"opening hours {text!r}: write them as 09:00-17:30") from error
        return cls(start=first, end=last)

    @property
    def opens(self) -> timedelta:
        """Wall-clock time since the midnight that starts the day."""
        return _since_midnight(self.start)

    @property
    def closes(self) -> timedelta:
        """Wall-clock time since the midnight that starts the day, 24 hours at most."""
        return _since_midnight(self.end) or DAY


@dataclass(frozen=True, slots=True, kw_only=True)
class Holiday:
    """A local date on which the desk is closed."""

    day: date
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ExceptionalDays:
    """Local dates with opening hours of their own: neither weekday, nor breaks, nor holidays count on them."""

    first: date
    last: date
    """The last date that it covers; `first` again for a single day."""
    spans: tuple[Span, ...] = ()
    """Empty when the desk is closed."""
    name: str
    """Told to whoever asks why a time did not count."""

    def covers(self, day: date) -> bool:
        """Whether `day` is one of its dates."""
        return self.first <= day <= self.last


class DayPart(NamedTuple):
    """A piece of a local day's wall clock, in time since its first midnight."""

    start: timedelta
    end: timedelta
    closed_by: str
    """Why the desk is closed; empty when it is open."""


def weekly(hours: Mapping[Weekday, tuple[Span, ...]]) -> tuple[tuple[Span, ...], ...]:
    """Return the spans of the seven weekdays, Monday first; a day that is not named is closed."""
    return tuple(hours.get(day, ()) for day in Weekday)


def day_parts(spans: tuple[Span, ...], breaks: tuple[Span, ...], closed_by: str) -> tuple[DayPart, ...]:
    """Return a day cut into what is open, the breaks in it, and the rest, which is `closed_by`; without gaps."""
    edges = {timedelta(), DAY, *(edge for span in (*spans, *breaks) for edge in (span.opens, span.closes))}
    return tuple(
        DayPart(start, end, _closed_by(start, spans, breaks, closed_by)) for start, end in pairwise(sorted(edges))
    )


def overlaps(spans: tuple[Span, ...]) -> Iterator[tuple[Span, Span]]:
    """Yield the neighbours among `spans` that share some time of the day."""
    for earlier, later in pairwise(sorted(spans)):
        if later.opens < earlier.closes:
            yield earlier, later


def _closed_by(moment: timedelta, spans: tuple[Span, ...], breaks: tuple[Span, ...], otherwise: str) -> str:
    if not any(span.opens <= moment < span.closes for span in spans):
        return otherwise
    return "break" if any(span.opens <= moment < span.closes for span in breaks) else ""


def _since_midnight(moment: time) -> timedelta:
    return timedelta(hours=moment.hour, minutes=moment.minute, seconds=moment.second, microseconds=moment.microsecond)


def _short(moment: time) -> str:
    return moment.isoformat() if moment.second or moment.microsecond else f"{moment:%H:%M}"
