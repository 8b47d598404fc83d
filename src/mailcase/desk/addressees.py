"""Who is meant by the words with which rules say whom to tell: `owner`, `queue`, `responsible`, roles, and agents by key."""

from collections.abc import Iterable

from mailcase.desk.desk import Desk
from mailcase.domain.case import Case
from mailcase.domain.party import Agent
from mailcase.domain.queue import QueueItem
from mailcase.rules.told import ROLES


def addressees(desk: Desk, case: Case, item: QueueItem | None, words: Iterable[str]) -> tuple[Agent, ...]:
    """Return the active agents whom `words` mean, each once, in the order of the words."""
    agents = [agent for agent in desk.rulebook.agents.values() if agent.is_active]
    told: dict[str, Agent] = {}
    for word in words:
        keys = _keys(desk, case, item, word)
        told |= {agent.key: agent for agent in agents if agent.key in keys or agent.role is ROLES.get(word)}
    return tuple(told.values())


def _keys(desk: Desk, case: Case, item: QueueItem | None, word: str) -> tuple[str, ...]:
    queue = desk.rulebook.queues.get(case.queue or "")
    owner = case.owner or (item.worked_by if item else None)
    match word:
        case "owner":
            return (owner,) if owner else ()
        case "queue":
            return queue.members if queue else ()
        case "responsible":
            return _keys(desk, case, item, "owner" if owner else "queue")
        case _:
            return (word,)
