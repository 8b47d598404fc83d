from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.calendars import at, office
from domain.clocks import MONDAY, OFFICE, hours, live, promise, started
from mailcase.domain.calendar import always_open
from mailcase.domain.hours import Holiday
from mailcase.domain.sla import ApplicableFrom, Kpi
from mailcase.domain.sla_change import Course, ReasonChange, recalculate, reconcile
from mailcase.domain.sla_clock import ClockEvent, ClockState
from mailcase.errors import Invalid

CALENDARS = {"office": OFFICE, "24x7": always_open()}
HALF_PAST_ELEVEN = MONDAY + hours(2.5)
CREATED = ReasonChange(at=MONDAY, reason="in_progress")
HELD = (
    CREATED,
    ReasonChange(at=MONDAY + hours(1), reason="on_hold"),
    ReasonChange(at=MONDAY + hours(2), reason="in_progress"),
)


def course(*clocks, now=HALF_PAST_ELEVEN, reasons=(CREATED,), **moments):
    return Course(
        case_id=7, clocks=clocks, moments={ApplicableFrom.CREATED: MONDAY} | moments, reasons=reasons, now=now
    )


def outcome(changes):
    return [(done.clock.item, done.clock.state, done.events) for done in changes]


def test_a_new_case_gets_the_clocks_of_its_sla():
    solve = promise(name="solve", kpi=Kpi.RESOLUTION, fail_after=hours(16), warn_after=None)

    changes = reconcile(course(now=MONDAY), "gold", (promise(), solve), CALENDARS)

    assert outcome(changes) == [
        ("answer", ClockState.IN_PROGRESS, (ClockEvent.STARTED,)),
        ("solve", ClockState.IN_PROGRESS, (ClockEvent.STARTED,)),
    ]
    assert changes[1].clock.due_at == at("2026-06-16 17:00")


def test_clocks_that_are_as_promised_are_left_alone():
    assert reconcile(course(started()), "gold", (promise(),), CALENDARS) == ()


def test_the_same_terms_of_another_sla_keep_the_clock_running():
    (change,) = reconcile(course(started()), "silver", (promise(name="reply"),), CALENDARS)

    assert change.clock == replace(started(), sla="silver", item="reply")
    assert (change.spans, change.events) == ((), ())


@pytest.mark.parametrize(
    ("terms", "due_at"),
    [
        ({"fail_after": hours(6)}, MONDAY + hours(6)),
        ({"warn_after": hours(3.5)}, MONDAY + hours(4)),
        ({"calendar": "24x7", "fail_after": hours(20)}, MONDAY + hours(20)),
        ({"pause_reasons": frozenset({"on_hold"})}, MONDAY + hours(4)),
        ({"applicable_from": ApplicableFrom.ESCALATED}, MONDAY + hours(6)),
    ],
)
def test_a_clock_that_differs_is_replaced(terms, due_at):
    case = course(started(), escalated=MONDAY + hours(2))

    old, new = reconcile(case, "gold", (promise(**terms),), CALENDARS)

    assert (old.clock.state, old.events) == (ClockState.CANCELLED, (ClockEvent.CANCELLED,))
    assert (new.clock.state, new.clock.due_at) == (ClockState.IN_PROGRESS, due_at)


def test_a_new_clock_takes_over_the_pauses_of_the_case_that_its_terms_know():
    case = course(started(), reasons=HELD)
    longer = {"fail_after": hours(6), "warn_after": None}

    paused = reconcile(case, "gold", (promise(**longer),), CALENDARS)[1]
    unpaused = reconcile(case, "gold", (promise(**longer, pause_reasons=frozenset()),), CALENDARS)[1]

    assert (paused.clock.paused_for, paused.clock.due_at) == (hours(1), MONDAY + hours(7))
    assert [span.cause for span in paused.spans] == ["", "on_hold"]
    assert unpaused.clock.due_at == MONDAY + hours(6)


def test_a_new_clock_of_a_case_on_hold_is_paused():
    (begun,) = reconcile(course(reasons=HELD[:2]), "gold", (promise(),), CALENDARS)

    assert (begun.clock.state, begun.clock.cause) == (ClockState.PAUSED, "on_hold")
    assert begun.events == (ClockEvent.STARTED,)


