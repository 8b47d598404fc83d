"""What somebody looks for: words that all have to be there, `"a phrase"`, `begin*`, and `-word` for what must not be."""

import re
from dataclasses import dataclass

MAX_TERMS = 20
MAX_QUERY = 500  # characters
_TERM = re.compile(r'(?P<minus>-)?(?:"(?P<phrase>[^"]*)"|(?P<word>[^\s"]+))')
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """One word, or words that follow each other."""

    words: tuple[str, ...]
    """In lower case; letters and digits only, so that no search language finds an operator in them."""
    is_prefix: bool = False
    """The last word may go on."""
    is_excluded: bool = False


def parse_query(text: str) -> tuple[Term, ...]:
    """Return the terms of a query as a person wrote it. What is not a letter or a digit parts words."""
    found = []
    plain = text[:MAX_QUERY].replace("“", '"').replace("”", '"').replace("„", '"')
    for match in _TERM.finditer(plain):
        said = match["phrase"] if match["phrase"] is not None else match["word"]
        words = tuple(_WORD.findall(said.lower()))
        if words:
            is_prefix = match["word"] is not None and said.endswith("*")
            found.append(Term(words=words, is_prefix=is_prefix, is_excluded=match["minus"] is not None))
    return tuple(found[:MAX_TERMS])
