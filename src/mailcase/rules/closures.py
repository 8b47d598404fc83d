"""Holidays: public ones by country from the `holidays` library, and closures from an iCalendar file (RFC 5545)."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any

import holidays
from dateutil.rrule import rrulestr
from icalendar import Calendar as ICalendar

from mailcase.domain.hours import Holiday
from mailcase.errors import Invalid

FIRST_YEAR, LAST_YEAR = 2020, 2050  # a rulebook is loaded far more often than that
MAX_CLOSURES = 5_000
MAX_REPEATING = 100
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
        events = ICalendar.from_ical(raw).walk("VEVENT")
        if sum("RRULE" in event for event in events) > MAX_REPEATING:
            raise Invalid(f"more than {MAX_REPEATING} repeating events; export fewer")
        days = ((day, name) for event in events for day, name in _days(event))
        found = sorted(islice(days, MAX_CLOSURES + 1))
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
    rule, begin, end = rule.copy(), _midnight(start), _midnight(date(LAST_YEAR, 12, 31))
    count, until = rule.pop("COUNT", [MAX_CLOSURES])[0], rule.pop("UNTIL", [end])[0]
    # A rule that no date fulfils is tried to the end, so the end is always ours.
    repeated = rrulestr(rule.to_ical().decode(), dtstart=begin).replace(until=min(end, _midnight(until)))
    yield from (moment.date() for moment in islice(repeated, int(count)))


def _midnight(day: date) -> datetime:
    """Return the start of a day without a zone: whole days have none (RFC 5545 section 3.3.4)."""
    return datetime(day.year, day.month, day.day)  # noqa: DTZ001 - as said
