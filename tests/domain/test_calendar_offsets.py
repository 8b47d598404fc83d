from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.calendars import EVERY_ZONE, FIRST, LAST, ZONES, at, check_zone, minutes_open, office, offset_changes, spans
from mailcase.domain.calendar import Calendar

HOUR = timedelta(hours=1)


@pytest.mark.parametrize("zone", ZONES)
def test_business_time_is_exact_at_every_change_of_offset(zone):
    assert check_zone(zone) == len(offset_changes(zone, FIRST, LAST))


@settings(max_examples=5, deadline=None)
@given(st.sampled_from(EVERY_ZONE))
def test_it_is_so_in_any_zone_of_the_world(zone):
    check_zone(zone)  # all of them: python -m domain.every_zone


def test_the_zones_of_the_tests_do_change_their_offset():
    changes = {zone: len(offset_changes(zone, FIRST, LAST)) for zone in ZONES}

    assert changes["Europe/Berlin"] == changes["Australia/Lord_Howe"] == 32
    assert changes["UTC"] == changes["Asia/Kathmandu"] == 0
    assert sum(changes.values()) > 300


@pytest.mark.parametrize(
    ("hours", "day", "open_hours", "why"),
    [
        ("00:00-24:00", "2026-03-29", 23, "spring: the day has 23 hours"),
        ("00:00-24:00", "2026-10-25", 25, "autumn: the day has 25 hours"),
        ("02:00-03:00", "2026-03-29", 0, "the whole span is skipped"),
        ("02:00-03:00", "2026-10-25", 2, "the whole span is repeated"),
        ("01:00-02:30", "2026-03-29", 1, "it ends in what is skipped"),
        ("02:30-04:00", "2026-03-29", 1, "it starts in what is skipped"),
        ("01:00-02:30", "2026-10-25", 2, "its end comes twice: closed, then open again from 02:00 to 02:30"),
        ("02:30-04:00", "2026-10-25", 2, "its start comes twice: open, closed from 02:00 to 02:30, open"),
    ],
)
def test_skipped_time_never_counts_and_repeated_time_counts_twice(hours, day, open_hours, why):
    calendar = Calendar(name="desk", zone="Europe/Berlin", week=(spans(hours),) * 7)
    midnight = at(day, "Europe/Berlin")
    length = {"2026-03-29": 23, "2026-10-25": 25}[day]

    assert calendar.between(midnight, midnight + length * HOUR) == open_hours * HOUR, why


def test_a_date_that_a_zone_left_out_has_no_hours():
    samoa = office(zone="Pacific/Apia")  # went from Thursday 29 to Saturday 31 December 2011

    assert samoa.add(at("2011-12-29 16:00", "Pacific/Apia"), 2 * HOUR) == at("2012-01-02 10:00", "Pacific/Apia")


def test_a_summer_time_of_one_week_is_not_overlooked():
    recife = office(zone="America/Recife", hours="00:00-24:00")  # from 8 to 15 October 2000
    start, end = at("2000-10-05"), at("2000-10-26")

    total = sum((found.until - found.start for found in recife.stretches(start, end) if found.is_open), timedelta())

    assert total == recife.between(start, end) == minutes_open(recife, start, end)
    assert [offset.date().day for offset in offset_changes("America/Recife", start, end)] == [8, 15]
