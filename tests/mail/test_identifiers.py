"""Dates of header fields."""

from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailcase.mail.identifiers import date

ZONES = st.integers(-1439, 1439).map(
    lambda minutes: f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}{abs(minutes) % 60:02}"
)


def standard(text: str) -> datetime | None:
    """Return what the standard library reads, in UTC."""
    try:
        value = parsedate_to_datetime(text)
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
    except ValueError:
        return None


FROM, UNTIL = datetime(1000, 1, 2), datetime(2999, 12, 30)  # noqa: DTZ001 - the zone is drawn beside it


@given(st.datetimes(FROM, UNTIL), ZONES, st.sampled_from(["", " (CET)", " (no)"]))
def test_usual_dates_are_read_as_the_standard_library_does(moment: datetime, zone: str, comment: str) -> None:
    text = format_datetime(moment).replace("-0000", zone) + comment
    assert date(text) == standard(text) != None  # noqa: E711 - one comparison of three


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-03T10:00:00Z",
        "2026-03-03 11:00:00 +0100",
        "2026-03-03T10:00:00.123",
        "Tue, 3 Mar 2026 11:00:00 +01:00",
        "Tue, 3 Mar 2026 11:00:00 GMT+1",
        "Tue, 3 Mar 2026 11:00:00 GMT+0100 (Central European Time)",
        "Tue, 3 Mar 2026 11:00:00 CET",
        "Tue, 3 Mar (spring) 2026 11:00:00 +0100",
        "Tue, 3 Mar 2026 10:00:00.5 +0000",
        '"Tue, 3 Mar 2026 10:00:00 +0000"',
    ],
)
def test_dates_of_other_forms_are_read(text: str) -> None:
    found = date(text)
    assert found is not None
    assert found.replace(microsecond=0) == datetime(2026, 3, 3, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "Sat, 31 Feb 2026 10:00:00 +0000",
        "1 Mar 2026 24:00:00 +0000",
        "1 Mar 2026 10:00:60 +0000",
        "1 Mar 2026 10:00:00 +2500",
        "1 Mar 2026 10:00:00 +0099",
        "1 Mar 2026 10:00:00 -0030",
        "1 Mar 2026 10:00:00 -0000",
        "Tue, 3 Mar 26 10:00:00 GMT",
        "3 March 2026 10:00 +0100",
        "",
    ],
)
def test_unusual_dates_are_too(text: str) -> None:
    try:
        expected = standard(text)
    except TypeError:
        expected = None
    assert date(text) == expected
