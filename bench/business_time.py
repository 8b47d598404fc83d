"""Print what business time costs: an office calendar with breaks, holidays and exceptions, warm and cold."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from time import perf_counter

from mailcase.domain.calendar import Calendar
from mailcase.domain.hours import ExceptionalDays, Holiday, Span, Weekday, weekly

START = datetime(2026, 3, 24, 13, 7, tzinfo=UTC)
HOURS = timedelta(hours=40)
ROUNDS = 20_000


def office() -> Calendar:
    """Return a desk with two spans a day, 150 holidays and 20 exceptions."""
    hours = (Span.parse("08:30-12:00"), Span.parse("13:00-17:30"))
    return Calendar(
        name="office",
        zone="Europe/Berlin",
        week=weekly(dict.fromkeys(tuple(Weekday)[:5], hours)),
        breaks=(Span.parse("10:00-10:15"),),
        holidays=tuple(Holiday(day=date(2020 + n // 10, 1 + n % 10, 1), name=f"day {n}") for n in range(150)),
        exceptions=tuple(
            ExceptionalDays(first=date(2020 + n, 12, 24), last=date(2020 + n, 12, 31), name="closed") for n in range(20)
        ),
    )


def microseconds(rounds: int, call: Callable[[], object]) -> float:
    """Return the mean time of one call."""
    begin = perf_counter()
    for _ in range(rounds):
        call()
    return (perf_counter() - begin) / rounds * 1e6


def main() -> None:
    """Print one line a case, microseconds a call."""
    calendar, end = office(), START + timedelta(days=365)
    calendar.between(START, end)
    cases: tuple[tuple[str, int, Callable[[], object]], ...] = (
        ("add 40 business hours, warm", ROUNDS, lambda: calendar.add(START, HOURS)),
        ("between, a week apart, warm", ROUNDS, lambda: calendar.between(START, START + timedelta(days=7))),
        ("between, a year apart, warm", ROUNDS, lambda: calendar.between(START, end)),
        ("is_open, warm", ROUNDS, lambda: calendar.is_open(START)),
        ("new calendar", 200, office),
        ("new calendar, add 40 business hours", 200, lambda: office().add(START, HOURS)),
        ("new calendar, between a year apart", 20, lambda: office().between(START, end)),
    )
    for name, rounds, call in cases:
        print(f"{microseconds(rounds, call):10.1f} µs  {name}")


if __name__ == "__main__":
    main()
