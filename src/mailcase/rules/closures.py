"""Holidays: public ones by country from the `holidays` library, and closures from an iCalendar file (RFC 5545)."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import holidays
from dateutil.rrule import rrulestr  # type: ignore[import-untyped]
from icalendar import Calendar as ICalendar

from mailcase.domain.hours import Holiday
from mailcase.errors import Invalid

FIRST_YEAR, LAST_YEAR = 2020, 2050  # a rulebook is loaded far more often than that
MAX_CLOSURES = 5_000
_FREQUENCIES = ("YEARLY", "MONTHLY", "WEEKLY", "DAILY")


def public_holidays(country: str, subdivision: str | None) -> tuple[Holiday, ...]:
    """Return the public holidays of all years that the desk looks at. Raises Invalid for an unknown country."""
    try:
        found = holidays.country_holidays(country, subdiv=subdivision, years=range(FIRST_YEAR, LAST_YEAR + 1))
    except (NotImplementedError, KeyError) as error:
        where = f"{country} {subdivision or ''}".strip()
        raise Invalid(f"no holidays are known of {where}; write ISO 3166 codes such as DE and BY") from error
    return tuple(Holiday(day=day, name=name) for day, name in sorted(found.items()))


def closures(raw: bytes) -> tuple[Holiday, ...]:
    """Return the whole-day events of an iCalendar file, each day of them. Raises Invalid when it cannot be read."""
    try:
        calendar = ICalendar.from_ical(raw)
        found = sorted((day, name) for event in calendar.walk("VEVENT") for day, name in _days(event))
    except (ValueError, KeyError, AttributeError, TypeError, IndexError) as error:
        raise Invalid(f"this is no iCalendar file ({str(error)[:100]}); export it again") from error
    if len(found) > MAX_CLOSURES:
        raise Invalid(f"more than {MAX_CLOSURES} closed days; export fewer years")
    return tuple(Holiday(day=day, name=name) for day, name in dict(found).items())


def _days(event: Any) -> Iterator[tuple[date, str]]:
    """Yield the days of one event; an event with a time of day closes nothing. The library's values have no types."""
    start = event.decoded("DTSTART")
    if isinstance(start, datetime):
        return
    end = event.decoded("DTEND", start + timedelta(days=1))  # exclusive; RFC 5545 section 3.6.1
    length = max((end - start).days, 1)
    if length > 366:
        raise ValueError("an event lasts longer than a year")
    name = " ".join(str(event.get("SUMMARY", "closed")).split())[:100] or "closed"
    for first in _starts(event, start):
        yield from ((first + timedelta(days=day), name) for day in range(length))


def _starts(event: Any, start: date) -> Iterator[date]:
    rule = event.get("RRULE")
    if rule is None:
        yield start
        return
    if rule.get("FREQ", [""])[0] not in _FREQUENCIES:
        raise ValueError("an event repeats more often than daily")
    begin = datetime.combine(start, time())
    text = rule.to_ical().decode()
    last = datetime(LAST_YEAR, 12, 31, tzinfo=UTC).replace(tzinfo=None)
    for number, moment in enumerate(rrulestr(text, dtstart=begin, ignoretz=True).xafter(begin, inc=True)):
        if moment > last or number >= MAX_CLOSURES:
            return
        yield moment.date()
