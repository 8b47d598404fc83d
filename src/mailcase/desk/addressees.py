"""Who is meant by the words with which rules say whom to tell: `owner`, `queue`, `responsible`, roles, and agents by key."""

from collections.abc import Iterable

from mailcase.desk.desk import Desk
from mailcase.desk.rights import sees
from mailcase.domain.case import Case
from mailcase.domain.party import Agent, Team
from mailcase.domain.queue import QueueItem
from mailcase.rules.told import ROLES


def addressees(
    desk: Desk, case: Case, item: QueueItem | None, words: Iterable[str], *, is_alert: bool = False
) -> tuple[Agent, ...]:
    """Return the active agents whom `words` mean, each once, in the order of the words; nobody who may not see the case.

    Of a team the members are meant; of alerts its lead hears, if it has one.
    """
    rules = desk.rulebook
    agents = [agent for agent in rules.agents.values() if agent.is_active and sees(rules, agent, case)]
    told: dict[str, Agent] = {}
    for word in words:
        named = _keys(desk, case, item, word)
        keys = {key for one in named for key in _people(rules.teams.get(one), one, is_alert=is_alert)}
        told |= {agent.key: agent for agent in agents if agent.key in keys or agent.role is ROLES.get(word)}
    return tuple(told.values())


def _keys(desk: Desk, case: Case, item: QueueItem | None, word: str) -> tuple[str, ...]:
    queue = desk.rulebook.queues.get(case.queue or "")
    worked_by = item.worked_by if item else None
    owner = (worked_by if case.owner in desk.rulebook.teams else None) or case.owner or worked_by
    match word:
        case "owner":
            return (owner,) if owner else ()
        case "queue":
            return queue.members if queue else ()
        case "responsible":
            return _keys(desk, case, item, "owner" if owner else "queue")
        case _:
            return (word,)


def _people(team: Team | None, key: str, *, is_alert: bool) -> tuple[str, ...]:
    """Return the agents whom the key of a team, or of an agent, means."""
    if team is None:
        return (key,)
    return (team.lead,) if is_alert and team.lead else team.members
