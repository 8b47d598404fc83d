"""Small parts of letters: held mails, pictures, links of the survey, what failed and what is due."""

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A recipient that a mail of ours did not reach."""

    recipient: str
    response: str
    """What the server said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DueItem:
    """One thing that is due today, in words."""

    number: str
    """Of its case."""
    title: str
    """Of its case."""
    what: str
    """Such as `First response`, `Follow up`, or the words of a task."""
    due: str
    """Such as `14:30`, with the day when that is past."""
    is_late: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldMail:
    """A mail that is kept back for a person to look at."""

    id: int
    """As `mailcase inbox show` takes it."""
    mailbox: str
    received_at: datetime
    sender: str
    """May be empty: not every held mail could be read."""
    subject: str
    """May be empty."""
    reason: str
    detail: str
