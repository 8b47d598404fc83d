"""The timers of a case, kept in line with it whenever it is recorded.

    the case                                        its timers
    ──────────────────────────────────────────────  ───────────────────────────────────────────────────────
    gets a status reason that has a ladder          the first step, in business time from now
    leaves it, is closed, or its customer answers   none
    is put aside until a moment (`#hold until`)     one at that moment
    warned or breached                              for whom it is told later, and for the next in the chain

A customer who answers also ends the waiting itself: the case is in progress again.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from mailcase.desk import alerts
from mailcase.desk import cases as verbs
from mailcase.desk.desk import Desk
from mailcase.desk.outcome import Act, Outcome
from mailcase.domain.case import Case
from mailcase.domain.events import CustomerWrote
from mailcase.domain.ladder import Ladder
from mailcase.domain.lifecycle import INITIAL_REASON
from mailcase.domain.sla_clock import Clock
from mailcase.domain.timer import Timer, TimerKind
from mailcase.rules.rulebook import Rulebook
from mailcase.store import timers
from mailcase.store.tx import Tx


def wake(desk: Desk, outcome: Outcome, now: datetime) -> Outcome:
    """Return the outcome with its case in progress again, if its customer was waited for, or it was put aside."""
    case = outcome.case
    waits = case.status_reason in desk.rulebook.ladders or case.follow_up_at is not None
    if not waits or not case.is_active or not any(isinstance(event, CustomerWrote) for event in outcome.events):
        return outcome
    return resumed(desk, outcome, Act(actor="system", cause="the customer's answer", now=now))


def resumed(desk: Desk, outcome: Outcome, act: Act) -> Outcome:
    """Return the outcome with its case in progress, and put aside no more."""
    if outcome.case.follow_up_at is not None:
        outcome = replace(outcome, case=replace(outcome.case, follow_up_at=None))
    if outcome.case.status_reason == INITIAL_REASON:
        return outcome
    return verbs.change_status(outcome, INITIAL_REASON, desk.rulebook.status_reasons, act)


def settled(outcome: Outcome) -> Outcome:
    """Return the outcome without the moment that its case was put aside until, once it is put aside no more."""
    before, case = outcome.before, outcome.case
    is_over = before is not None and (not case.is_active or case.status_reason != before.status_reason)
    if case.follow_up_at is None or not is_over or (before and case.follow_up_at != before.follow_up_at):
        return outcome
    return replace(outcome, case=replace(case, follow_up_at=None))


def keep(tx: Tx, desk: Desk, outcome: Outcome, case: Case, clocks: tuple[Clock, ...], now: datetime) -> None:
    """Make and take away timers by what happened to the case, as it was just stored."""
    before = outcome.before
    old = _ladder(before, desk.rulebook) if before else None
    new = _ladder(case, desk.rulebook)
    if (old and old.reason) != (new and new.reason):
        if old is not None:
            timers.drop(tx, case.id, TimerKind.CLOSING)
        if new is not None:
            timers.insert(tx, (step(desk, case, new, 0, now),))
    until = before.follow_up_at if before else None
    if until != case.follow_up_at:
        timers.drop(tx, case.id, TimerKind.FOLLOW_UP)
        timers.insert(tx, _follow_up(case, now))
    timers.insert(tx, alerts.timers_of(desk, outcome, case, clocks, now))


def step(desk: Desk, case: Case, ladder: Ladder, number: int, now: datetime) -> Timer:
    """Return the timer of a step of a ladder (0 for the first), counted from `now`, when the one before it was done."""
    due_at = desk.rulebook.calendars[ladder.calendar].add(now, ladder.wait(number))
    return Timer(case_id=case.id, kind=TimerKind.CLOSING, about=ladder.reason, step=number, since=now, due_at=due_at)


def _follow_up(case: Case, now: datetime) -> Iterator[Timer]:
    if case.follow_up_at is not None:
        yield Timer(case_id=case.id, kind=TimerKind.FOLLOW_UP, since=now, due_at=case.follow_up_at)


def _ladder(case: Case, rulebook: Rulebook) -> Ladder | None:
    return rulebook.ladders.get(case.status_reason) if case.is_active else None
