"""Which agent gets a case that waits in a queue: fair, within everybody's capacity, to somebody who has the skills.

First those who cannot take it are left out (off work, no room, without the skills); then the queue's method chooses.
Ties go to whom a case was assigned to longest ago, then to the first key, so that the choice never depends on chance.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import inf

from mailcase.domain.party import Agent


class Method(StrEnum):
    """How a queue gives out its cases (Dynamics 365 unified routing: assignment methods)."""

    NONE = "none"
    """Agents pick."""
    ROUND_ROBIN = "round_robin"
    """To whom a case was assigned longest ago."""
    MOST_FREE_CAPACITY = "most_free_capacity"
    LEAST_ACTIVE = "least_active"
    """To whom owns the fewest active cases."""


class SkillMatch(StrEnum):
    """How the skills that a case needs are asked for."""

    EXACT = "exact"
    """Every one of them."""
    CLOSEST = "closest"
    """As many of them as anybody who can take the case has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """How a queue assigns."""

    method: Method = Method.NONE
    units: int = 1
    """Capacity that one case of the queue takes."""
    match: SkillMatch = SkillMatch.EXACT
    calendar: str = ""
    """Working hours of agents who have no calendar of their own; empty for always."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A member of the queue, and how busy."""

    agent: Agent
    used: int = 0
    """Units of capacity that the agent's active cases take."""
    active: int = 0
    """Active cases that the agent owns."""
    turn: int = 0
    """Rises with each assignment to anybody; 0 for nobody's turn yet."""
    is_working: bool = True

    @property
    def free(self) -> float:
        """Units that are left; infinite for an agent without a limit."""
        return inf if self.agent.capacity is None else self.agent.capacity - self.used


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Who gets the case, or nobody, and why."""

    agent: Agent | None
    why: str


def choose(candidates: Sequence[Candidate], terms: Terms, skills: frozenset[str] = frozenset()) -> Choice:
    """Return which of `candidates` gets a case that needs `skills`."""
    if terms.method is Method.NONE:
        return Choice(agent=None, why="agents pick from this queue")
    objections = {one.agent.key: _objection(one, terms, skills) for one in candidates}
    able = _most_skilled([one for one in candidates if not objections[one.agent.key]], skills)
    why = "; ".join(f"{key} {objection}" for key, objection in sorted(objections.items()) if objection)
    if not able:
        return Choice(agent=None, why=why or "the queue has no active member")
    chosen = min(able, key=lambda one: (*_rank(one, terms.method), one.turn, one.agent.key))
    return Choice(agent=chosen.agent, why="; ".join(part for part in (terms.method.value, why) if part))


def _objection(candidate: Candidate, terms: Terms, skills: frozenset[str]) -> str:
    """Return why the case cannot go to this agent, or nothing."""
    if not candidate.is_working:
        return "is off work"
    if candidate.free < terms.units:
        return f"has no room ({candidate.used} of {candidate.agent.capacity} units)"
    missing = skills - frozenset(candidate.agent.skills)
    if missing and terms.match is SkillMatch.EXACT:
        return f"lacks {', '.join(sorted(missing))}"
    return ""


def _most_skilled(able: list[Candidate], skills: frozenset[str]) -> list[Candidate]:
    """Return those who have the most of `skills`; all, when everybody has all of them."""
    most = max((_having(one, skills) for one in able), default=0)
    return [one for one in able if _having(one, skills) == most]


def _having(candidate: Candidate, skills: frozenset[str]) -> int:
    return len(skills & frozenset(candidate.agent.skills))


def _rank(candidate: Candidate, method: Method) -> tuple[float, ...]:
    match method:
        case Method.MOST_FREE_CAPACITY:  # of those without a limit, who uses least
            return (-candidate.free, candidate.used)
        case Method.LEAST_ACTIVE:
            return (candidate.active,)
        case Method.ROUND_ROBIN | Method.NONE:
            return ()
