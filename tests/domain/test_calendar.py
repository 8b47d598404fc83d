from datetime import UTC, date, datetime, timedelta

import pytest

from domain.calendars import at, office, spans
from mailcase.domain.calendar import Calendar, always_open
from mailcase.domain.hours import ExceptionalDays, Holiday, Span, Weekday, weekly
from mailcase.errors import Invalid

HOUR = timedelta(hours=1)
NIGHTS = Calendar(
    name="nights",
    zone="Europe/Berlin",
    week=weekly({Weekday.FRIDAY: spans("22:00-24:00"), Weekday.SATURDAY: spans("00:00-02:00")}),
)
NEW_YEAR = Holiday(day=date(2026, 1, 1), name="New Year's Day")


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        ("2026-06-15 08:59:59", False),
        ("2026-06-15 09:00", True),
        ("2026-06-15 11:59:59.999999", True),
        ("2026-06-15 12:00", False),
        ("2026-06-15 13:00", True),
        ("2026-06-15 17:00", False),
        ("2026-06-14 10:00", False),
    ],
)
def test_opening_hours_include_their_start_and_not_their_end(moment, is_open):
    calendar = office(hours="09:00-12:00 13:00-17:00")

    assert calendar.is_open(at(moment, "Europe/Berlin")) is is_open


@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        ("2026-06-15 10:00", 2, "2026-06-15 12:00"),  # ends at the break, not after it
        ("2026-06-15 10:00", 3, "2026-06-15 14:00"),
        ("2026-06-15 10:00", 6, "2026-06-15 17:00"),  # ends at closing time, not on Tuesday
        ("2026-06-15 10:00", 7, "2026-06-16 10:00"),
        ("2026-06-19 16:30", 1, "2026-06-22 09:30"),  # over a weekend
        ("2026-06-14 03:00", 1, "2026-06-15 10:00"),  # from a closed moment
        ("2026-06-14 03:00", 0, "2026-06-14 03:00"),  # nothing to wait for
        ("2026-06-15 09:00", 35, "2026-06-19 17:00"),
    ],
)
def test_business_time_is_added_over_breaks_nights_and_weekends(start, hours, end):
    calendar = office(breaks=spans("12:00-13:00"))

    assert calendar.add(at(start, "Europe/Berlin"), hours * HOUR) == at(end, "Europe/Berlin")


def test_a_span_to_midnight_goes_on_in_the_span_of_the_next_day():
    start = at("2026-06-19 23:30", "Europe/Berlin")

    assert NIGHTS.add(start, HOUR) == at("2026-06-20 00:30", "Europe/Berlin")
    assert NIGHTS.next_close(start) == at("2026-06-20 02:00", "Europe/Berlin")


@pytest.mark.parametrize(
    ("day", "hours", "why"),
    [
        ("2026-12-23", 8, "neither exception nor holiday"),
        ("2026-12-24", 3, "the later exception wins over the one around it"),
        ("2026-12-25", 0, "a holiday"),
        ("2026-12-28", 0, "the exception around it"),
        ("2027-01-01", 2, "an exception wins over a holiday"),
        ("2027-01-03", 1, "an exception opens a Sunday"),
    ],
)
def test_the_last_exception_decides_then_the_holiday_then_the_weekday(day, hours, why):
    one_day = [("2026-12-24", "09:00-12:00"), ("2027-01-01", "11:00-13:00"), ("2027-01-03", "12:00-13:00")]
    calendar = office(
        holidays=(Holiday(day=date(2026, 12, 25), name="Christmas"), Holiday(day=date(2027, 1, 1), name="New Year")),
        exceptions=(
            ExceptionalDays(first=date(2026, 12, 24), last=date(2026, 12, 30), name="closed"),
            *(ExceptionalDays(first=d, last=d, spans=spans(h), name="x") for d, h in map(_dated, one_day)),
        ),
    )
    midnight = at(day, "Europe/Berlin")

    assert calendar.between(midnight, midnight + 24 * HOUR) == hours * HOUR, why


def _dated(row):
    return date.fromisoformat(row[0]), row[1]


def test_breaks_do_not_cut_exceptional_days():
    day = date(2026, 6, 20)
    calendar = office(
        breaks=spans("12:00-13:00"),
        exceptions=(ExceptionalDays(first=day, last=day, spans=spans("11:00-14:00"), name="fair"),),
    )

    assert calendar.between(at("2026-06-20"), at("2026-06-21")) == 3 * HOUR


def test_stretches_say_why_a_desk_is_closed():
    calendar = office(breaks=spans("12:00-13:00"), holidays=(NEW_YEAR,), zone="UTC")

    rows = [(s.start, s.closed_by) for s in calendar.stretches(at("2025-12-31 11:00"), at("2026-01-02 10:00"))]

    assert rows == [
        (at("2025-12-31 11:00"), ""),
        (at("2025-12-31 12:00"), "break"),
        (at("2025-12-31 13:00"), ""),
        (at("2025-12-31 17:00"), "out of hours"),
        (at("2026-01-01 00:00"), "holiday: New Year's Day"),
        (at("2026-01-02 00:00"), "out of hours"),
        (at("2026-01-02 09:00"), ""),
    ]


