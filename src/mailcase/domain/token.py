"""A reply token: which case, and which of its parties, the holder of one of our Message-IDs or reply addresses speaks for.

The value only. `mail.thread` signs it into outgoing mail and finds it again, verified, in what comes back.
"""

from dataclasses import dataclass
from enum import StrEnum


class Party(StrEnum):
    """On which side of a case somebody stands."""

    CUSTOMER = "customer"
    """A contact who takes part in the case."""
    AGENT = "agent"
    """Somebody who works on the case."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """Permission to write to one case as one of its parties."""

    case_id: int
    party: Party
    party_id: str
    """The contact's id, or the agent's key: lower-case letters, digits, `_` and `-`, at most 32 characters."""
