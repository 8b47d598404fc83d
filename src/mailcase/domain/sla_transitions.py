"""All that starts, pauses, warns, breaches and ends the clock of a promise, and writes the ledger of its time.

    in_progress ──warn──▶ nearing ──due──▶ breached ▪       ▪ final: only `reopen` and `sla_change.recalculate`,
         │ ▲                │ ▲                                      both on purpose, go on from there
       pause resume       pause resume
         ▼ │                ▼ │           every open state ──▶ succeeded ▪ or cancelled ▪
        paused             paused

The laws that the tests hold:

- Counted time is business time between pauses. At `due_at` exactly `fail_after` of it has passed, at `warn_at` exactly
  `warn_after`; `due_at` itself is the first moment that is too late. Both follow the calendar as it was at the start or
  at the end of the last pause.
- A warning and a breach are events of one clock once each, whatever the system's clock does: what was fired is in the
  row. A clock's own time never runs backwards: a `now` before its last change is taken for that change.
- What was due is fired before anything else happens to the clock, so a late tick changes no outcome.
- The spans of the ledger and the one that runs (from `since`) cover the clock's life without gaps.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from mailcase.domain.calendar import Calendar
from mailcase.domain.sla import SlaItem
from mailcase.domain.sla_clock import RUNNING, Clock, ClockEvent, ClockSpan, ClockState, Transition
from mailcase.errors import Invalid


def start(item: SlaItem, sla: str, case_id: int, calendar: Calendar, at: datetime) -> Transition:
    """Start the clock of `item` at `at`, which may lie in the past; `fire` then tells what is due by now."""
    clock = Clock(
        case_id=case_id,
        sla=sla,
        item=item.name,
        kpi=item.kpi,
        calendar=item.calendar,
        warn_after=item.warn_after,
        fail_after=item.fail_after,
        pause_reasons=tuple(sorted(item.pause_reasons)),
        started_at=at,
        since=at,
        warn_at=None,
        due_at=at,
    )
    return Transition(clock=rewind(clock, calendar), events=(ClockEvent.STARTED,))


def rewind(clock: Clock, calendar: Calendar) -> Clock:
    """Return the clock as it was at its start, by this calendar; what it fired stays fired."""
    _check(clock, calendar)
    fresh = replace(
        clock,
        state=ClockState.IN_PROGRESS,
        since=clock.started_at,
        cause="",
        paused_for=timedelta(),
        stopped_at=None,
    )
    return _running(_timed(fresh, calendar), clock.started_at)


def due_events(clock: Clock, now: datetime) -> tuple[ClockEvent, ...]:
    """Return what `fire` would fire at `now`, in order."""
    if clock.state not in RUNNING:
        return ()
    times = (
        (ClockEvent.WARNED, clock.warn_at, clock.warned_at),
        (ClockEvent.BREACHED, clock.due_at, clock.breached_at),
    )
    return tuple(event for event, at, fired in times if fired is None and at is not None and at <= now)


def fire(clock: Clock, now: datetime) -> Transition:
    """Fire what is due by `now` and was never fired; a clock that was due ends at its due time.

    After a long silence a warning and a breach come together; whoever acts on them may leave the warning out.
    """
    if clock.state not in RUNNING:
        return Transition(clock=clock)
    events = due_events(clock, now)
    fired = replace(
        clock,
        warned_at=now if ClockEvent.WARNED in events else clock.warned_at,
        breached_at=now if ClockEvent.BREACHED in events else clock.breached_at,
    )
    if clock.due_at > now:
        return Transition(clock=_running(fired, now), events=events)
    end = max(clock.due_at, clock.since)
    breached = replace(fired, state=ClockState.BREACHED, since=end, stopped_at=end, next_due_at=None)
    return Transition(clock=breached, spans=_span(clock, end), events=events)


def pause(clock: Clock, calendar: Calendar, now: datetime, cause: str) -> Transition:
    """Stop the time of an open clock for the status reason `cause`; a pause for another reason ends here."""
    settled = fire(clock, now)
    if not settled.clock.is_open or (settled.clock.state is ClockState.PAUSED and settled.clock.cause == cause):
        return settled
    closed = _close_span(settled.clock, calendar, now)
    paused = replace(closed.clock, state=ClockState.PAUSED, cause=cause, next_due_at=None)
    return settled.then(replace(closed, clock=paused, events=(ClockEvent.PAUSED,)))


def resume(clock: Clock, calendar: Calendar, now: datetime) -> Transition:
    """Let a paused clock run on; warning and due time move by the business time that it stood."""
    if clock.state is not ClockState.PAUSED:
        return fire(clock, now)
    closed = _close_span(clock, calendar, now)
    running = _running(replace(closed.clock, state=ClockState.IN_PROGRESS), closed.clock.since)
    return replace(closed, clock=running, events=(ClockEvent.RESUMED,))


def follow(clock: Clock, calendar: Calendar, now: datetime, status_reason: str) -> Transition:
    """Pause or resume the clock, as the case's new status reason demands."""
    if status_reason in clock.pause_reasons:
        return pause(clock, calendar, now, status_reason)
    return resume(clock, calendar, now)


