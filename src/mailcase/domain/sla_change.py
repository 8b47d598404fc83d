"""What a change of the promise does to the clocks of a case: start, keep, replace, cancel, recalculate.

A case gets its SLA by hand or by rule, else from its entitlement, else by default. When the SLA changes, a clock whose
terms and start stay the same runs on under the new name. One that differs is cancelled and replaced by a clock that
counts from its own start, with the pauses that its own terms give to the history of the case. A clock that succeeded
or was breached is final for its KPI and start. A warning that was sent for the old clock is not sent for the new one.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from mailcase.domain.calendar import Calendar
from mailcase.domain.sla import SlaItem
from mailcase.domain.sla_clock import Clock, ClockEvent, ClockState, Transition
from mailcase.domain.sla_transitions import cancel, fire, follow, rewind, start, succeed
from mailcase.errors import Invalid


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonChange:
    """A case got a status reason."""

    at: datetime
    """UTC."""
    reason: str
    """Its key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """What the clocks of a case depend on."""

    case_id: int
    clocks: tuple[Clock, ...]
    """All of the case, finished ones too."""
    moments: Mapping[str, datetime]
    """By `sla.ApplicableFrom`, or `field:NAME`, UTC; a moment that did not come yet is missing."""
    reasons: tuple[ReasonChange, ...]
    """Every change of the status reason, oldest first; the first is the one that the case was created with."""
    now: datetime

    def of(self, kpi: str) -> tuple[Clock, ...]:
        """Return the clocks of one KPI."""
        return tuple(clock for clock in self.clocks if clock.kpi == kpi)


def reconcile(
    course: Course, sla: str, items: tuple[SlaItem, ...], calendars: Mapping[str, Calendar]
) -> tuple[Transition, ...]:
    """Return what has to change so that the clocks of a case are those of `items`; nothing when they are already.

    What is due is fired first, so a promise that is broken by now stays broken, whatever the new one says.
    `items` are the applicable ones of the SLA named `sla`, one for a KPI, without those that are fulfilled before they
    start; both are empty for no SLA. Raises `Invalid` when an item names a calendar that does not exist.
    """
    clocks = course.clocks
    fired = tuple(fire(clock, course.now) for clock in clocks)
    course = replace(course, clocks=tuple(transition.clock for transition in fired))
    kept = {item.kpi: _kept(course, item) for item in items}
    named = {item.kpi: (sla, item.name) for item in items}
    settled = [
        _renamed(done, *named[done.clock.kpi])
        if done.clock is kept.get(done.clock.kpi)
        else done.then(cancel(done.clock, course.now))
        for done in fired
    ]
    changed = [done for done, before in zip(settled, clocks, strict=True) if done.clock != before]
    begun = [
        _begun(course, sla, item, _calendar(calendars, item.calendar))
        for item in items
        if kept[item.kpi] is None and _may_begin(course, item)
    ]
    return (*changed, *begun)


def recalculate(clock: Clock, reasons: tuple[ReasonChange, ...], calendar: Calendar, now: datetime) -> Transition:
    """Return the clock as if `calendar` and `reasons` had always been so; its spans replace the clock's whole ledger.

    This is the one way for a finished clock to become another: a breach is taken back, or found, up to the moment it
    stopped or, when it was breached, up to `now`. What was fired once is not fired again.
    """
    has_ended = clock.state in (ClockState.SUCCEEDED, ClockState.CANCELLED)
    end = clock.stopped_at if has_ended and clock.stopped_at else now
    again = _replayed(rewind(clock, calendar), reasons, calendar, end)
    match clock.state:
        case ClockState.SUCCEEDED:
            again = again.then(succeed(again.clock, calendar, end))
        case ClockState.CANCELLED:
            again = again.then(cancel(again.clock, end))
        case _:
            pass
    return _stamped(again, clock, now)


def _begun(course: Course, sla: str, item: SlaItem, calendar: Calendar) -> Transition:
    """Start a clock and let it live through the history of the case; it was warned when one that it replaces was."""
    begins = course.moments[item.applicable_from]
    begun = start(item, sla, course.case_id, calendar, begins)
    replaced = [clock for clock in course.of(item.kpi) if clock.is_open or clock.started_at == begins]
    warnings = [clock.warned_at for clock in replaced if clock.warned_at is not None]
    fresh = rewind(replace(begun.clock, warned_at=max(warnings, default=None)), calendar)
    return begun.then(_stamped(_replayed(fresh, course.reasons, calendar, course.now), fresh, course.now))


def _replayed(clock: Clock, reasons: tuple[ReasonChange, ...], calendar: Calendar, until: datetime) -> Transition:
    """Let a clock that just started live through the status reasons of its case up to `until`."""
    begins = clock.started_at
    at_start = [ReasonChange(at=begins, reason=change.reason) for change in reasons if change.at <= begins][-1:]
    done = Transition(clock=clock)
    for change in (*at_start, *(change for change in reasons if begins < change.at <= until)):
        done = done.then(follow(done.clock, calendar, change.at, change.reason))
    return done.then(fire(done.clock, until))


def _stamped(replayed: Transition, before: Clock, now: datetime) -> Transition:
    """Date what a replay fired to `now`, when it becomes known, and leave out what history knows already."""
    known = {ClockEvent.PAUSED, ClockEvent.RESUMED, ClockEvent.CANCELLED}
    if before.state is ClockState.SUCCEEDED:
        known.add(ClockEvent.SUCCEEDED)
    clock = replayed.clock
    stamped = replace(
        clock,
        warned_at=before.warned_at or (now if clock.warned_at else None),
        breached_at=before.breached_at or (now if clock.breached_at else None),
    )
    return replace(replayed, clock=stamped, events=tuple(event for event in replayed.events if event not in known))


def _may_begin(course: Course, item: SlaItem) -> bool:
    """Whether the moment that the item counts from has come, and its promise was neither kept nor broken already."""
    begins = course.moments.get(item.applicable_from)
    final = (ClockState.SUCCEEDED, ClockState.BREACHED)
    return begins is not None and not any(
        clock.state in final and clock.started_at == begins for clock in course.of(item.kpi)
    )


def _renamed(done: Transition, sla: str, item: str) -> Transition:
    return replace(done, clock=replace(done.clock, sla=sla, item=item))


def _kept(course: Course, item: SlaItem) -> Clock | None:
    """Return the open clock that promises just what the item does, or None."""
    begins = course.moments.get(item.applicable_from)
    terms = (begins, item.calendar, item.warn_after, item.fail_after, tuple(sorted(item.pause_reasons)))
    return next((clock for clock in course.of(item.kpi) if clock.is_open and _terms(clock) == terms), None)


def _terms(clock: Clock) -> tuple[object, ...]:
    return clock.started_at, clock.calendar, clock.warn_after, clock.fail_after, clock.pause_reasons


def _calendar(calendars: Mapping[str, Calendar], name: str) -> Calendar:
    if name not in calendars:
        raise Invalid(f"there is no calendar {name}; there are: {', '.join(sorted(calendars)) or 'none'}")
    return calendars[name]
