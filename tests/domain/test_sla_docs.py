"""The tables of docs/sla.md, run as they stand there."""

from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from domain.calendars import spans
from mailcase.domain.calendar import Calendar
from mailcase.domain.hours import ExceptionalDays, Holiday, Weekday, weekly
from mailcase.domain.sla import Kpi, SlaItem
from mailcase.domain.sla_transitions import fire, follow, start, succeed

PAGE = (Path(__file__).parents[2] / "docs" / "sla.md").read_text()
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
UNITS = {"h": timedelta(hours=1), "min": timedelta(minutes=1)}


def rows(heading):
    section = PAGE.split(f"### {heading}\n")[1].split("\n#")[0]
    table = [line for line in section.splitlines() if line.startswith("|")][2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table]


def weekdays(text):
    """Mon-Fri 09:00-17:00; Sat 10:00-14:00."""
    hours = {}
    for part in text.split("; "):
        names, _, times = part.partition(" ")
        first, _, last = names.partition("-")
        for number in range(DAYS.index(first), DAYS.index(last or first) + 1):
            hours[Weekday(number)] = spans(times)
    return weekly(hours)


def exceptional(text):
    day, _, hours = text.partition(" ")
    return ExceptionalDays(first=date.fromisoformat(day), last=date.fromisoformat(day), spans=spans(hours), name="x")


def calendar(row):
    name, zone, hours, exceptions, holidays = row
    return Calendar(
        name=name,
        zone=zone,
        week=weekdays(hours),
        exceptions=tuple(exceptional(text) for text in exceptions.split("; ") if text),
        holidays=tuple(Holiday(day=date.fromisoformat(text), name="x") for text in holidays.split()),
    )


CALENDARS = {row[0]: calendar(row) for row in rows("Calendars of the examples")}


def moment(text):
    return datetime.strptime(text[4:], "%Y-%m-%d %H:%M %z")


def shown(at, zone):
    """Fri 2026-03-27 16:00 +01:00."""
    local = at.astimezone(ZoneInfo(zone))
    return f"{DAYS[local.weekday()]} {local.isoformat(' ', 'minutes')[:16]} {local.isoformat()[-6:]}"


@pytest.mark.parametrize("row", rows("Examples"), ids=lambda row: row[-1])
def test_an_example_of_business_time_is_true(row):
    calendar, start_, duration, until, _ = row
    count, unit = duration.split()
    business_time = int(count) * UNITS[unit]
    desk = CALENDARS[calendar]

    assert shown(moment(start_), desk.zone) == start_
    assert shown(desk.add(moment(start_), business_time), desk.zone) == until
    assert desk.between(moment(start_), moment(until)) == business_time


def test_the_day_of_a_clock_is_true():
    office = CALENDARS["office"]
    hours = [timedelta(hours=count) for count in (3, 4)]
    item = SlaItem(
        name="answer",
        kpi=Kpi.FIRST_RESPONSE,
        warn_after=hours[0],
        fail_after=hours[1],
        calendar="office",
        pause_reasons=frozenset({"on_hold"}),
    )
    clock = None
    for when, what, state, warning, due, fires in rows("A clock's day"):
        now = moment(when)
        match what.split(",")[0]:
            case "start":
                done = start(item, "gold", 1, office, now)
            case "tick":
                done = fire(clock, now)
            case "answered":
                done = succeed(clock, office, now)
            case reason:
                done = follow(clock, office, now, reason)
        clock = done.clock
        times = [shown(at, office.zone) for at in (clock.warn_at, clock.due_at)]
        assert [clock.state, *(f"{text[:3]} {text[15:20]}" for text in times)] == [state, warning, due], when
        assert ", ".join(done.events) == fires, when


def test_the_page_has_its_tables():
    assert len(CALENDARS) == 5
    assert len(rows("Examples")) >= 13
    assert len(rows("A clock's day")) == 8
