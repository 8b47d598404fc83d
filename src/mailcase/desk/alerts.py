"""Telling people of clocks at a time when they work, again, and the next in the chain, until the matter is done.

Whoever is off work when a clock warns or is breached is told when their hours begin, unless the rule calls it urgent.
The steps of a chain (`then`) and its repetition are counted in business time of the clock, from one telling to the next;
what has been done meanwhile ends them.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from mailcase.desk.addressees import addressees
from mailcase.desk.desk import Desk
from mailcase.desk.outcome import Outcome
from mailcase.domain.calendar import Calendar
from mailcase.domain.case import Case
from mailcase.domain.events import ClockBreached, ClockWarned
from mailcase.domain.events_promise import ClockAlerted
from mailcase.domain.party import Agent
from mailcase.domain.queue import QueueItem
from mailcase.domain.sla import Kpi
from mailcase.domain.sla_clock import RUNNING, Clock, ClockState
from mailcase.domain.timer import Timer, TimerKind
from mailcase.rules.rulebook import ClockAction
from mailcase.rules.service_level import actions
from mailcase.store import clocks as stored_clocks
from mailcase.store import timers
from mailcase.store.tx import Tx

BREACHED, WARNED = "breached", "warned"
MAX_REPEATS = 20
"""Who has not acted after so many alerts does not act after more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One telling after the first."""

    after: timedelta
    """Business time since the one before."""
    tell: tuple[str, ...]


def at_work(desk: Desk, agent: Agent, case: Case, now: datetime) -> bool:
    """Tell whether an agent can be told now: always, where no calendar says when they work."""
    calendar = _hours(desk, agent, case)
    return calendar is None or calendar.is_open(now)


def told_now(
    desk: Desk, case: Case, item: QueueItem | None, words: Iterable[str], now: datetime, *, is_urgent: bool
) -> tuple[str, ...]:
    """Return the keys of those whom `words` mean and who can be told now."""
    meant = addressees(desk, case, item, words, is_alert=True)
    return tuple(agent.key for agent in meant if is_urgent or at_work(desk, agent, case, now))


def timers_of(desk: Desk, outcome: Outcome, case: Case, clocks: tuple[Clock, ...], now: datetime) -> Iterator[Timer]:
    """Yield the timers that follow from the warnings and breaches of `outcome`."""
    for event in outcome.events:
        if not isinstance(event, ClockWarned | ClockBreached):
            continue
        clock = next((one for one in clocks if one.kpi == event.kpi and one.due_at == event.due_at), None)
        if clock is None:
            continue
        about = f"{clock.id} {BREACHED if isinstance(event, ClockBreached) else WARNED}"
        action = action_of(desk, clock, about)
        if not action.is_urgent:
            yield from _waiting(desk, case, outcome.item, about, action.tell, now)
        yield from _next(desk, case, clock, about, 1, now)


def fired(tx: Tx, desk: Desk, outcome: Outcome, timer: Timer, now: datetime) -> Outcome:
    """Return the outcome with what an alert tells, if there is still something to tell of."""
    key, _, kind = timer.about.partition(" ")
    clock = stored_clocks.get(tx, int(key))
    case = outcome.case
    if clock is None or not matters(clock, case, is_breach=kind == BREACHED):
        return outcome
    action = action_of(desk, clock, timer.about)
    if timer.kind is TimerKind.WAITING_ALERT:
        tell: tuple[str, ...] = (timer.agent,)
    else:
        words = _steps(action)[min(timer.step, len(_steps(action))) - 1].tell if _steps(action) else ()
        tell = told_now(desk, case, outcome.item, words, now, is_urgent=action.is_urgent)
        if not action.is_urgent:
            timers.insert(tx, _waiting(desk, case, outcome.item, timer.about, words, now))
        timers.insert(tx, _next(desk, case, clock, timer.about, timer.step + 1, now))
    if not tell:
        return outcome
    event = ClockAlerted(
        actor="system",
        cause=f"clock {clock.kpi}",
        kpi=clock.kpi,
        due_at=clock.due_at,
        is_breach=kind == BREACHED,
        tell=tell,
        step=timer.step,
    )
    return outcome.then(event)


def action_of(desk: Desk, clock: Clock, about: str) -> ClockAction:
    """Return what the rules name for the warning or the breach that a timer is about."""
    on_warn, on_fail, _ = actions(desk.rulebook, clock.sla, clock.item)
    return on_fail if about.endswith(BREACHED) else on_warn


def matters(clock: Clock, case: Case, *, is_breach: bool) -> bool:
    """Tell whether what an alert is about is still to be done."""
    if not case.is_active or not is_breach:
        return case.is_active and clock.state in RUNNING
    unanswered, updated = case.unanswered_since, case.last_update_at
    still = {
        Kpi.FIRST_RESPONSE: case.first_response_at is None,
        Kpi.NEXT_RESPONSE: unanswered is not None and unanswered <= clock.due_at,
        Kpi.PERIODIC_UPDATE: updated is None or updated <= clock.started_at,
    }
    is_to_be_done = {kpi.value: truth for kpi, truth in still.items()}.get(clock.kpi, True)
    return clock.state is ClockState.BREACHED and is_to_be_done


def _steps(action: ClockAction) -> tuple[Step, ...]:
    """Return the steps of a chain; what is repeated is its last step, or the first telling."""
    chain = tuple(Step(after=after, tell=tell) for after, tell in action.then)
    if action.repeat is None:
        return chain
    return (*chain, Step(after=action.repeat, tell=chain[-1].tell if chain else action.tell))


def _next(desk: Desk, case: Case, clock: Clock, about: str, number: int, now: datetime) -> Iterator[Timer]:
    """Yield the timer of step `number` (1 for the first after the beginning), if there is one."""
    action = action_of(desk, clock, about)
    steps, calendar = _steps(action), desk.rulebook.calendars.get(clock.calendar)
    is_over = number > len(steps) and (action.repeat is None or number > len(steps) + MAX_REPEATS)
    if not steps or is_over or calendar is None:
        return
    due_at = calendar.add(now, steps[min(number, len(steps)) - 1].after)
    yield Timer(case_id=case.id, kind=TimerKind.ALERT, about=about, step=number, since=now, due_at=due_at)


def _waiting(
    desk: Desk, case: Case, item: QueueItem | None, about: str, words: Iterable[str], now: datetime
) -> Iterator[Timer]:
    """Yield a timer for everybody whom `words` mean and who is off work, for when they come back."""
    for agent in addressees(desk, case, item, words, is_alert=True):
        hours = _hours(desk, agent, case)
        if hours is not None and not hours.is_open(now):
            due_at = hours.next_open(now)
            yield Timer(
                case_id=case.id,
                kind=TimerKind.WAITING_ALERT,
                about=about,
                agent=agent.key,
                since=now,
                due_at=due_at,
            )


def _hours(desk: Desk, agent: Agent, case: Case) -> Calendar | None:
    queue = desk.rulebook.queues.get(case.queue or "")
    return desk.rulebook.calendars.get(agent.calendar or (queue.terms.calendar if queue else ""))
