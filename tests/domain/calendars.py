"""Calendars for the tests, and the slow truth about them: the wall clock, read minute by minute."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from hypothesis import strategies as st

from mailcase.domain.calendar import Calendar
from mailcase.domain.hours import ExceptionalDays, Holiday, Span, Weekday, weekly

MINUTE = timedelta(minutes=1)
ZONES = (
    "UTC",
    "Europe/Berlin",
    "Europe/Dublin",  # winter time is the exception, with a negative offset
    "Africa/Casablanca",  # the offset changes twice around Ramadan
    "America/New_York",
    "America/St_Johns",  # half an hour
    "America/Asuncion",  # changes at midnight, until 2024
    "America/Havana",  # changes at midnight
    "America/Santiago",  # changes at midnight
    "Asia/Beirut",  # changes at midnight
    "Asia/Gaza",
    "Asia/Kathmandu",  # a quarter of an hour
    "Asia/Tehran",  # changed at midnight, until 2022
    "America/Scoresbysund",
    "Atlantic/Azores",
    "Antarctica/Troll",  # two hours at once
    "Australia/Lord_Howe",  # half an hour of summer time
    "Pacific/Chatham",
    "Pacific/Apia",
)
EVERY_ZONE = sorted(available_timezones())
FIRST, LAST = datetime(2020, 1, 1, tzinfo=UTC), datetime(2036, 1, 1, tzinfo=UTC)
"""In which every change of offset is tried."""


def spans(text: str) -> tuple[Span, ...]:
    return tuple(Span.parse(word) for word in text.split())


def at(text: str, zone: str = "UTC") -> datetime:
    """2026-03-27 16:00 in a zone; with an offset at the end the zone is not needed."""
    moment = datetime.fromisoformat(text)
    return (moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(zone))).astimezone(UTC)


def office(name: str = "office", zone: str = "Europe/Berlin", hours: str = "09:00-17:00", **more: object) -> Calendar:
    """Monday to Friday."""
    week = weekly(dict.fromkeys(tuple(Weekday)[:5], spans(hours)))
    return Calendar(name=name, zone=zone, week=week, **more)


def shows_open(calendar: Calendar, moment: datetime) -> bool:
    local = moment.astimezone(ZoneInfo(calendar.zone))
    day, wall = local.date(), local.time()
    is_in = lambda span: span.start <= wall and (wall < span.end or span.end == time.min)  # noqa: E731 - said once
    exceptions = [days for days in calendar.exceptions if days.first <= day <= days.last]
    if exceptions:
        return any(map(is_in, exceptions[-1].spans))
    if any(holiday.day == day for holiday in calendar.holidays):
        return False
    return any(map(is_in, calendar.week[day.weekday()])) and not any(map(is_in, calendar.breaks))


def minutes(start: datetime, end: datetime) -> Iterator[datetime]:
    for number in range((end - start) // MINUTE):
        yield start + number * MINUTE


def minutes_open(calendar: Calendar, start: datetime, end: datetime) -> timedelta:
    return sum(shows_open(calendar, moment) for moment in minutes(start, end)) * MINUTE


def offset_changes(zone: str, first: datetime, last: datetime) -> list[datetime]:
    """The minutes of UTC at which the zone's offset is another than the minute before."""
    info, found, hour = ZoneInfo(zone), [], timedelta(hours=1)
    offset, moment = first.astimezone(info).utcoffset(), first
    while moment < last:
        later = moment + 6 * hour
        if later.astimezone(info).utcoffset() != offset:
            while moment.astimezone(info).utcoffset() == offset:
                moment += MINUTE
            found.append(moment)
            offset = moment.astimezone(info).utcoffset()
        moment = later
    return found


@cache
def all_changes() -> list[datetime]:
    """Every change of offset of `ZONES`; most other zones change on the same days."""
    return sorted({change for zone in ZONES for change in offset_changes(zone, FIRST, LAST)})


def check_zone(zone: str) -> int:
    """Compare business time with the wall clock, minute by minute, around every change of offset; return how many."""
    calendar = Calendar(name="nights", zone=zone, week=(AROUND_CHANGES,) * 7)
    changes = offset_changes(zone, FIRST, LAST)
    for change in changes:
        start, counted = change - timedelta(hours=5), timedelta()
        for moment in minutes(start, change + timedelta(hours=5)):
            assert calendar.between(start, moment) == counted, moment
            is_open = shows_open(calendar, moment)
            assert calendar.is_open(moment) is is_open, moment
            counted += is_open * MINUTE
            assert not is_open or calendar.add(start, counted) == moment + MINUTE, moment
    return len(changes)


def _span_of(cuts: list[int]) -> tuple[Span, ...]:
    times = [time(cut // 60 % 24, cut % 60) for cut in sorted(cuts)]
    return tuple(Span(start=a, end=b) for a, b in zip(times[::2], times[1::2], strict=True))


def sum_of(row: tuple[datetime, timedelta]) -> datetime:
    return row[0] + row[1]


AROUND_CHANGES = spans("00:00-00:20 00:45-02:10 02:40-03:00 23:15-24:00")
"""Edges inside what clocks skip and repeat."""
day_spans = (
    st.integers(0, 3)
    .flatmap(lambda count: st.lists(st.integers(0, 1440), min_size=2 * count, max_size=2 * count, unique=True))
    .filter(lambda cuts: 0 not in cuts or 1440 not in cuts or len(cuts) == 2)  # 24:00 and 00:00 sort apart
    .map(_span_of)
)
near_changes = st.tuples(
    st.deferred(lambda: st.sampled_from(all_changes())), st.timedeltas(timedelta(hours=-40), timedelta(hours=40))
).map(sum_of)
moments = st.one_of(
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC)),  # noqa: DTZ001 - given beside
    st.datetimes(datetime(2020, 1, 1), datetime(2035, 12, 31), timezones=st.just(UTC)),  # noqa: DTZ001 - as above
    near_changes,
)
days = st.one_of(st.dates(date(2026, 1, 1), date(2027, 12, 31)), near_changes.map(datetime.date))
whole_minutes = moments.map(lambda moment: moment.replace(second=0, microsecond=0))
holidays = st.builds(Holiday, day=days, name=st.just("holiday"))
exceptions = st.tuples(days, st.integers(0, 20), day_spans).map(
    lambda row: ExceptionalDays(first=row[0], last=row[0] + timedelta(days=row[1]), spans=row[2], name="exception")
)


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    """Any calendar that opens for half an hour on Wednesdays at least."""
    week = [draw(day_spans) for _ in Weekday]
    week[Weekday.WEDNESDAY] = week[Weekday.WEDNESDAY] or spans("11:00-11:45")
    breaks = draw(st.sampled_from([(), spans("12:00-12:30")]))
    wednesday = sum((span.closes - span.opens for span in week[Weekday.WEDNESDAY]), timedelta())
    return Calendar(
        name="any",
        zone=draw(st.one_of(st.sampled_from(ZONES), st.sampled_from(EVERY_ZONE))),
        week=tuple(week),
        breaks=breaks if wednesday > timedelta(minutes=30) else (),
        holidays=tuple(draw(st.lists(holidays, max_size=5))),
        exceptions=tuple(draw(st.lists(exceptions, max_size=3))),
    )
