"""Tables of phrases in the languages that customers write, and the form of text in which they are looked for.

The phrases are RE2 patterns over folded text (`fold`): lower case, no accents, single spaces.
RE2 runs all phrases of a table in one pass, in time linear in the text.
"""

import re
import unicodedata
from collections.abc import Iterable
from functools import cached_property, lru_cache
from typing import Any

import re2

_MARKS = re.compile("[\u0300-\u036f]+")
_OPTIONS = re2.Options()
_OPTIONS.max_mem = 64 * 2**20  # bytes; with the usual 8 MB the larger tables fall back to a slower automaton
_QUOTES = "\u2019\u2018\u02bc\u00b4"


@lru_cache(maxsize=16)
def fold(text: str) -> str:
    """Return `text` in lower case without accents, its white space single: the form in which phrases are written.

    The last texts are remembered: one mail is asked about many tables.
    """
    if not text.isascii():
        for quote in _QUOTES:  # a table of them takes twenty times as long
            text = text.replace(quote, "'")
        text = _MARKS.sub("", unicodedata.normalize("NFKD", text))
    return " ".join(text.casefold().replace("ł", "l").split())  # the stroke is no accent to Unicode


class Phrases:
    """A table of phrases, searched together. It is compiled when it is first asked: all tables take 5 MB."""

    def __init__(self, *tables: Iterable[str], at_start: bool = False) -> None:
        self._prefix = r"^" if at_start else r"(?:^|[^a-z])"
        self.rows = tuple(phrase for table in tables for phrase in table)

    @cached_property
    def _parts(self) -> str:
        return "|".join(map(fold_pattern, self.rows))

    @cached_property
    def _pattern(self) -> Any:  # of re2, which ships no types
        return re2.compile(f"{self._prefix}({self._parts})", _OPTIONS)

    @cached_property
    def _distinct(self) -> Any:  # as above
        return re2.compile(f"(?:{self._parts})", _OPTIONS)

    @cached_property
    def _filter(self) -> Any:  # as above
        """What runs a phrase only where the words are that it cannot do without."""
        made = re2.Filter()
        for row in self.rows:
            made.Add(fold_pattern(row), _OPTIONS)
        made.Compile()
        return made

    def find(self, folded: str) -> str | None:
        """Return the first phrase found in folded text, or None."""
        found = self._pattern.search(folded) if self.holds(folded) else None
        return str(found.group(1)).strip() if found else None

    def holds(self, folded: str) -> bool:
        """Tell whether `find` or `count` may find anything in folded text."""
        return bool(self._filter.Match(folded))

    def count(self, folded: str) -> int:
        """Return how many different phrases the folded text holds."""
        return len({found.group() for found in self._distinct.finditer(folded)})


def fold_pattern(pattern: str) -> str:
    """Fold the accents and final sigmas of a pattern, which is in lower case already, as `fold` folds text."""
    return _MARKS.sub("", unicodedata.normalize("NFKD", pattern)).replace("ς", "σ")  # as casefold does
