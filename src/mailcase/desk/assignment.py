"""Giving the cases of a queue to its members, when they come in and whenever somebody has room again."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from mailcase.desk.desk import Desk
from mailcase.desk.outcome import Outcome
from mailcase.domain.assignment import Candidate, Method, choose
from mailcase.domain.events import CaseAssigned, CaseOpened, CasePicked, Event
from mailcase.domain.party import Agent, Team
from mailcase.domain.queue import Queue, QueueItem
from mailcase.rules.rulebook import Rulebook
from mailcase.store import turns
from mailcase.store.tx import Tx


def on_arrival(tx: Tx, desk: Desk, outcome: Outcome, now: datetime) -> Outcome:
    """Return `outcome` with its case given to somebody, if it just came to a queue that assigns.

    An owner whom a rule or an agent chose stays, as does one who is a member of the new queue. The case of a team is given
    to one of the team.
    """
    item, before = outcome.item, outcome.before
    queue = desk.rulebook.queues.get(item.queue) if item else None
    if queue is None or item is None or item.id or item.worked_by or not outcome.case.is_active:
        return outcome
    owner = outcome.case.owner
    team = desk.rulebook.teams.get(owner or "")
    if team is not None:
        return assign(tx, desk, outcome, within(queue, team), now)
    is_chosen = owner is not None and (before is None or owner != before.owner or owner in queue.members)
    return outcome if is_chosen else assign(tx, desk, outcome, queue, now)


def within(queue: Queue, team: Team) -> Queue:
    """Return `queue` as it gives out the cases of a team: to members of the team who may know of its cases."""
    return replace(queue, members=tuple(key for key in team.members if queue.takes_in(key)))


def assign(tx: Tx, desk: Desk, outcome: Outcome, queue: Queue, now: datetime) -> Outcome:
    """Return `outcome` with its case given to a member of `queue`, or as it is when nobody can take it now."""
    if queue.terms.method is Method.NONE or outcome.item is None:
        return outcome
    turns.lock(tx)
    had = turns.all_turns(tx)
    candidates = _candidates(tx, desk.rulebook, queue, had, now)
    choice = choose(candidates, queue.terms, frozenset(outcome.item.skills))
    if choice.agent is None:
        return outcome
    turns.take(tx, choice.agent.key, max(had.values(), default=0) + 1, now)
    item = replace(outcome.item, worked_by=choice.agent.key, picked_at=now)
    case = replace(outcome.case, owner=choice.agent.key)
    return outcome.then(case=case).with_item(item, *_events(outcome, choice.agent, f"queue {queue.name}: {choice.why}"))


def could_be_given(tx: Tx, desk: Desk, queue: Queue, items: Iterable[QueueItem], now: datetime) -> list[QueueItem]:
    """Return those of `items` that a member of `queue` could take now, if it were the only one."""
    candidates = _candidates(tx, desk.rulebook, queue, {}, now)
    return [item for item in items if choose(candidates, queue.terms, frozenset(item.skills)).agent is not None]


def _events(outcome: Outcome, agent: Agent, cause: str) -> Iterable[Event]:
    """Yield what is told; the owner of a new case hears of it as a new case, and of no assignment besides."""
    yield CasePicked(actor="system", cause=cause, worked_by=agent.key)
    if not any(isinstance(event, CaseOpened) for event in outcome.events):
        yield CaseAssigned(actor="system", cause=cause, owner=agent.key)


def _candidates(tx: Tx, rules: Rulebook, queue: Queue, had: dict[str, int], now: datetime) -> list[Candidate]:
    units: dict[str, int] = {}
    active: dict[str, int] = {}
    for one in turns.owned(tx, queue.members) if queue.members else ():
        known = rules.queues.get(one.queue or "")
        units[one.agent] = units.get(one.agent, 0) + one.cases * (known.terms.units if known else 1)
        active[one.agent] = active.get(one.agent, 0) + one.cases
    return [
        Candidate(
            agent=rules.agents[key],
            used=units.get(key, 0),
            active=active.get(key, 0),
            turn=had.get(key, 0),
            is_working=_is_working(rules, rules.agents[key], queue, now),
        )
        for key in queue.members
    ]


def _is_working(rules: Rulebook, agent: Agent, queue: Queue, now: datetime) -> bool:
    calendar = rules.calendars.get(agent.calendar or queue.terms.calendar)
    return calendar is None or calendar.is_open(now)
