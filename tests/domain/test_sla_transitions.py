from dataclasses import replace
from datetime import date, timedelta

import pytest

from domain.calendars import at, office, spans
from domain.clocks import MONDAY, OFFICE, hours, live, promise, started
from mailcase.domain.hours import ExceptionalDays
from mailcase.domain.sla_clock import ClockEvent, ClockSpan, ClockState
from mailcase.domain.sla_transitions import cancel, due_events, fire, pause, reopen, resume, start, succeed
from mailcase.errors import Invalid

WARN, DUE = MONDAY + hours(3), MONDAY + hours(4)
NIGHT = at("2026-06-15 23:00")
SUNDAY = date(2026, 6, 14)
OPEN_SUNDAY = ExceptionalDays(first=SUNDAY, last=SUNDAY, spans=spans("09:00-17:00"), name="fair")
EARLY_CLOSING = ExceptionalDays(first=MONDAY.date(), last=MONDAY.date(), spans=spans("09:00-11:00"), name="strike")


def test_a_clock_starts_with_its_times_in_business_hours():
    begun = start(promise(), "gold", 7, OFFICE, at("2026-06-19 16:00"))

    clock = begun.clock
    assert begun.events == (ClockEvent.STARTED,)
    assert (clock.state, clock.case_id, clock.sla) == (ClockState.IN_PROGRESS, 7, "gold")
    assert (clock.warn_at, clock.due_at) == (at("2026-06-22 11:00"), at("2026-06-22 12:00"))
    assert clock.next_due_at == clock.warn_at


def test_a_clock_without_a_warning_waits_for_its_due_time():
    assert started(warn_after=None).next_due_at == DUE


@pytest.mark.parametrize(
    ("now", "events", "state", "waits_for"),
    [
        (WARN - timedelta(microseconds=1), (), ClockState.IN_PROGRESS, WARN),
        (WARN, (ClockEvent.WARNED,), ClockState.NEARING, DUE),
        (DUE, (ClockEvent.WARNED, ClockEvent.BREACHED), ClockState.BREACHED, None),
        (NIGHT, (ClockEvent.WARNED, ClockEvent.BREACHED), ClockState.BREACHED, None),
    ],
)
def test_a_tick_fires_what_is_due_by_then(now, events, state, waits_for):
    assert due_events(started(), now) == events

    fired = fire(started(), now)

    assert (fired.events, fired.clock.state, fired.clock.next_due_at) == (events, state, waits_for)


def test_a_breached_clock_stops_at_its_due_time_however_late_the_tick():
    fired = fire(started(), NIGHT)

    assert fired.clock.stopped_at == DUE
    assert fired.clock.breached_at == NIGHT
    assert fired.spans == (ClockSpan(clock_id=0, start=MONDAY, until=DUE, counted=True, cause=""),)


def test_a_clock_that_jumps_back_and_forth_fires_each_event_once():
    day = timedelta(days=1)

    done = live(started(), *((now, "fire") for now in (MONDAY + day, MONDAY, MONDAY + 2 * day, MONDAY - day, NIGHT)))

    assert done.events == (ClockEvent.WARNED, ClockEvent.BREACHED)
    assert len(done.spans) == 1


def test_a_pause_moves_warning_and_due_time_by_the_business_time_that_it_took():
    done = live(started(), (at("2026-06-15 10:00"), "on_hold"), (at("2026-06-16 11:00"), "in_progress"))

    assert done.clock.paused_for == hours(9)
    assert (done.clock.warn_at, done.clock.due_at) == (at("2026-06-16 13:00"), at("2026-06-16 14:00"))
    assert done.events == (ClockEvent.PAUSED, ClockEvent.RESUMED)
    assert [(span.until, span.counted, span.cause) for span in done.spans] == [
        (at("2026-06-15 10:00"), True, ""),
        (at("2026-06-16 11:00"), False, "on_hold"),
    ]


def test_a_paused_clock_fires_nothing():
    paused = live(started(), (MONDAY + hours(1), "on_hold")).clock

    assert paused.next_due_at is None
    assert paused.paused_at == MONDAY + hours(1)
    assert fire(paused, NIGHT).clock == paused


def test_another_pause_reason_is_another_span_of_the_same_pause():
    done = live(
        started(),
        (MONDAY + hours(1), "on_hold"),
        (MONDAY + hours(2), "waiting_for_details"),
        (MONDAY + hours(3), "waiting_for_details"),
        (MONDAY + hours(4), "in_progress"),
    )

    assert [span.cause for span in done.spans] == ["", "on_hold", "waiting_for_details"]
    assert done.clock.paused_for == hours(3)


def test_a_warning_that_was_sent_is_not_sent_again_after_a_pause():
    done = live(
        started(),
        (WARN, "fire"),
        (WARN, "on_hold"),
        (WARN + hours(1), "in_progress"),
        (WARN + hours(1.5), "fire"),
        (WARN + hours(2), "fire"),
    )

    assert done.events == (ClockEvent.WARNED, ClockEvent.PAUSED, ClockEvent.RESUMED, ClockEvent.BREACHED)
    assert done.clock.stopped_at == DUE + hours(1)


def test_a_resumed_clock_past_its_warning_is_nearing_again():
    done = live(started(), (WARN, "on_hold"), (WARN + hours(1), "in_progress"))

    assert (done.clock.state, done.clock.next_due_at) == (ClockState.NEARING, DUE + hours(1))


