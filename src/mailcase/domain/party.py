"""The people of the desk: customers as contacts of accounts, and agents in their roles."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A company that is a customer."""

    id: int = 0
    name: str
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """A person who writes to us. One contact may have several addresses; `address` is the one we answer to."""

    id: int = 0
    """0 until it is stored."""
    name: str
    address: str
    """Canonical: `canonical_address` of what the mail said."""
    account_id: int | None = None
    language: str | None = None
    """ISO 639-1, as last seen in their mail."""
    time_zone: str | None = None
    """In which they are told times, such as `Europe/Berlin`; that of the desk, if None."""
    is_provisional: bool = True
    """Made from a mail by an unknown sender; nobody has confirmed who it is."""
    created_at: datetime


class Role(StrEnum):
    """What an agent may do, each including what stands before it."""

    AGENT = "agent"
    """Works cases."""
    LEAD = "lead"
    """Sets promises by hand, and takes back what others did."""
    MANAGER = "manager"
    """Changes entitlements, counts clocks anew, hands over the work of people."""
    ADMIN = "admin"
    """Deletes, sees private queues, and hears about the daemon's troubles."""


RANKS = {role: rank for rank, role in enumerate(Role)}
"""How much a role may do: whoever ranks higher may do all that a lower one may."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Agent:
    """A person who answers customers, from `rules/agents.yaml`."""

    key: str
    """Short and lasting, such as `anna`: letters, digits, dot and dash."""
    name: str
    """As customers see it."""
    address: str
    """Canonical."""
    role: Role = Role.AGENT
    is_active: bool = True
    language: str = "en"
    capacity: int | None = None
    """Units of work that queues may give the agent at once; None for no limit. Whoever picks by hand may exceed it."""
    skills: tuple[str, ...] = ()
    """What the agent knows, such as `german`."""
    calendar: str = ""
    """The agent's working hours; empty for those of the queue."""
    login: str = ""
    """The user of the operating system who is this agent on the command line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    """Agents who own cases together, from `rules/teams.yaml`."""

    key: str
    """As short and lasting as that of an agent, and no agent's."""
    name: str
    members: tuple[str, ...]
    """Keys of agents, active ones."""
    lead: str | None = None
    """Key of the agent who hears of the clocks of the team's cases; all members do, if it has none."""


def canonical_address(address: str) -> str:
    """Return `address` as the desk compares it: lower case, the domain in its IDNA form.

    The local part is lowered too: RFC 5321 section 2.4 lets it be case-sensitive, no mail provider does.
    """
    local, at, domain = address.strip().rpartition("@")
    if not domain.isascii():
        with suppress(UnicodeError):  # a name that DNS could not hold is compared as it is written
            domain = domain.encode("idna").decode("ascii")
    return f"{local}{at}{domain}".lower()
