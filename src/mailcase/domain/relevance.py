"""How well an article answers a text: by its title and keywords, never by words that every mail or every article has.

Better no suggestion than nonsense: an article is told only when the text names one of its keywords in full, or more than
half of its title, and another of its words besides. All words here are stems of one language (`rules.stemming`).
"""

from collections.abc import Iterable
from dataclasses import dataclass

FOR_AGENTS = 2.0
"""Least strength of what agents are told."""
FOR_CUSTOMERS = 4.0
"""Least strength of what customers are offered."""
TITLE_SHARE = 0.5  # of the title's words that have to be there when no keyword is
_KEYWORD, _WORD = 2.0, 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """The words that name an article, as stems."""

    title: frozenset[str] = frozenset()
    keywords: tuple[frozenset[str], ...] = ()
    """One set for each keyword; one of several words has to be there as a whole."""

    @property
    def words(self) -> frozenset[str]:
        """All of them."""
        return self.title.union(*self.keywords)


def strength(text: frozenset[str], profile: Profile, common: frozenset[str] = frozenset()) -> float:
    """Return how strongly `text` asks for an article: 0 for not at all; compare with `FOR_AGENTS` and `FOR_CUSTOMERS`.

    A keyword that is there in full counts twice, any other word of title or keywords once, and a word of `common`, which
    names many articles, nothing. A single word proves nothing.
    """
    full = frozenset[str]().union(*(keyword for keyword in profile.keywords if keyword <= text)) - common
    title = profile.title - common
    shared = text & profile.words - common
    has_title = len(title & text) > len(title) * TITLE_SHARE
    if len(shared) < 2 or not (full or has_title):
        return 0.0
    return _KEYWORD * len(full) + _WORD * len(shared - full)


def everywhere(profiles: Iterable[Profile], least: int = 6) -> frozenset[str]:
    """Return the words that name more than half of the articles, such as the name of the only product.

    In fewer than `least` articles nothing is everywhere.
    """
    seen: dict[str, int] = {}
    total = 0
    for profile in profiles:
        total += 1
        for word in profile.words:
            seen[word] = seen.get(word, 0) + 1
    return frozenset(word for word, count in seen.items() if total >= least and count * 2 > total)
