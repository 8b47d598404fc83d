"""Moments and lengths of time as people write them."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from mailcase.domain.minutes import shown, take_minutes
from mailcase.domain.when import parse_when, split_due
from mailcase.errors import Refused

NOW = datetime(2026, 3, 4, 10, 0, tzinfo=UTC)  # a Wednesday
BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ("tomorrow", "2026-03-05 17:00"),
        ("tomorrow 14:30", "2026-03-05 14:30"),
        ("today at 5pm", "2026-03-04 17:00"),
        ("15:45", "2026-03-04 15:45"),
        ("friday", "2026-03-06 17:00"),
        ("next Wednesday", "2026-03-11 17:00"),
        ("Freitag um 9 Uhr", "2026-03-06 09:00"),
        ("morgen 14.30 Uhr", "2026-03-05 14:30"),
        ("übermorgen", "2026-03-06 17:00"),
        ("demain à 14h30", "2026-03-05 14:30"),
        ("pasado mañana", "2026-03-06 17:00"),
        ("lunes a las 9:15", "2026-03-09 09:15"),
        ("2026-03-31", "2026-03-31 17:00"),
        ("2026-03-31 8:00", "2026-03-31 08:00"),
        ("31.3.", "2026-03-31 17:00"),
        ("31.3.2027 9:00", "2027-03-31 09:00"),
        ("1.2.", "2027-02-01 17:00"),
        ("31/3/2026", "2026-03-31 17:00"),
    ],
)
def test_a_moment_is_read_on_the_wall_clock_of_the_desk(words: str, wanted: str) -> None:
    found = parse_when(words, NOW, BERLIN, hour=17)
    assert f"{found.astimezone(BERLIN):%Y-%m-%d %H:%M}" == wanted
    assert found.utcoffset() == NOW.utcoffset()


@pytest.mark.parametrize(
    ("words", "hours"), [("in 3 days", 72), ("2h", 2), ("in 2 Wochen", 336), ("dans 3 jours", 72), ("en 1 semana", 168)]
)
def test_a_span_counts_from_now(words: str, hours: int) -> None:
    assert (parse_when(words, NOW, BERLIN, hour=17) - NOW).total_seconds() == hours * 3600


@pytest.mark.parametrize("words", ["", "soon", "32.13.", "2026-02-30", "yesterday", "25:00 tomorrow", "x" * 5000])
def test_what_names_no_moment_is_refused(words: str) -> None:
    if words:
        with pytest.raises(Refused, match="names no time"):
            parse_when(words, NOW, BERLIN, hour=17)


@pytest.mark.parametrize("words", ["2026-03-03", "today 9:00", "1.1.2020"])
def test_what_is_past_is_refused(words: str) -> None:
    with pytest.raises(Refused, match="is past"):
        parse_when(words, NOW, BERLIN, hour=17)


@pytest.mark.parametrize(
    ("text", "words", "is_due"),
    [
        ("call her due tomorrow", "call her", True),
        ("call her by friday", "call her", True),
        ("Angebot schreiben bis morgen 12:00", "Angebot schreiben", True),
        ("rappeler avant vendredi", "rappeler", True),
        ("stand by her", "stand by her", False),
        ("wait until it rains", "wait until it rains", False),
        ("call her", "call her", False),
    ],
)
def test_the_words_of_a_task_are_told_from_its_time(text: str, words: str, is_due: bool) -> None:
    found, due = split_due(text, lambda when: parse_when(when, NOW, BERLIN, hour=17))
    assert (found, due is not None) == (words, is_due)


@pytest.mark.parametrize(
    ("text", "minutes", "rest"),
    [
        ("15m call", 15, "call"),
        ("15 min call", 15, "call"),
        ("1h", 60, ""),
        ("1h30 call", 90, "call"),
        ("1h30m call", 90, "call"),
        ("1 h 30 min", 90, ""),
        ("1,5 Std. Analyse", 90, "Analyse"),
        ("1:15 x", 75, "x"),
        ("2 heures", 120, ""),
        ("90 minutos: x", 90, "x"),
        ("15 calls", None, "15 calls"),
        ("3 more", None, "3 more"),
        ("hello", None, "hello"),
    ],
)
def test_a_length_of_time_is_taken_off_the_beginning(text: str, minutes: int | None, rest: str) -> None:
    assert take_minutes(text) == (minutes, rest)


def test_a_bare_number_is_minutes_where_that_is_meant() -> None:
    assert take_minutes("20 tests", bare=True) == (20, "tests")


@pytest.mark.parametrize(("minutes", "words"), [(5, "5 min"), (60, "1 h"), (95, "1 h 35 min")])
def test_a_length_of_time_is_shown(minutes: int, words: str) -> None:
    assert shown(minutes) == words