def test_a_case_that_was_created_on_hold_starts_paused():
    reasons = (ReasonChange(at=MONDAY - hours(1), reason="on_hold"),)

    (begun,) = reconcile(course(reasons=reasons), "gold", (promise(),), CALENDARS)

    assert begun.clock.paused_at == MONDAY


def test_a_warning_is_not_sent_again_for_the_replaced_promise():
    warned = live(started(), (MONDAY + hours(3), "fire")).clock

    old, new = reconcile(course(warned, now=MONDAY + hours(3.5)), "gold", (promise(fail_after=hours(6)),), CALENDARS)

    later = live(new.clock, (MONDAY + hours(5), "fire"), (MONDAY + hours(6), "fire"))
    assert [*old.events, *new.events, *later.events] == [
        ClockEvent.CANCELLED,
        ClockEvent.STARTED,
        ClockEvent.BREACHED,
    ]


def test_a_warning_that_is_due_just_now_is_sent_for_one_of_the_two():
    now = MONDAY + hours(3)

    changes = reconcile(course(started(), now=now), "gold", (promise(fail_after=hours(6)),), CALENDARS)

    assert [event for done in changes for event in done.events].count(ClockEvent.WARNED) == 1
    assert changes[1].clock.warned_at == now


def test_a_shorter_promise_is_warned_and_broken_at_the_moment_it_is_made():
    now = MONDAY + hours(2.5)

    new = reconcile(
        course(started(), now=now), "gold", (promise(warn_after=hours(1), fail_after=hours(2)),), CALENDARS
    )[1]

    assert new.events == (ClockEvent.STARTED, ClockEvent.WARNED, ClockEvent.BREACHED)
    assert (new.clock.warned_at, new.clock.breached_at, new.clock.stopped_at) == (now, now, MONDAY + hours(2))


def test_what_is_found_in_the_past_is_dated_to_when_it_is_found():
    item = promise(warn_after=hours(0.5), fail_after=hours(0.75))

    (begun,) = reconcile(course(reasons=HELD), "gold", (item,), CALENDARS)

    assert begun.clock.stopped_at == MONDAY + hours(0.75)
    assert begun.clock.warned_at == begun.clock.breached_at == HALF_PAST_ELEVEN


@pytest.mark.parametrize(
    ("now", "state"), [(MONDAY + hours(1), ClockState.SUCCEEDED), (MONDAY + hours(5), ClockState.BREACHED)]
)
def test_a_promise_that_was_kept_or_broken_is_not_made_again(now, state):
    finished = live(started(), (now, "succeed")).clock
    assert finished.state is state

    assert reconcile(course(finished, now=now), "platinum", (promise(fail_after=hours(40)),), CALENDARS) == ()


def test_a_promise_that_is_broken_by_now_stays_broken_whatever_the_new_one_says():
    case = course(started(), now=MONDAY + hours(5))

    changes = reconcile(case, "platinum", (promise(fail_after=hours(40)),), CALENDARS)

    assert outcome(changes) == [("answer", ClockState.BREACHED, (ClockEvent.WARNED, ClockEvent.BREACHED))]


def test_a_promise_from_a_later_moment_is_made_beside_the_kept_one():
    first = live(started(kpi=Kpi.NEXT_RESPONSE), (MONDAY + hours(1), "succeed")).clock
    item = promise(kpi=Kpi.NEXT_RESPONSE, applicable_from=ApplicableFrom.UNANSWERED)

    (begun,) = reconcile(course(first, unanswered=MONDAY + hours(2)), "gold", (item,), CALENDARS)

    assert begun.clock.started_at == MONDAY + hours(2)


def test_a_promise_whose_moment_has_not_come_has_no_clock():
    item = promise(applicable_from=ApplicableFrom.ESCALATED)

    assert reconcile(course(), "gold", (item,), CALENDARS) == ()


