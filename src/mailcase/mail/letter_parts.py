"""Small parts of letters: an agent's held mail, pictures, and links of the survey."""

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A picture of an agent's mail that goes with the letter."""

    name: str
    id: str
    """Its Content-ID: `cid:` and this is its address within the mail (RFC 2392)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyLink:
    """One score of the satisfaction survey, as a signed mailto: link."""

    score: int
    url: str
