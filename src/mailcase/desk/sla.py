"""The clocks of a case in the store: moved by what happens to it (`desk.clockwork`), and what the rules then name is done.

What a warning, a breach and a kept promise lead to is a `ClockAction`: people are told, and the case is changed in the
same transaction that fires the clock.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from mailcase.desk import cases as verbs
from mailcase.desk.clockwork import Happening, advance
from mailcase.desk.desk import Desk
from mailcase.desk.letters import read_people
from mailcase.desk.outcome import Act, Outcome
from mailcase.domain.case import Case
from mailcase.domain.decision import Context
from mailcase.domain.events import ClockBreached, ClockWarned, Event
from mailcase.domain.events_promise import ClockKept
from mailcase.domain.sla import NO_SLA
from mailcase.domain.sla_change import ReasonChange
from mailcase.domain.sla_clock import Clock, ClockEvent, Transition
from mailcase.domain.sla_transitions import due_events
from mailcase.rules.rulebook import ClockAction
from mailcase.rules.service_level import actions
from mailcase.store import audit, clocks
from mailcase.store.tx import Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticked:
    """The clocks of a case after what happened to it."""

    clocks: tuple[Clock, ...]
    events: tuple[Event, ...]
    """The warnings and breaches that came to light."""
    begun: tuple[Transition, ...] = ()
    """Those that did not run before; one that begins late, or goes on late, was warned or breached at once."""


def read_clocks(tx: Tx, outcome: Outcome) -> tuple[Clock, ...]:
    """Read every clock of the case, as it stands before the outcome."""
    return tuple(clocks.by_case(tx, outcome.case.id)) if outcome.before else ()


def act_on_due(desk: Desk, outcome: Outcome, before: tuple[Clock, ...], now: datetime) -> Outcome:
    """Do to the case what the rules name for the warnings and breaches that are due by `now`."""
    for clock in before:
        on_warn, on_fail, _ = actions(desk.rulebook, clock.sla, clock.item)
        act = Act(actor="system", cause=f"clock {clock.kpi}", now=now)
        for event, action in ((ClockEvent.WARNED, on_warn), (ClockEvent.BREACHED, on_fail)):
            if event in due_events(clock, now) and outcome.case.is_active:
                outcome = _do(desk, outcome, action, act)
    return outcome


def act_on_late(desk: Desk, outcome: Outcome, late: tuple[Transition, ...], now: datetime) -> Outcome:
    """Do to the case what the rules name for clocks that were found to be past a warning or due when they were counted."""
    for done in late:
        on_warn, on_fail, _ = actions(desk.rulebook, done.clock.sla, done.clock.item)
        act = Act(actor="system", cause=f"clock {done.clock.kpi}", now=now)
        for event, action in ((ClockEvent.WARNED, on_warn), (ClockEvent.BREACHED, on_fail)):
            if event in done.events and outcome.case.is_active:
                outcome = _do(desk, outcome, action, act)
    return outcome


def act_on_kept(tx: Tx, desk: Desk, outcome: Outcome, before: tuple[Clock, ...], now: datetime) -> Outcome:
    """Do to the case what the rules name for the promises that `outcome` is about to keep."""
    for clock in before:
        _, _, on_success = actions(desk.rulebook, clock.sla, clock.item)
        if on_success == ClockAction() or not clock.is_open or not outcome.case.is_active:
            continue
        context = read_people(tx, desk, outcome.case)
        (done,) = advance(_happening(tx, desk, outcome, outcome.case, context, now), (clock,))[:1]
        if ClockEvent.SUCCEEDED in done.events:
            outcome = _do(desk, outcome, on_success, Act(actor="system", cause=f"clock {clock.kpi}", now=now))
    return outcome


def run_clocks(
    tx: Tx, desk: Desk, outcome: Outcome, before: tuple[Clock, ...], context: Context, now: datetime
) -> Ticked:
    """Move the clocks of a case, as it was stored in this transaction, by the events of `outcome`, and store them.

    `context` is about the case as it is now.
    """
    case = context.case
    assert case is not None, "the caller has just stored it"
    changes = advance(_happening(tx, desk, outcome, case, context, now), before)
    known = frozenset(before)
    stored = tuple(done.clock if done.clock in known else clocks.record(tx, done) for done in changes)
    events = tuple(event for done in changes for event in events_of(desk, done))
    ran = frozenset(clock.id for clock in before if clock.is_open)
    return Ticked(clocks=stored, events=events, begun=tuple(done for done in changes if done.clock.id not in ran))


def without_promise(desk: Desk, outcome: Outcome) -> Outcome:
    """Let a case that is imported make no promise: one of older mail, or one that is opened while SLAs are off."""
    is_import = outcome.is_quiet or desk.rulebook.is_sla_off
    if outcome.before is not None or not is_import:
        return outcome
    return replace(outcome, case=replace(outcome.case, sla=NO_SLA))


def _happening(tx: Tx, desk: Desk, outcome: Outcome, case: Case, context: Context, now: datetime) -> Happening:
    return Happening(
        rulebook=desk.rulebook,
        events=outcome.events,
        case=case,
        context=replace(context, case=case),
        now=now,
        reasons=lambda: _reasons_by_now(tx, case, now),
    )


def _reasons_by_now(tx: Tx, case: Case, now: datetime) -> tuple[ReasonChange, ...]:
    """Return them with the present one, which the audit log does not have yet while its change is being recorded."""
    known = reasons_of(tx, case)
    if known and known[-1].reason == case.status_reason:
        return known
    return (*known, ReasonChange(at=now, reason=case.status_reason))


def reasons_of(tx: Tx, case: Case) -> tuple[ReasonChange, ...]:
    """Return every status reason that the case had, oldest first, from its audit log."""
    found = []
    for record in audit.of_object(tx, "case", case.id):
        change = json.loads(record.changes).get("status_reason")
        if change is not None:
            found.append(ReasonChange(at=record.at, reason=change[1]))
    return tuple(found)


def _do(desk: Desk, outcome: Outcome, action: ClockAction, act: Act) -> Outcome:
    """Change the case as an action says; what it is already stays as it is."""
    changes: dict[str, object] = {}
    if action.priority is not None and action.priority is not outcome.case.priority:
        changes["priority"] = action.priority
    if action.escalate and not outcome.case.is_escalated:
        changes |= {"is_escalated": True, "escalated_at": act.now}
    if changes:
        outcome = verbs.change_fields(outcome, act, **changes)
    queue = desk.rulebook.queues.get(action.queue or "")
    if queue is not None and (outcome.item is None or outcome.item.queue != queue.name):
        outcome = verbs.route(outcome, queue, act)
    return outcome


def events_of(desk: Desk, done: Transition) -> Iterator[Event]:
    """Yield what a clock came to; a breach makes the warning beside it needless, and who is told of no success needs none."""
    clock = done.clock
    on_warn, on_fail, on_success = actions(desk.rulebook, clock.sla, clock.item)
    cause = f"clock {clock.kpi}"
    if ClockEvent.BREACHED in done.events:
        yield ClockBreached(
            actor="system",
            cause=cause,
            kpi=clock.kpi,
            due_at=clock.due_at,
            tell=on_fail.tell,
            is_urgent=on_fail.is_urgent,
        )
    elif ClockEvent.WARNED in done.events:
        yield ClockWarned(
            actor="system",
            cause=cause,
            kpi=clock.kpi,
            due_at=clock.due_at,
            tell=on_warn.tell,
            is_urgent=on_warn.is_urgent,
        )
    elif ClockEvent.SUCCEEDED in done.events and on_success != ClockAction():
        yield ClockKept(actor="system", cause=cause, kpi=clock.kpi, due_at=clock.due_at, tell=on_success.tell)
