"""The clocks of a case: begun, paused, kept and ended by what happens to it, and fired when they are due.

    event             clocks
    ────────────────  ─────────────────────────────────────────────────────────────────
    any change        those of the SLA that counts are begun, the others cancelled
    StatusReason…     paused or resumed, as their terms say
    AgentReplied      first response, next response and periodic update are kept
    DeliveryFailed    those that an undelivered answer ended go on, as if they had never stopped
    CaseResolved      every open clock is kept
    CaseCancelled     every open clock is cancelled
    CaseReactivated   the resolution clock goes on; the time since it stopped was a pause

An acknowledgement is no event of this table, so it never ends a clock.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from mailcase.desk import cases as verbs
from mailcase.desk.desk import Desk
from mailcase.desk.entitlements import entitlement_sla
from mailcase.desk.outcome import Act, Outcome
from mailcase.domain.calendar import Calendar
from mailcase.domain.case import Case
from mailcase.domain.decision import Context
from mailcase.domain.events import (
    AgentReplied,
    CaseCancelled,
    CaseReactivated,
    CaseResolved,
    ClockBreached,
    ClockWarned,
    DeliveryFailed,
    Event,
)
from mailcase.domain.sla import ApplicableFrom, Kpi, SlaItem
from mailcase.domain.sla_change import Course, ReasonChange, reconcile
from mailcase.domain.sla_clock import Clock, ClockEvent, Transition
from mailcase.domain.sla_transitions import cancel, due_events, fire, follow, reopen, resume, succeed
from mailcase.rules.rulebook import ClockAction
from mailcase.rules.service_level import actions, applicable_items, service_level
from mailcase.store import audit, clocks
from mailcase.store.tx import Tx

ANSWERED = frozenset({Kpi.FIRST_RESPONSE, Kpi.NEXT_RESPONSE, Kpi.PERIODIC_UPDATE})
"""Kept when a person answers the customer."""
RESOLVED = "resolved"
"""What the ledger calls the pause between a resolution and a reactivation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticked:
    """The clocks of a case after what happened to it."""

    clocks: tuple[Clock, ...]
    events: tuple[Event, ...]
    """The warnings and breaches that came to light."""


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


def run_clocks(
    tx: Tx, desk: Desk, outcome: Outcome, before: tuple[Clock, ...], context: Context, now: datetime
) -> Ticked:
    """Move the clocks of a case, as it was stored in this transaction, by the events of `outcome`, and store them.

    `context` is about the case as it is now.
    """
    case = context.case
    assert case is not None, "the caller has just stored it"
    changes = {clock.id: _move(desk, outcome.events, case, clock, now) for clock in before}
    fresh: list[Transition] = []
    moved = tuple(done.clock for done in changes.values())
    for done in _begin(tx, desk, case, context, moved, now) if case.is_active else ():
        if done.clock.id:
            changes[done.clock.id] = changes[done.clock.id].then(done)
        else:
            fresh.append(done)
    all_changes = (*changes.values(), *fresh)
    known = frozenset(before)
    stored = tuple(done.clock if done.clock in known else clocks.record(tx, done) for done in all_changes)
    return Ticked(clocks=stored, events=tuple(event for done in all_changes for event in _events(desk, done)))


def _move(desk: Desk, events: tuple[Event, ...], case: Case, clock: Clock, now: datetime) -> Transition:
    """Move one clock by what happened."""
    calendar = desk.rulebook.calendars.get(clock.calendar)
    if calendar is None:  # its calendar was taken out of the rules: it can but fire by the times it has
        return fire(clock, now)
    done = fire(clock, now)
    for event in events:
        done = done.then(_after(event, done.clock, calendar, now))
    return done.then(follow(done.clock, calendar, now, case.status_reason)) if case.is_active else done


def _after(event: Event, clock: Clock, calendar: Calendar, now: datetime) -> Transition:
    match event:
        case AgentReplied() if clock.kpi in ANSWERED:
            return succeed(clock, calendar, now)
        case DeliveryFailed(answered_at=datetime() as answered_at) if clock.kpi in ANSWERED:
            return reopen(clock) if clock.stopped_at == answered_at else Transition(clock=clock)
        case CaseResolved():
            return succeed(clock, calendar, now)
        case CaseCancelled():
            return cancel(clock, now)
        case CaseReactivated() if clock.kpi == Kpi.RESOLUTION:
            reopened = reopen(clock, RESOLVED)
            return reopened.then(resume(reopened.clock, calendar, now)) if reopened.events else reopened
        case _:
            return Transition(clock=clock)


def _begin(
    tx: Tx, desk: Desk, case: Case, context: Context, existing: tuple[Clock, ...], now: datetime
) -> tuple[Transition, ...]:
    """Begin the clocks that the case has by now, and cancel those that it has no more."""
    level = service_level(case, desk.rulebook, entitlement_sla(context))
    items: tuple[SlaItem, ...] = ()
    if level is not None:
        applicable, _ = applicable_items(level, case, context, desk.rulebook, now)
        items = tuple(item for item in applicable if not _is_kept_before(item, case))
    open_or_new = items or any(clock.is_open for clock in existing)
    if not open_or_new:
        return ()
    course = Course(
        case_id=case.id,
        clocks=existing,
        moments=_moments(case),
        reasons=_reasons(tx, case) if existing else (ReasonChange(at=case.created_at, reason=case.status_reason),),
        now=now,
    )
    return reconcile(course, level.sla.name if level else "", items, desk.rulebook.calendars)


def _is_kept_before(item: SlaItem, case: Case) -> bool:
    """Whether the promise of an item was kept before its clock could begin."""
    return item.kpi == Kpi.FIRST_RESPONSE and case.first_response_at is not None


def _moments(case: Case) -> dict[str, datetime]:
    """Return the moments that clocks can count from, as far as they have come."""
    moments = {
        ApplicableFrom.CREATED: case.created_at,
        ApplicableFrom.CUSTOMER_REPLY: case.last_customer_mail_at,
        ApplicableFrom.UNANSWERED: case.unanswered_since,
        ApplicableFrom.ESCALATED: case.escalated_at,
        ApplicableFrom.LAST_UPDATE: case.last_update_at,
    }
    return {name.value: moment for name, moment in moments.items() if moment is not None}


def _reasons(tx: Tx, case: Case) -> tuple[ReasonChange, ...]:
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


def _events(desk: Desk, done: Transition) -> Iterator[Event]:
    """Yield the warning and the breach that a clock came to; a breach makes the warning beside it needless."""
    clock = done.clock
    on_warn, on_fail, _ = actions(desk.rulebook, clock.sla, clock.item)
    cause = f"clock {clock.kpi}"
    if ClockEvent.BREACHED in done.events:
        yield ClockBreached(actor="system", cause=cause, kpi=clock.kpi, due_at=clock.due_at, tell=on_fail.tell)
    elif ClockEvent.WARNED in done.events:
        yield ClockWarned(actor="system", cause=cause, kpi=clock.kpi, due_at=clock.due_at, tell=on_warn.tell)
