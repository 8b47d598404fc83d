"""Promises and clocks for the tests, on the calendar of an office in UTC, and any of their histories."""

from datetime import timedelta

from hypothesis import strategies as st

from domain.calendars import at, office
from mailcase.domain.sla import Kpi, SlaItem
from mailcase.domain.sla_clock import Clock, Transition
from mailcase.domain.sla_transitions import cancel, fire, follow, reopen, start, succeed

HOUR = timedelta(hours=1)
OFFICE = office(zone="UTC")
MONDAY = at("2026-06-15 09:00")
PAUSES = frozenset({"on_hold", "waiting_for_details"})


def promise(**change: object) -> SlaItem:
    """Four business hours, with a warning after three."""
    terms = {
        "name": "answer",
        "kpi": Kpi.FIRST_RESPONSE,
        "warn_after": 3 * HOUR,
        "fail_after": 4 * HOUR,
        "calendar": "office",
        "pause_reasons": PAUSES,
    }
    return SlaItem(**(terms | change))


def started(**change: object) -> Clock:
    return start(promise(**change), "gold", 7, OFFICE, MONDAY).clock


def hours(count: float) -> timedelta:
    return count * HOUR


def step(clock: Clock, what: str, now: object) -> Transition:
    """Do what the word says: a status reason, or the name of a transition."""
    match what:
        case "succeed":
            return succeed(clock, OFFICE, now)
        case "cancel":
            return cancel(clock, now)
        case "reopen":
            return reopen(clock)
        case "fire":
            return fire(clock, now)
        case reason:
            return follow(clock, OFFICE, now, reason)


def live(clock: Clock, *steps: tuple[object, str]) -> Transition:
    """Take the steps one after the other, and return all that came of it."""
    done = Transition(clock=clock)
    for now, what in steps:
        done = done.then(step(done.clock, what, now))
    return done


reasons = st.sampled_from(["in_progress", "researching", *sorted(PAUSES)])
instants = st.timedeltas(timedelta(), timedelta(days=6)).map(lambda since: MONDAY + since)
reason_histories = st.lists(st.tuples(instants, reasons), max_size=8).map(sorted)
