from datetime import timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.calendars import MINUTE, calendars, minutes_open, moments, shows_open, whole_minutes

durations = st.timedeltas(timedelta(), timedelta(hours=30))
NOTHING = timedelta()


@given(calendars(), moments, durations)
def test_what_was_added_lies_between(calendar, start, duration):
    assert calendar.between(start, calendar.add(start, duration)) == duration


@given(calendars(), moments, durations.filter(bool))
def test_the_end_of_an_addition_is_the_earliest_one(calendar, start, duration):
    just_before = calendar.add(start, duration) - timedelta(microseconds=1)

    assert calendar.between(start, just_before) < duration


@given(calendars(), moments, durations, durations)
def test_adding_in_two_steps_is_adding_at_once(calendar, start, first, second):
    assert calendar.add(calendar.add(start, first), second) == calendar.add(start, first + second)


@given(calendars(), moments, st.timedeltas(NOTHING, timedelta(days=30)), durations)
def test_a_later_start_never_ends_earlier(calendar, start, later, duration):
    assert calendar.add(start, duration) <= calendar.add(start + later, duration)


@settings(deadline=None)  # sixteen years may lie between
@given(calendars(), moments, moments, moments)
def test_business_time_is_additive_in_any_order(calendar, a, b, c):
    assert calendar.between(a, b) + calendar.between(b, c) == calendar.between(a, c)


@given(calendars(), moments, st.timedeltas(NOTHING, timedelta(days=400)))
def test_business_time_is_never_negative_and_never_longer_than_real_time(calendar, start, elapsed):
    assert NOTHING <= calendar.between(start, start + elapsed) <= elapsed


@given(calendars(), whole_minutes, st.integers(0, 4 * 1440))
def test_business_time_is_what_the_wall_clock_shows_minute_by_minute(calendar, start, length):
    end = start + length * MINUTE

    assert calendar.between(start, end) == minutes_open(calendar, start, end)


@given(calendars(), moments)
def test_a_moment_is_open_when_the_wall_clock_shows_an_opening_time(calendar, moment):
    assert calendar.is_open(moment) == shows_open(calendar, moment)


@given(calendars(), moments)
def test_the_next_opening_is_open_and_nothing_before_it_is(calendar, moment):
    opens = calendar.next_open(moment)

    assert opens >= moment
    assert calendar.is_open(opens)
    assert calendar.between(moment, opens) == NOTHING


@given(calendars(), moments)
def test_all_time_up_to_the_next_closing_is_open(calendar, moment):
    opens, closes = calendar.next_open(moment), calendar.next_close(moment)

    assert closes is None or calendar.between(opens, closes) == closes - opens
    assert closes is None or not calendar.is_open(closes)


@given(calendars(), moments, st.timedeltas(NOTHING, timedelta(days=40)))
def test_stretches_cover_a_range_and_add_up_to_its_business_time(calendar, start, length):
    found = list(calendar.stretches(start, start + length))

    edges = [edge for stretch in found for edge in (stretch.start, stretch.until)]
    assert edges == sorted(edges)
    assert [edges[0], edges[-1]] == [start, start + length] if length else not found
    assert all(a.until == b.start and a.closed_by != b.closed_by for a, b in pairwise(found))
    total = sum((stretch.until - stretch.start for stretch in found if stretch.is_open), NOTHING)
    assert total == calendar.between(start, start + length)
