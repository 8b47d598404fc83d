"""What happens to a case moves its clocks, without a database: the desk runs them by this, and a simulation replays them.

    event             clocks
    ────────────────  ─────────────────────────────────────────────────────────────────
    any change        those of the SLA that counts are begun, the others cancelled
    StatusReason…     paused or resumed, as their terms say
    AgentReplied      first response, next response and periodic update are kept
    DeliveryFailed    those that an undelivered answer ended go on, as if they had never stopped
    success_when      an item with a condition of its own is kept when that is true, and by no answer
    CaseResolved      every open clock is kept
    CaseCancelled     every open clock is cancelled
    CaseReactivated   the resolution clock goes on; the time since it stopped was a pause

An acknowledgement is no event of this table, so it never ends a clock. The time in which a case was resolved or cancelled
counts for no clock, also where one is replaced by another SLA's.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from mailcase.desk.cases import later_answer
from mailcase.desk.entitlements import entitlement_sla
from mailcase.domain.calendar import Calendar
from mailcase.domain.case import Case, Status
from mailcase.domain.decision import Context
from mailcase.domain.events import (
    AgentReplied,
    CaseCancelled,
    CaseReactivated,
    CaseResolved,
    DeliveryFailed,
    Event,
)
from mailcase.domain.sla import FIELD, ApplicableFrom, Kpi, SlaItem
from mailcase.domain.sla_change import Course, ReasonChange, reconcile
from mailcase.domain.sla_clock import Clock, ClockState, Transition
from mailcase.domain.sla_transitions import cancel, fire, follow, reopen, resume, succeed
from mailcase.rules.rulebook import Rulebook, Terms
from mailcase.rules.service_level import applicable_items, is_fulfilled, service_level, terms_of

ANSWERED = frozenset({Kpi.FIRST_RESPONSE, Kpi.NEXT_RESPONSE, Kpi.PERIODIC_UPDATE})
"""Kept when a person answers the customer."""
RESOLVED = "resolved"
"""What the ledger calls the pause between a resolution and a reactivation."""
Reasons = Callable[[], tuple[ReasonChange, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """What happened to a case at a moment."""

    rulebook: Rulebook
    events: tuple[Event, ...]
    case: Case
    """As it is after it."""
    context: Context
    now: datetime
    reasons: Reasons
    """Gives every status reason that the case had, oldest first; only asked when a clock has to be replaced."""


def advance(happening: Happening, before: tuple[Clock, ...]) -> tuple[Transition, ...]:
    """Return what becomes of each clock in `before`, in this order, and then the clocks that begin."""
    changes = {clock.id: _move(happening, clock) for clock in before}
    fresh: list[Transition] = []
    moved = tuple(done.clock for done in changes.values())
    for done in _begin(happening, moved) if happening.case.is_active else ():
        if done.clock.id:
            changes[done.clock.id] = changes[done.clock.id].then(done)
        else:
            fresh.append(done)
    return (*changes.values(), *fresh)


def _move(happening: Happening, clock: Clock) -> Transition:
    """Move one clock by what happened."""
    now, case = happening.now, happening.case
    calendar = happening.rulebook.calendars.get(clock.calendar)
    if calendar is None:  # its calendar was taken out of the rules: it can but fire by the times it has
        return fire(clock, now)
    done = fire(clock, now)
    terms = terms_of(happening.rulebook, clock.sla, clock.item)
    for event in happening.events:
        done = done.then(_after(event, done.clock, calendar, happening, terms))
    if not case.is_active:
        return done
    if done.clock.is_open and terms is not None and _is_kept(happening, terms):
        done = done.then(succeed(done.clock, calendar, now))
    return done.then(follow(done.clock, calendar, now, case.status_reason))


def _after(event: Event, clock: Clock, calendar: Calendar, happening: Happening, terms: Terms | None) -> Transition:
    now, case = happening.now, happening.case
    is_kept_by_answer = clock.kpi in ANSWERED and (terms is None or terms.succeeds is None)
    match event:
        case AgentReplied() if is_kept_by_answer:
            return succeed(clock, calendar, now)
        case DeliveryFailed(answered_at=datetime() as answered_at) if is_kept_by_answer:
            return _unanswered(case, clock, calendar, answered_at)
        case CaseResolved():
            return succeed(clock, calendar, now)
        case CaseCancelled():
            return cancel(clock, now)
        case CaseReactivated() if clock.kpi == Kpi.RESOLUTION:
            reopened = reopen(clock, RESOLVED)
            return reopened.then(resume(reopened.clock, calendar, now)) if reopened.events else reopened
        case _:
            return Transition(clock=clock)


def _unanswered(case: Case, clock: Clock, calendar: Calendar, answered_at: datetime) -> Transition:
    """Take back the end that an undelivered answer was; a later answer that arrived is the end instead."""
    if clock.stopped_at != answered_at:
        return Transition(clock=clock)
    reopened, later = reopen(clock), later_answer(case, answered_at)
    if later is None:
        return reopened
    again = reopened.then(succeed(reopened.clock, calendar, later))
    is_kept = again.clock.state is ClockState.SUCCEEDED  # nobody is told again of what they know
    return replace(again, events=()) if is_kept else again


def _is_kept(happening: Happening, terms: Terms) -> bool:
    """Whether a condition of the rules calls the promise kept."""
    book, now = happening.rulebook, happening.now
    return is_fulfilled(terms, happening.case, happening.context, book, now) is True


def _begin(happening: Happening, existing: tuple[Clock, ...]) -> tuple[Transition, ...]:
    """Begin the clocks that the case has by now, and cancel those that it has no more."""
    book, case, context, now = happening.rulebook, happening.case, happening.context, happening.now
    level = service_level(case, book, entitlement_sla(context))
    items: tuple[SlaItem, ...] = ()
    if level is not None:
        applicable, _ = applicable_items(level, case, context, book, now)
        items = tuple(
            _terms(book, item) for item in applicable if not _is_kept_before(happening, level.terms[item.name], item)
        )
    if not items and not any(clock.is_open for clock in existing):
        return ()
    first = (ReasonChange(at=case.created_at, reason=case.status_reason),)
    course = Course(
        case_id=case.id,
        clocks=existing,
        moments=moments(case, items, book.calendars),
        reasons=happening.reasons() if existing else first,
        now=now,
    )
    return reconcile(course, level.sla.name if level else "", items, book.calendars)


def _terms(rulebook: Rulebook, item: SlaItem) -> SlaItem:
    """Return the item with the reasons of closed cases among those that stop its clock."""
    closed = {reason.key for reason in rulebook.status_reasons if reason.status is not Status.ACTIVE}
    return replace(item, pause_reasons=item.pause_reasons | closed)


def _is_kept_before(happening: Happening, terms: Terms, item: SlaItem) -> bool:
    """Whether the promise of an item was kept before its clock could begin."""
    if terms.succeeds is not None:
        return _is_kept(happening, terms)
    return item.kpi == Kpi.FIRST_RESPONSE and happening.case.first_response_at is not None


def moments(case: Case, items: Iterable[SlaItem], calendars: Mapping[str, Calendar]) -> dict[str, datetime]:
    """Return the moments that clocks can count from, as far as they are known.

    A date field of one's own is the first moment of that day in the zone of its item's calendar; what is no date is no
    moment.
    """
    known = {
        ApplicableFrom.CREATED: case.created_at,
        ApplicableFrom.CUSTOMER_REPLY: case.last_customer_mail_at,
        ApplicableFrom.UNANSWERED: case.unanswered_since,
        ApplicableFrom.ESCALATED: case.escalated_at,
        ApplicableFrom.LAST_UPDATE: case.last_update_at,
    }
    custom = dict(case.custom)
    fields = {
        item.applicable_from: _midnight(
            custom.get(item.applicable_from.removeprefix(FIELD), ""), calendars[item.calendar]
        )
        for item in items
        if item.applicable_from.startswith(FIELD)
    }
    both = {name.value: moment for name, moment in known.items()} | fields
    return {name: moment for name, moment in both.items() if moment is not None}


def _midnight(text: str, calendar: Calendar) -> datetime | None:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(calendar.zone)).astimezone(UTC)
    except ValueError:
        return None
