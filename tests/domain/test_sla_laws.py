from dataclasses import replace
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from domain.clocks import MONDAY, OFFICE, PAUSES, hours, instants, live, reason_histories, reasons, started
from mailcase.domain.sla_change import ReasonChange, recalculate
from mailcase.domain.sla_clock import ClockEvent, ClockState
from mailcase.domain.sla_ledger import counted, explain
from mailcase.domain.sla_transitions import fire

FAR = MONDAY + hours(24 * 365)
anything = st.one_of(reasons, st.sampled_from(["fire", "succeed", "cancel", "reopen"]))
any_history = st.lists(st.tuples(instants, anything), max_size=12)
"""In any order: the system's clock jumps."""
ticks = st.lists(st.tuples(instants, st.just("fire")), max_size=6)


@given(any_history)
def test_a_warning_and_a_breach_are_fired_once_however_the_clock_jumps(history):
    events = live(started(), *history, (FAR, "fire"), (MONDAY, "fire"), (FAR, "fire")).events

    assert events.count(ClockEvent.WARNED) <= 1
    assert events.count(ClockEvent.BREACHED) <= 1


@given(reason_histories, st.randoms(use_true_random=False))
def test_nothing_is_lost_however_the_clock_jumps(history, random):
    random.shuffle(history)

    events = live(started(), *history, (FAR, "in_progress"), (FAR + hours(400), "fire")).events

    assert (events.count(ClockEvent.WARNED), events.count(ClockEvent.BREACHED)) == (1, 1)


@given(reason_histories, st.sampled_from(["succeed", "cancel", "fire"]), instants, ticks)
def test_ticks_change_no_outcome(history, end, last, extra):
    history = [*history, (max([last, *(now for now, _ in history)]), end)]
    ticked = sorted([*history, *(tick for tick in extra if tick[0] <= history[-1][0])], key=lambda row: row[0])

    quiet, noisy = live(started(), *history), live(started(), *ticked)

    unstamped = replace(noisy.clock, warned_at=quiet.clock.warned_at, breached_at=quiet.clock.breached_at)
    assert (unstamped, noisy.spans) == (quiet.clock, quiet.spans)
    assert noisy.events == quiet.events


@given(reason_histories)
def test_a_running_clock_has_counted_its_promise_exactly_when_it_is_due(history):
    done = live(started(), *history)
    clock = done.clock
    at_due = explain(clock, done.spans, OFFICE, clock.due_at)

    if clock.state is not ClockState.PAUSED:
        assert counted(at_due) == clock.fail_after
    if clock.state is ClockState.IN_PROGRESS:
        assert counted(explain(clock, done.spans, OFFICE, clock.warn_at)) == clock.warn_after


@given(reason_histories)
def test_counted_time_is_business_time_less_the_pauses(history):
    done = live(started(), *history)
    end = done.clock.stopped_at or done.clock.since

    assert counted(explain(done.clock, done.spans, OFFICE, end)) == (
        OFFICE.between(MONDAY, end) - done.clock.paused_for
    )


@given(any_history)
def test_the_ledger_covers_the_life_of_a_clock_without_gaps(history):
    done = live(started(), *history)

    edges = [MONDAY, *(edge for span in done.spans for edge in (span.start, span.until)), done.clock.since]
    assert edges[::2] == edges[1::2]
    assert edges == sorted(edges)
    assert all(span.counted is (span.cause not in PAUSES) for span in done.spans)
    assert done.clock.is_open or done.clock.since == done.clock.stopped_at


@given(any_history, instants)
def test_a_tick_waits_for_exactly_what_it_can_fire(history, now):
    clock = live(started(), *history).clock
    is_due = clock.next_due_at is not None and clock.next_due_at <= now

    assert (fire(clock, now).clock != clock) is is_due


@given(reason_histories, instants)
def test_recalculating_by_the_same_calendar_changes_nothing(history, last):
    now = max([last, *(at for at, _ in history)])
    done = live(started(), *history, (now, "fire"))
    changes = tuple(ReasonChange(at=at, reason=reason) for at, reason in history)

    again = recalculate(done.clock, changes, OFFICE, now)

    assert (again.clock, again.spans, again.events) == (done.clock, done.spans, ())


@given(any_history)
def test_explained_lines_follow_each_other(history):
    done = live(started(), *history)
    lines = explain(done.clock, done.spans, OFFICE, FAR)

    assert all(line.until == later.start for line, later in pairwise(lines))
    assert all(line.counted is (line.cause == "open") for line in lines)
