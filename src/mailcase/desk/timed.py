"""Firing the timers of cases: each is taken away, and what it stands for is done, in one transaction.

What is due after a long silence is done once, and the next step is counted from then: a customer whose reminder is late
still gets all the time that was promised before the case is resolved.
"""

from datetime import datetime
from functools import partial
from typing import assert_never

from mailcase.desk import alerts, schedule
from mailcase.desk import cases as verbs
from mailcase.desk.desk import Desk
from mailcase.desk.outcome import Act, Outcome
from mailcase.desk.record import record
from mailcase.desk.shelf import begin
from mailcase.desk.task import Task
from mailcase.domain.events_promise import CustomerReminded
from mailcase.domain.timer import Timer, TimerKind
from mailcase.errors import Refused
from mailcase.store import cases, timers
from mailcase.store.tx import Tx


def due_timers(tx: Tx, desk: Desk, now: datetime, limit: int) -> list[Task]:  # noqa: ARG001 - it is a `Find`
    """Return a task for each of up to `limit` timers that are due."""
    due = timers.due(tx, now, limit)
    return [
        Task(key=f"{timer.case_id} {timer.id}", case_id=timer.case_id, do=partial(fire_timer, timer=timer))
        for timer in due
    ]


def fire_timer(tx: Tx, desk: Desk, now: datetime, *, timer: Timer) -> None:
    """Act on a timer that is due, unless what it is about is over, and take it away.

    Raises StaleWrite when its case was changed meanwhile.
    """
    if not timers.take(tx, timer):
        return  # what another timer of its case did made it needless
    case = cases.get(tx, timer.case_id)
    assert case is not None, "a timer has a case (foreign key)"
    outcome = _fired(tx, desk, begin(tx, case), timer, now)
    if outcome.events:
        record(tx, desk, outcome, now)


def _fired(tx: Tx, desk: Desk, outcome: Outcome, timer: Timer, now: datetime) -> Outcome:
    """Return what a timer does to its case; nothing when what it is about is over."""
    match timer.kind:
        case TimerKind.CLOSING:
            return _climb(tx, desk, outcome, timer, now)
        case TimerKind.FOLLOW_UP:
            return _come_back(desk, outcome, timer, now)
        case TimerKind.ALERT | TimerKind.WAITING_ALERT:
            return alerts.fired(tx, desk, outcome, timer, now)
        case _:
            assert_never(timer.kind)


def _climb(tx: Tx, desk: Desk, outcome: Outcome, timer: Timer, now: datetime) -> Outcome:
    """Remind the customer, or resolve the case at the end of its ladder."""
    case, ladder = outcome.case, desk.rulebook.ladders.get(timer.about)
    if ladder is None or not case.is_active or case.status_reason != ladder.reason:
        return outcome
    act = Act(actor="system", cause=f"auto-close of {ladder.reason}", now=now)
    if timer.step >= len(ladder.remind_after):
        return _close(tx, desk, outcome, timer, act)
    calendar = desk.rulebook.calendars[ladder.calendar]
    timers.insert(tx, (schedule.step(desk, case, ladder, timer.step + 1, now),))
    closes_at = calendar.add(now, ladder.left(timer.step))
    return outcome.then(CustomerReminded(actor="system", cause=act.cause, step=timer.step + 1, closes_at=closes_at))


def _close(tx: Tx, desk: Desk, outcome: Outcome, timer: Timer, act: Act) -> Outcome:
    """Resolve the case, or say in a note why not and try again after as long as the customer had."""
    ladder = desk.rulebook.ladders[timer.about]
    try:
        return verbs.resolve(outcome, ladder.resolution, None, desk.rulebook, act)
    except Refused as refused:
        timers.insert(tx, (schedule.step(desk, outcome.case, ladder, timer.step, act.now),))
        return verbs.note(outcome, f"The customer did not answer, but the case was not resolved: {refused}", act)


def _come_back(desk: Desk, outcome: Outcome, timer: Timer, now: datetime) -> Outcome:
    """Put a case in progress again that was put aside until now."""
    case = outcome.case
    if case.follow_up_at != timer.due_at or not case.is_active:
        return outcome
    return schedule.resumed(desk, outcome, Act(actor="system", cause="follow-up", now=now))
