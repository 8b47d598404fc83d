"""What articles were used for on cases: linked, offered, sent, and which of them solved the case."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum


class Use(StrEnum):
    """One use of an article on a case."""

    OFFERED = "offered"
    """The acknowledgement named it to the customer."""
    LINKED = "linked"
    """An agent says that it belongs to the case."""
    SENT = "sent"
    """The customer got it from an agent."""
    SOLVED = "solved"
    """An agent says that it solved the case."""
    REMOVED = "removed"
    """It is not linked any more."""


SAID = {
    Use.OFFERED: "offered {} with the acknowledgement",
    Use.LINKED: "linked with article {}",
    Use.SENT: "sent article {}",
    Use.SOLVED: "solved by article {}",
    Use.REMOVED: "no longer linked with article {}",
}
"""Each use in words, around the article."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleUse:
    """One use of an article, about to be stored."""

    number: str
    title: str
    use: Use


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleLink:
    """An article that belongs to a case, and what became of it."""

    id: int = 0
    """0 until it is stored."""
    case_id: int
    article: str
    """Its number. The file may be gone: the case still tells what was sent."""
    created_at: datetime
    created_by: str
    offered_at: datetime | None = None
    """When the desk offered it to the customer by itself."""
    sent_at: datetime | None = None
    """When an agent sent it to the customer last."""
    solved_at: datetime | None = None
    """When it solved the case: that was resolved after it was sent, or an agent said so."""
    is_confirmed: bool = False
    """An agent said that it solved the case; to reopen the case leaves that alone."""


def used(link: ArticleLink, use: Use, now: datetime) -> ArticleLink:
    """Return `link` after one more use at `now` (UTC)."""
    match use:
        case Use.OFFERED:
            return replace(link, offered_at=now)
        case Use.SENT:
            return replace(link, sent_at=now)
        case Use.SOLVED:
            return replace(link, solved_at=now, is_confirmed=True)
        case Use.LINKED | Use.REMOVED:
            return link


def is_solving(link: ArticleLink) -> bool:
    """Tell whether the resolution of its case is this article's too: it was sent, and nobody has said so yet."""
    return link.sent_at is not None and link.solved_at is None


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleRecord:
    """What one article was good for, over all cases."""

    article: str
    cases: int
    """That it is linked with."""
    offered: int
    sent: int
    solved: int
    last_at: datetime
    """When it was linked with a case last, UTC."""