def test_looking_back_gives_negative_business_time():
    friday, monday = at("2026-06-19 10:00"), at("2026-06-22 10:00")

    assert office(zone="UTC").between(monday, friday) == -8 * HOUR


def test_results_are_utc_whatever_zone_the_moment_came_in():
    moment = datetime.fromisoformat("2026-06-15 23:00+09:00")

    assert always_open().add(moment, HOUR).isoformat() == "2026-06-15T15:00:00+00:00"
    assert office().add(moment, timedelta()).tzinfo is UTC


def test_a_desk_that_is_always_open_counts_all_time_and_never_closes():
    start = at("2026-02-27 13:14:15.000016")

    assert always_open().add(start, 1000 * HOUR) == start + 1000 * HOUR
    assert always_open().next_close(start) is None


@pytest.mark.parametrize(
    ("moment", "opens", "closes"),
    [
        ("2026-06-19 16:00", "2026-06-19 16:00", "2026-06-19 17:00"),
        ("2026-06-19 17:00", "2026-06-22 09:00", "2026-06-22 17:00"),
        ("2026-06-21 12:00", "2026-06-22 09:00", "2026-06-22 17:00"),
    ],
)
def test_the_next_opening_is_now_when_the_desk_is_open(moment, opens, closes):
    calendar = office(zone="UTC")

    assert (calendar.next_open(at(moment)), calendar.next_close(at(moment))) == (at(opens), at(closes))


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"zone": "Europe/Atlantis"}, "unknown time zone"),
        ({"zone": "../etc/passwd"}, "unknown time zone"),
        ({"zone": "Europe"}, "unknown time zone"),  # a folder of the database
        ({"week": ((),) * 7}, "never open"),
        ({"week": (spans("12:00-13:00"),) * 7, "breaks": spans("11:00-14:00")}, "never open"),
        ({"week": (spans("09:00-17:00"),) * 6}, "all seven"),
        ({"week": (spans("13:00-17:00 09:00-13:01"),) * 7}, "09:00-13:01 and 13:00-17:00 overlap"),
        (
            {"exceptions": (ExceptionalDays(first=date(2026, 2, 2), last=date(2026, 2, 1), name="fair"),)},
            "fair ends on 2026-02-01, before it starts",
        ),
    ],
)
def test_hours_that_make_no_sense_are_refused(change, problem):
    sound = {"name": "desk", "zone": "UTC", "week": (spans("09:00-17:00"),) * 7}

    with pytest.raises(Invalid, match=problem) as caught:
        Calendar(**(sound | change))

    assert all(line.startswith("calendar desk: ") for line in caught.value.problems)


@pytest.mark.parametrize("text", ["", "9-17", "09:00", "17:00-09:00", "09:00-09:00", "09:00-25:00", "22:00-02:00"])
def test_a_span_that_is_none_is_refused(text):
    with pytest.raises(Invalid, match="opening hours"):
        Span.parse(text)


@pytest.mark.parametrize("text", ["09:00-17:30", "00:00-24:00", "22:00-24:00", "00:00:30-06:00"])
def test_a_span_prints_as_it_is_written(text):
    assert str(Span.parse(text)) == text


def test_a_desk_that_opens_no_more_is_an_error_and_not_an_endless_search():
    day = date(2026, 6, 20)
    once = Calendar(
        name="fair",
        zone="UTC",
        week=((),) * 7,
        exceptions=(ExceptionalDays(first=day, last=day, spans=spans("09:00-17:00"), name="fair"),),
    )

    assert once.add(at("2026-01-01"), 8 * HOUR) == at("2026-06-20 17:00")
    with pytest.raises(Invalid, match="twenty years"):
        once.add(at("2026-01-01"), 9 * HOUR)
    with pytest.raises(Invalid, match="twenty years"):
        once.next_open(at("2026-06-20 17:00"))


@pytest.mark.parametrize(
    ("moment", "problem"),
    [
        (datetime(2026, 6, 15, 10), "no time zone"),  # noqa: DTZ001 - the fault that is tested
        (datetime(9999, 12, 31, tzinfo=UTC), "outside the years"),
        (datetime(1, 1, 1, tzinfo=UTC), "outside the years"),
    ],
)
def test_a_moment_that_cannot_be_placed_is_refused(moment, problem):
    with pytest.raises(Invalid, match=problem):
        office().is_open(moment)


def test_negative_business_time_cannot_be_added():
    with pytest.raises(Invalid, match="negative"):
        office().add(at("2026-06-15"), -HOUR)


def test_equal_calendars_are_equal_and_hash_alike():
    assert office() == office()
    assert hash(office()) == hash(office())
    assert office() != office(zone="UTC")
