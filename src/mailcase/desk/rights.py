"""Whether somebody may do something with a case. A refusal says what is missing, and who has it."""

from collections.abc import Iterable

from mailcase.domain.case import Case
from mailcase.domain.command_table import BY_NAME
from mailcase.domain.party import Agent, Team
from mailcase.domain.permission import Right, holders, may, wanted
from mailcase.domain.queue import Queue
from mailcase.errors import Refused
from mailcase.rules.rulebook import Rulebook

NAMED = 5
"""People whom a refusal names."""


def sees(rules: Rulebook, agent: Agent | None, case: Case) -> bool:
    """Tell whether an agent may know of a case; None is somebody who is no agent."""
    return may(agent, Right.SEE, rules.queue_of(case), rules.permissions)


def hidden_queues(rules: Rulebook, agent: Agent | None) -> frozenset[str]:
    """Return the names of the queues whose cases an agent may not know of."""
    queues = rules.queues.values()
    return frozenset(queue.name for queue in queues if not may(agent, Right.SEE, queue, rules.permissions))


def require(rules: Rulebook, agent: Agent | None, permission: str, case: Case | None = None) -> None:
    """Raise Refused unless an agent may do something, with `case` if it is about one."""
    queue = rules.queue_of(case) if case else None
    if may(agent, permission, queue, rules.permissions):
        return
    if case is not None and not sees(rules, agent, case):
        raise Refused(_unseen(rules, agent, queue, case.number))
    who = f"you are {agent.role}" if agent else "say who you are with --as KEY"
    there = (
        f" in the queue {queue.title}"
        if queue and permission in rules.permissions.in_queues.get(queue.name, {})
        else ""
    )
    others = _named(holders(permission, queue, rules.permissions, rules.agents.values()), "may do it")
    raise Refused(f"{_label(permission)}{there} needs {wanted(permission, queue, rules.permissions)}; {who}. {others}")


def require_queue(rules: Rulebook, agent: Agent | None, queue: Queue) -> None:
    """Raise Refused unless an agent may know of the cases of a queue."""
    if not may(agent, Right.SEE, queue, rules.permissions):
        raise Refused(_unseen(rules, agent, queue, "this"))


def require_sight(rules: Rulebook, owner: Agent | Team, case: Case) -> None:
    """Raise Refused when whoever is to be given something about a case may not know of it."""
    agents = (owner,) if isinstance(owner, Agent) else tuple(rules.agents[key] for key in owner.members)
    if agents and not any(sees(rules, agent, case) for agent in agents):
        raise Refused(
            f"{owner.name} cannot be given {case.number}: {_unseen(rules, agents[0], rules.queue_of(case), 'it')}"
        )


def _unseen(rules: Rulebook, agent: Agent | None, queue: Queue | None, what: str) -> str:
    assert queue is not None, "what is in no queue is open to every agent"
    others = _named(holders(Right.SEE, queue, rules.permissions, rules.agents.values()), "can help")
    where = f"{what} is in the {'private ' if queue.is_private else ''}queue {queue.title}"
    if agent is None:
        return f"{where}, and nobody said who you are: use --as KEY. {others}"
    return f"{where}, which {agent.name} does not see. {others}"


def _label(permission: str) -> str:
    return f"#{permission}" if permission in BY_NAME else f"the right {str(permission)!r}"


def _named(agents: Iterable[Agent], what: str) -> str:
    names = [agent.name for agent in agents]
    if not names:
        return f"Nobody {what}."
    more = f" and {len(names) - NAMED} others" if len(names) > NAMED else ""
    return f"{', '.join(names[:NAMED])}{more} {what}."
