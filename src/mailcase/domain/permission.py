"""Who may do and see what: one function, `may`, decides for mail and command line alike.

A permission is a command of the table or a `Right`. What it asks for stands in its grant: a least role, agents who have
it whatever their role, or membership of the case's queue besides. A queue can have a grant of its own for a permission;
it stands in the place of the general one. Whoever does not see a case may do nothing with it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from mailcase.domain.command_table import COMMANDS
from mailcase.domain.party import RANKS, Agent, Role
from mailcase.domain.queue import Queue


class Right(StrEnum):
    """What can be permitted besides the commands."""

    SEE = "see"
    """See a case: be told of it, list, find and show it. Of a private queue only as a member, or with `see_private`."""
    SEE_PRIVATE = "see_private"
    """See cases of private queues without being a member, and so do what else is permitted with them."""
    REPLY = "reply"
    """Write to the customer."""
    CREATE = "create"
    """Open a case by hand."""
    EXPORT = "export"
    """Write a case into files."""
    UNDO_OTHERS = "undo_others"
    """Take back what somebody else's commands did."""
    DELETE_ACTIVITIES = "delete_activities"
    """Delete a note, task, call or letter that somebody else wrote."""
    LEAVE_GATES = "leave_gates"
    """Give up a process flow with a stage that gates the resolution."""
    RECALCULATE = "recalculate"
    """Count clocks anew."""
    ENTITLEMENTS = "entitlements"
    """Change what customers have bought."""
    CUSTOMERS = "customers"
    """Make and change contacts and accounts."""
    MANAGE_CUSTOMERS = "manage_customers"
    """Merge contacts or accounts, which is final, and take them over from files."""
    MANAGE_PEOPLE = "manage_people"
    """Hand over all cases of an agent to another."""
    DELETE = "delete"
    """Delete a case for good."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """Who has one permission."""

    role: Role | None = Role.AGENT
    """The least role that has it; None when no role is enough."""
    agents: frozenset[str] = frozenset()
    """Keys of agents who have it whatever their role; members of teams are among them."""
    needs_membership: bool = False
    """Everybody has to be a member of the case's queue besides."""


RIGHTS: Mapping[str, Grant] = MappingProxyType(
    {
        Right.SEE: Grant(),
        Right.SEE_PRIVATE: Grant(role=Role.ADMIN),
        Right.REPLY: Grant(),
        Right.CREATE: Grant(),
        Right.EXPORT: Grant(),
        Right.UNDO_OTHERS: Grant(role=Role.LEAD),
        Right.DELETE_ACTIVITIES: Grant(role=Role.LEAD),
        Right.LEAVE_GATES: Grant(role=Role.LEAD),
        Right.RECALCULATE: Grant(role=Role.MANAGER),
        Right.ENTITLEMENTS: Grant(role=Role.MANAGER),
        Right.CUSTOMERS: Grant(),
        Right.MANAGE_CUSTOMERS: Grant(role=Role.LEAD),
        Right.MANAGE_PEOPLE: Grant(role=Role.MANAGER),
        Right.DELETE: Grant(role=Role.ADMIN),
    }
)
"""What the rights ask for when roles.yaml says nothing."""
READING = frozenset({Right.SEE, Right.EXPORT})
"""What is open to a user of the machine who is no agent, where it is to every agent."""
DEFAULTS: Mapping[str, Grant] = MappingProxyType({**{spec.name: Grant(role=spec.role) for spec in COMMANDS}, **RIGHTS})
"""Every permission with what it asks for when roles.yaml says nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Permissions:
    """Who may do what, as roles.yaml says."""

    general: Mapping[str, Grant] = field(default_factory=lambda: DEFAULTS)
    """By permission: each of `DEFAULTS` is there."""
    in_queues: Mapping[str, Mapping[str, Grant]] = field(default_factory=dict)
    """Grants of queues, by name of the queue and permission."""

    def grant(self, permission: str, queue: Queue | None) -> Grant:
        """Return what `permission` asks for with a case of `queue`."""
        own = self.in_queues.get(queue.name, {}) if queue else {}
        return own.get(permission) or self.general[permission]


def may(agent: Agent | None, permission: str, queue: Queue | None, permissions: Permissions) -> bool:
    """Tell whether `agent` may do something with a case of `queue`; None for what belongs to no queue.

    Nobody in particular (an agent of None) sees and takes out what every agent may, and does nothing.
    """
    grant = permissions.grant(permission, queue)
    if agent is None:
        is_open = grant == Grant() and not (queue and queue.is_private)
        return permission in READING and is_open
    if permission not in (Right.SEE, Right.SEE_PRIVATE) and not may(agent, Right.SEE, queue, permissions):
        return False
    if permission == Right.SEE and not _is_let_in(agent, queue, permissions):
        return False
    return agent.is_active and _has(agent, grant, queue)


def _is_let_in(agent: Agent, queue: Queue | None, permissions: Permissions) -> bool:
    """Tell whether a queue is not private, or the agent belongs to it, or may look behind its door."""
    if queue is None or not queue.is_private or agent.key in queue.members:
        return True
    return may(agent, Right.SEE_PRIVATE, queue, permissions)


def _has(agent: Agent, grant: Grant, queue: Queue | None) -> bool:
    is_of_rank = grant.role is not None and RANKS[agent.role] >= RANKS[grant.role]
    is_member = queue is None or agent.key in queue.members
    return (is_of_rank or agent.key in grant.agents) and (is_member or not grant.needs_membership)


def holders(
    permission: str, queue: Queue | None, permissions: Permissions, agents: Iterable[Agent]
) -> tuple[Agent, ...]:
    """Return who of `agents` may do something with a case of `queue`."""
    return tuple(agent for agent in agents if may(agent, permission, queue, permissions))


def wanted(permission: str, queue: Queue | None, permissions: Permissions) -> str:
    """Say what a permission asks for, such as `the role lead`."""
    grant = permissions.grant(permission, queue)
    named = f"to be one of {', '.join(sorted(grant.agents))}" if grant.agents else ""
    role = f"the role {grant.role}" if grant.role else ""
    either = " or ".join(filter(None, (role, named))) or "a right that nobody has"
    return f"{either}, and membership of the queue" if grant.needs_membership else either