def test_a_case_without_sla_has_its_clocks_cancelled_even_if_their_calendar_is_gone():
    paused = live(started(), (MONDAY + hours(1), "on_hold")).clock

    changes = reconcile(course(paused), "", (), {})

    assert outcome(changes) == [("answer", ClockState.CANCELLED, (ClockEvent.CANCELLED,))]
    assert [(span.counted, span.cause) for span in changes[0].spans] == [(False, "on_hold")]


def test_an_sla_that_is_given_back_does_not_warn_again():
    warned = live(started(), (MONDAY + hours(3), "fire"), (MONDAY + hours(3), "cancel")).clock

    (begun,) = reconcile(course(warned, now=MONDAY + hours(3.5)), "gold", (promise(),), CALENDARS)

    assert begun.events == (ClockEvent.STARTED,)
    assert (begun.clock.state, begun.clock.next_due_at) == (ClockState.NEARING, MONDAY + hours(4))


def test_an_item_without_its_calendar_is_refused():
    with pytest.raises(Invalid, match="no calendar moon"):
        reconcile(course(), "gold", (promise(calendar="moon"),), CALENDARS)


promises = st.builds(
    lambda warn, fail, name, reasons: promise(
        name=name, warn_after=hours(warn), fail_after=hours(warn + fail), calendar=name, pause_reasons=reasons
    ),
    st.integers(1, 9),
    st.integers(1, 9),
    st.sampled_from(["office", "24x7"]),
    st.sampled_from([frozenset(), frozenset({"on_hold"})]),
)


@given(st.lists(st.tuples(promises, st.integers(0, 8)), max_size=6))
def test_however_often_the_sla_changes_one_warning_and_one_breach_are_fired(changes):
    clocks, now, events = {}, MONDAY, []
    for item, wait in changes:
        now += hours(wait)
        case = course(*clocks.values(), now=now, reasons=HELD)
        for done in reconcile(case, "gold", (item,), CALENDARS):
            key = done.clock.id or len(clocks) + 1
            clocks[key] = replace(done.clock, id=key)
            events += done.events
        assert reconcile(course(*clocks.values(), now=now, reasons=HELD), "gold", (item,), CALENDARS) == ()
        assert sum(clock.is_open for clock in clocks.values()) <= 1
    assert max(events.count(ClockEvent.WARNED), events.count(ClockEvent.BREACHED)) <= 1


def test_a_breach_is_taken_back_when_the_day_turns_out_to_have_been_a_holiday():
    broken = live(started(), (MONDAY + hours(5), "fire")).clock
    closed = office(zone="UTC", holidays=(Holiday(day=MONDAY.date(), name="Strike"),))

    again = recalculate(broken, (CREATED,), closed, MONDAY + timedelta(days=1))

    assert (again.clock.state, again.clock.due_at) == (ClockState.IN_PROGRESS, at("2026-06-16 13:00"))
    assert again.events == ()
    assert live(again.clock, (at("2026-06-17"), "fire")).clock.state is ClockState.BREACHED


def test_a_kept_promise_turns_out_to_be_broken_when_a_pause_is_not_counted():
    kept = live(started(), (MONDAY, "on_hold"), (MONDAY + hours(6), "succeed")).clock
    assert kept.state is ClockState.SUCCEEDED

    again = recalculate(kept, (CREATED,), OFFICE, MONDAY + hours(7))

    assert (again.clock.state, again.clock.stopped_at) == (ClockState.BREACHED, MONDAY + hours(4))
    assert again.events == (ClockEvent.WARNED, ClockEvent.BREACHED)
    assert again.clock.breached_at == MONDAY + hours(7)


def test_recalculating_a_finished_clock_ends_it_where_it_ended():
    later = office(zone="UTC", holidays=(Holiday(day=date(2026, 7, 1), name="later"),))
    for end, state in (("succeed", ClockState.SUCCEEDED), ("cancel", ClockState.CANCELLED)):
        done = live(started(), (MONDAY + hours(1), end))

        again = recalculate(done.clock, (CREATED,), later, MONDAY + hours(100))

        assert (again.clock, again.spans, again.events) == (done.clock, done.spans, ()), state
