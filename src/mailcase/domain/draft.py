"""An agent's mail that waits for a word of the agent: kept whole on the timeline, neither run nor sent until `#send`."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

CONFIRM_WITHIN = timedelta(days=2)
"""How long a mail that proves nothing may be confirmed: over a weekend's mail delay, and not for ever."""


class DraftReason(StrEnum):
    """Why a mail of an agent was held."""

    STALE = "stale"
    """It was written before the customer's newest mail."""
    RECIPIENTS = "recipients"
    """It is addressed to somebody outside who takes no part in the case."""
    UNPROVED = "unproved"
    """It bears an agent's address and proves nothing (GUARANTEES G13)."""
    FORWARDED = "forwarded"
    """A mail that an agent passed on: who wrote it first becomes the customer, if the agent says so."""


class DraftState(StrEnum):
    """What became of a held mail."""

    HELD = "held"
    """It waits."""
    SENT = "sent"
    """It ran; it never runs again."""
    REPLACED = "replaced"
    """The agent wrote something else instead; it can still be sent by its number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """One held mail. Its words and files are those of its activity, whose id is its number."""

    id: int = 0
    """0 until it is stored."""
    activity_id: int
    agent: str
    """Key of the agent whose mail it is, or whose address it bears."""
    reason: DraftReason
    outsiders: tuple[str, ...] = ()
    """Canonical addresses that `#send` makes participants."""
    asked_as: str
    """Message-ID of the mail that asks the agent: an answer to it means this draft. Empty when nobody was asked."""
    created_at: datetime
    expires_at: datetime | None = None
    """Until when it may be sent, UTC; None for ever."""
    state: DraftState = DraftState.HELD
    settled_at: datetime | None = None

    def is_expired(self, now: datetime) -> bool:
        """Tell whether it is too late to send it."""
        return self.expires_at is not None and now >= self.expires_at
