"""Queues, and the items that put a case in one."""

from dataclasses import dataclass, field
from datetime import datetime

from mailcase.domain.assignment import Terms


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """A list of work, from `rules/queues.yaml`."""

    name: str
    """Its key, such as `billing`."""
    title: str
    members: tuple[str, ...]
    """Keys of the agents who are told of new work and may pick it; those of its teams are among them."""
    teams: tuple[str, ...] = ()
    """Keys of the teams that are members."""
    is_private: bool = False
    """Only members see and pick its items."""
    mailbox: str = ""
    """Key of the mailbox that mails about its cases come from; empty for the one that each came by."""
    terms: Terms = field(default_factory=Terms)
    """How it gives its cases out."""

    def takes_in(self, owner: str | None) -> bool:
        """Tell whether an agent or team with this key may own cases here: anybody, unless it is private."""
        return not self.is_private or owner in self.members or owner in self.teams


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueItem:
    """The place of one case in one queue. A case has one item at most, and none once it is resolved."""

    id: int = 0
    """0 until it is stored."""
    case_id: int
    queue: str
    entered_at: datetime
    worked_by: str | None = None
    """Key of the agent who picked it."""
    picked_at: datetime | None = None
    skills: tuple[str, ...] = ()
    """What the agent who gets the case has to know, as the routing rule says."""
