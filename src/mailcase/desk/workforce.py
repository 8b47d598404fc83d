"""Who has how much to do, and whose work waits for nobody: that of people who left."""

from dataclasses import dataclass

from mailcase.rules.rulebook import Rulebook
from mailcase.store import workload
from mailcase.store.tx import Tx

NOBODY = frozenset({"customer", "system"})
"""What stands for an actor who is no agent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What one agent or team has to do."""

    key: str
    name: str
    is_team: bool
    is_known: bool
    """Whether the files still have it."""
    is_active: bool
    """Whether anybody does this work: an agent who works here, or a team with members."""
    cases: int
    """Active cases that it owns."""
    units: int
    """Capacity that they take."""
    capacity: int | None
    """None for no limit."""
    picked: int
    """Queue items that the agent works on, whoever owns the case."""
    to_do: int
    """Open activities."""

    @property
    def is_stray(self) -> bool:
        """Whether there is work that nobody does."""
        return not self.is_active and bool(self.cases or self.picked or self.to_do)


def loads(tx: Tx, rules: Rulebook) -> list[Load]:
    """Return what everybody has to do: agents, then teams, then keys that the files no longer have."""
    cases: dict[str, int] = {}
    units: dict[str, int] = {}
    for one in workload.owned(tx):
        queue = rules.queues.get(one.queue or "")
        cases[one.agent] = cases.get(one.agent, 0) + one.cases
        units[one.agent] = units.get(one.agent, 0) + one.cases * (queue.terms.units if queue else 1)
    picked, to_do = workload.picked(tx), workload.to_do(tx)
    gone = (cases.keys() | picked.keys() | to_do.keys()) - rules.agents.keys() - rules.teams.keys() - NOBODY
    found = []
    for key in (*rules.agents, *rules.teams, *sorted(gone)):
        agent, team = rules.agents.get(key), rules.teams.get(key)
        found.append(
            Load(
                key=key,
                name=rules.owner_name(key),
                is_team=team is not None,
                is_known=bool(agent or team),
                is_active=agent.is_active if agent else bool(team and team.members),
                cases=cases.get(key, 0),
                units=units.get(key, 0),
                capacity=agent.capacity if agent else None,
                picked=picked.get(key, 0),
                to_do=to_do.get(key, 0),
            )
        )
    return found


def strays(tx: Tx, rules: Rulebook) -> tuple[Load, ...]:
    """Return whose work nobody does: of agents who left, of teams without members."""
    return tuple(one for one in loads(tx, rules) if one.is_stray)
