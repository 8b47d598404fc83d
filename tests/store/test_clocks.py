"""SLA clocks in the database."""

from dataclasses import replace
from datetime import timedelta

import pytest

from mailcase.domain.sla_clock import Clock, ClockEvent, ClockSpan, ClockState, Transition
from mailcase.errors import StaleWrite
from mailcase.store import clocks
from mailcase.store.engine import Database
from store.values import NOW, stored_case

HOUR = timedelta(hours=1)


def a_clock(case_id: int, **others: object) -> Clock:
    clock = Clock(
        case_id=case_id,
        sla="gold",
        item="answer",
        kpi="first_response",
        calendar="office",
        warn_after=timedelta(minutes=45),
        fail_after=HOUR,
        pause_reasons=("on_hold", "waiting_for_details"),
        started_at=NOW,
        since=NOW,
        warn_at=NOW + timedelta(minutes=45),
        due_at=NOW + HOUR,
        next_due_at=NOW + timedelta(minutes=45),
    )
    return replace(clock, **others)


def test_a_clock_comes_back_as_it_was_stored(database: Database) -> None:
    with database.begin() as tx:
        case = stored_case(tx)
        clock = clocks.insert(tx, a_clock(case.id, paused_for=timedelta(days=3, microseconds=1), warn_after=None))
        assert clocks.get(tx, clock.id) == clock
        assert clocks.by_case(tx, case.id) == [clock] == clocks.open_of_case(tx, case.id)


def test_a_transition_is_stored_with_its_ledger(database: Database) -> None:
    with database.begin() as tx:
        case = stored_case(tx)
        clock = clocks.record(tx, Transition(clock=a_clock(case.id), events=(ClockEvent.STARTED,)))
        span = ClockSpan(clock_id=0, start=NOW, until=NOW + HOUR, counted=True, cause="")
        paused = replace(clock, state=ClockState.PAUSED, since=NOW + HOUR, cause="on_hold", next_due_at=None)
        assert clocks.record(tx, Transition(clock=paused, spans=(span,))) == replace(paused, version=1)
        assert clocks.spans(tx, clock.id) == [replace(span, clock_id=clock.id)]


def test_a_clock_that_another_moved_is_not_written(database: Database) -> None:
    with database.begin() as tx:
        clock = clocks.insert(tx, a_clock(stored_case(tx).id))
        clocks.update(tx, clock)
    with pytest.raises(StaleWrite), database.begin() as tx:
        clocks.update(tx, clock)


def test_only_clocks_that_can_still_be_kept_are_open(database: Database) -> None:
    with database.begin() as tx:
        case = stored_case(tx)
        stored = [clocks.insert(tx, a_clock(case.id, state=state)) for state in ClockState]
        assert clocks.open_of_case(tx, case.id) == [clock for clock in stored if clock.is_open]


def test_due_clocks_come_the_longest_due_first(database: Database) -> None:
    with database.begin() as tx:
        case = stored_case(tx)
        for hours in (1, 0, -2, -1):
            clocks.insert(tx, a_clock(case.id, item=str(hours), next_due_at=NOW + hours * HOUR))
        clocks.insert(tx, a_clock(case.id, item="never", next_due_at=None))
        assert [clock.item for clock in clocks.due(tx, NOW, 9)] == ["-2", "-1", "0"]
        assert [clock.item for clock in clocks.due(tx, NOW, 1)] == ["-2"]