def test_a_status_reason_that_does_not_pause_changes_nothing():
    assert live(started(), (MONDAY + hours(1), "researching")).clock == started()


@pytest.mark.parametrize(
    ("now", "state", "stopped_at"),
    [
        (MONDAY + hours(1), ClockState.SUCCEEDED, MONDAY + hours(1)),
        (DUE - timedelta(microseconds=1), ClockState.SUCCEEDED, DUE - timedelta(microseconds=1)),
        (DUE, ClockState.BREACHED, DUE),
        (NIGHT, ClockState.BREACHED, DUE),  # no tick came in between
    ],
)
def test_a_promise_is_kept_before_its_due_time_and_broken_from_then_on(now, state, stopped_at):
    done = succeed(started(), OFFICE, now)

    assert (done.clock.state, done.clock.stopped_at, done.clock.next_due_at) == (state, stopped_at, None)
    assert done.events[-1] == state.value


def test_a_promise_kept_during_a_pause_has_the_pause_taken_off():
    done = live(started(), (MONDAY + hours(1), "on_hold"), (MONDAY + hours(6), "succeed"))

    assert done.clock.state is ClockState.SUCCEEDED
    assert done.clock.due_at == at("2026-06-16 10:00")
    assert done.events == (ClockEvent.PAUSED, ClockEvent.SUCCEEDED)


def test_what_was_due_is_fired_before_the_clock_is_paused_or_cancelled():
    for done in (pause(started(), OFFICE, DUE, "on_hold"), cancel(started(), DUE)):
        assert done.clock.state is ClockState.BREACHED
        assert done.events == (ClockEvent.WARNED, ClockEvent.BREACHED)


@pytest.mark.parametrize("end", ["succeed", "cancel", "fire"])
def test_a_finished_clock_is_final(end):
    finished = live(started(), (DUE if end == "fire" else MONDAY, end)).clock

    for what in ("on_hold", "in_progress", "succeed", "cancel", "fire"):
        done = live(finished, (NIGHT, what))
        assert (done.clock, done.spans, done.events) == (finished, (), ())


def test_an_answer_that_bounced_had_never_stopped_the_clock():
    kept = live(started(), (MONDAY + hours(2), "succeed"))
    again = live(kept.clock, (MONDAY + hours(3), "reopen"), (NIGHT, "fire"))

    assert again.events == (ClockEvent.REOPENED, ClockEvent.WARNED, ClockEvent.BREACHED)
    assert again.clock.stopped_at == DUE
    assert sum((span.until - span.start for span in kept.spans + again.spans), timedelta()) == hours(4)


def test_a_reactivated_case_pauses_its_clock_for_as_long_as_it_was_resolved():
    kept = succeed(started(), OFFICE, MONDAY + hours(2)).clock

    back = resume(reopen(kept, "resolved").clock, OFFICE, at("2026-06-17 10:00"))

    assert back.clock.due_at == at("2026-06-17 12:00")
    assert [(span.counted, span.cause) for span in back.spans] == [(False, "resolved")]


@pytest.mark.parametrize("end", ["cancel", "fire"])
def test_a_clock_that_is_cancelled_or_breached_is_not_reopened(end):
    finished = live(started(), (DUE if end == "fire" else MONDAY, end)).clock

    assert reopen(finished).clock == finished


def test_a_moment_before_the_last_change_is_taken_for_that_change():
    done = live(started(), (MONDAY + hours(2), "on_hold"), (MONDAY + hours(1), "in_progress"))

    assert done.clock.since == MONDAY + hours(2)
    assert done.clock.due_at == DUE
    assert [span.until for span in done.spans] == [MONDAY + hours(2)]


def test_the_end_of_a_pause_counts_by_the_calendar_as_it_is_then():
    paused = live(started(), (at("2026-06-15 11:00"), "on_hold")).clock  # two hours are left
    strike = office(zone="UTC", exceptions=(EARLY_CLOSING,))

    running = resume(paused, strike, at("2026-06-16 10:00")).clock

    assert (running.state, running.due_at) == (ClockState.IN_PROGRESS, at("2026-06-16 12:00"))


def test_a_warning_that_new_opening_hours_put_into_the_past_is_fired_at_the_next_tick():
    sunday, monday = at("2026-06-14 09:00"), at("2026-06-15 09:00")
    begun = start(promise(), "gold", 7, OFFICE, sunday).clock
    paused = live(begun, (sunday + hours(3), "on_hold")).clock

    running = resume(paused, office(zone="UTC", exceptions=(OPEN_SUNDAY,)), monday).clock

    assert (running.state, running.next_due_at) == (ClockState.NEARING, at("2026-06-14 17:00"))
    assert fire(running, monday).events == (ClockEvent.WARNED,)


def test_a_clock_refuses_another_calendar_than_its_own():
    paused = live(started(), (MONDAY, "on_hold")).clock

    with pytest.raises(Invalid, match="counts by calendar office, not by night"):
        resume(paused, office(name="night"), NIGHT)


def test_ledger_entries_belong_to_the_stored_clock():
    stored = replace(started(), id=42)

    assert [span.clock_id for span in cancel(stored, MONDAY + hours(1)).spans] == [42]