def succeed(clock: Clock, calendar: Calendar, now: datetime) -> Transition:
    """Keep the promise at `now`, running or paused; from the due time on it is broken instead."""
    settled = fire(clock, now)
    if not settled.clock.is_open:
        return settled
    closed = _close_span(settled.clock, calendar, now)
    kept = replace(closed.clock, state=ClockState.SUCCEEDED, stopped_at=closed.clock.since, next_due_at=None)
    return settled.then(replace(closed, clock=kept, events=(ClockEvent.SUCCEEDED,)))


def cancel(clock: Clock, now: datetime) -> Transition:
    """End an open clock that no promise stands behind any more; what was due before is still fired."""
    settled = fire(clock, now)
    if not settled.clock.is_open:
        return settled
    end = max(now, settled.clock.since)
    stopped = replace(settled.clock, state=ClockState.CANCELLED, since=end, cause="", stopped_at=end, next_due_at=None)
    return settled.then(Transition(clock=stopped, spans=_span(settled.clock, end), events=(ClockEvent.CANCELLED,)))


def reopen(clock: Clock, cause: str = "") -> Transition:
    """Go on, on purpose, with a clock that succeeded; any other stays as it is.

    Without a `cause` it is as if it had never stopped: an answer that ended it bounced. With one, the time since it
    stopped is a pause for that reason, until `resume`: its case was resolved, and the customer wrote again.
    """
    if clock.state is not ClockState.SUCCEEDED:
        return Transition(clock=clock)
    running = _running(replace(clock, state=ClockState.IN_PROGRESS, stopped_at=None), clock.since)
    if cause:
        running = replace(running, state=ClockState.PAUSED, cause=cause, next_due_at=None)
    return Transition(clock=running, events=(ClockEvent.REOPENED,))


def _close_span(clock: Clock, calendar: Calendar, now: datetime) -> Transition:
    """Enter the present span into the ledger; a pause moves the times that are still to come."""
    _check(clock, calendar)
    end = max(now, clock.since)
    closed = replace(clock, since=end, cause="")
    if clock.state is ClockState.PAUSED:
        stood = calendar.between(clock.since, end)
        closed = _timed(replace(closed, paused_for=clock.paused_for + stood), calendar)
    return Transition(clock=closed, spans=_span(clock, end))


def _timed(clock: Clock, calendar: Calendar) -> Clock:
    """Return the clock with its times, counted from its start by the calendar as it is now."""
    begins, paused_for = clock.started_at, clock.paused_for
    return replace(
        clock,
        warn_at=None if clock.warn_after is None else calendar.add(begins, clock.warn_after + paused_for),
        due_at=calendar.add(begins, clock.fail_after + paused_for),
    )


def _span(clock: Clock, end: datetime) -> tuple[ClockSpan, ...]:
    """Return the present span up to `end`, or nothing when it took no time."""
    if end <= clock.since:
        return ()
    is_running = clock.state is not ClockState.PAUSED
    return (ClockSpan(clock_id=clock.id, start=clock.since, until=end, counted=is_running, cause=clock.cause),)


def _running(clock: Clock, now: datetime) -> Clock:
    """Return a running clock in the state that its warning time gives, waiting for what was not fired yet."""
    is_nearing = clock.warn_at is not None and (clock.state is ClockState.NEARING or clock.warn_at <= now)
    is_past_warning = clock.warn_at is None or (is_nearing and clock.warned_at is not None)
    return replace(
        clock,
        state=ClockState.NEARING if is_nearing else ClockState.IN_PROGRESS,
        next_due_at=clock.due_at if is_past_warning else clock.warn_at,
    )


def _check(clock: Clock, calendar: Calendar) -> None:
    if clock.calendar != calendar.name:
        raise Invalid(f"clock {clock.item} counts by calendar {clock.calendar}, not by {calendar.name}")
