from datetime import date, timedelta

from domain.calendars import at, office, spans
from domain.clocks import live, promise
from mailcase.domain.hours import Holiday
from mailcase.domain.sla_ledger import counted, explain
from mailcase.domain.sla_transitions import start

MONDAY = at("2026-06-15 15:00")


def test_an_explanation_says_of_every_span_whether_it_counted_and_why():
    calendar = office(zone="UTC", holidays=(Holiday(day=date(2026, 6, 16), name="Founders' Day"),))
    begun = start(promise(fail_after=timedelta(hours=8)), "gold", 7, calendar, MONDAY)
    done = begun.then(live(begun.clock, (MONDAY + timedelta(hours=1), "on_hold")))
    done = done.then(live(done.clock, (MONDAY + timedelta(hours=1.5), "in_progress")))

    lines = explain(done.clock, done.spans, calendar, at("2026-06-17 10:00"))

    assert [(line.start, line.cause) for line in lines] == [
        (MONDAY, "open"),
        (at("2026-06-15 16:00"), "paused: on_hold"),
        (at("2026-06-15 16:30"), "open"),
        (at("2026-06-15 17:00"), "out of hours"),
        (at("2026-06-16 00:00"), "holiday: Founders' Day"),
        (at("2026-06-17 00:00"), "out of hours"),
        (at("2026-06-17 09:00"), "open"),
    ]
    assert counted(lines) == timedelta(hours=2.5)


def test_the_order_in_which_the_ledger_was_read_does_not_matter():
    calendar = office(zone="UTC", breaks=spans("12:00-13:00"))
    begun = start(promise(), "gold", 7, calendar, MONDAY)
    done = live(begun.clock, (MONDAY, "fire"))
    for hour, reason in ((1, "on_hold"), (2, "in_progress"), (20, "on_hold")):
        done = done.then(live(done.clock, (MONDAY + timedelta(hours=hour), reason)))

    backwards = explain(done.clock, done.spans[::-1], calendar, MONDAY + timedelta(hours=30))

    assert backwards == explain(done.clock, done.spans, calendar, MONDAY + timedelta(hours=30))


def test_a_finished_clock_is_explained_up_to_its_end():
    calendar = office(zone="UTC")
    done = live(start(promise(), "gold", 7, calendar, MONDAY).clock, (MONDAY + timedelta(hours=1), "cancel"))

    lines = explain(done.clock, done.spans, calendar, at("2027-01-01"))

    assert lines[-1].until == MONDAY + timedelta(hours=1)
