"""What a letter to an agent says of the agent's own mail that is held."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldDraft:
    """The reader's own mail, which is kept back until the reader says `#send`."""

    number: int
    """As `#send` takes it."""
    text: str
    until: datetime | None = None
    """When it is too late to send it; None when it never is."""
    outsiders: tuple[str, ...] = ()
    """Addresses outside that it was sent to, and that `#send` makes participants."""
