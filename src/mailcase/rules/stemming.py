"""Words as they are compared in search: without endings, by the Snowball stemmer of their language.

The stems stand in the database and in memory, so that both kinds of database find the same.
"""

import re
from collections.abc import Iterable
from functools import lru_cache

import snowballstemmer

from mailcase.domain.similarity import words_of

_ALGORITHMS = {
    "ar": "arabic", "ca": "catalan", "cs": "czech", "da": "danish", "de": "german", "el": "greek", "en": "english", "es": "spanish",
    "et": "estonian", "eu": "basque", "fa": "persian", "fi": "finnish", "fr": "french", "ga": "irish", "hi": "hindi", "hu": "hungarian",
    "hy": "armenian", "id": "indonesian", "it": "italian", "lt": "lithuanian", "ne": "nepali", "nl": "dutch",
    "no": "norwegian", "pl": "polish", "pt": "portuguese", "ro": "romanian", "ru": "russian", "sr": "serbian", "sv": "swedish",
    "ta": "tamil", "tr": "turkish",
}  # fmt: skip
MAX_CACHED = 50_000
MAX_INDEXED = 40_000  # characters: the limits of a tsvector are far above
_WORD = re.compile(r"[^\W_]+")


def stems(text: str, language: str) -> frozenset[str]:
    """Return the stems of the words in the beginning of `text` that tell what it is about."""
    return stems_of(words_of(text), language)


def stems_of(words: Iterable[str], language: str) -> frozenset[str]:
    """Return the stems of `words`; words of a language without a stemmer stay as they are."""
    return frozenset(stem(word.casefold(), language) for word in words)


@lru_cache(MAX_CACHED)
def stem(word: str, language: str) -> str:
    """Return the stem of one word in lower case."""
    name = _ALGORITHMS.get(language)
    # A stemmer holds the word that it works on, so each call has one of its own: several threads file mail.
    return str(snowballstemmer.stemmer(name).stemWord(word)) if name else word


def indexed(text: str, language: str) -> str:
    """Return `text` as the full-text index has it: the stem of every word, in order."""
    return " ".join(stem(word, language) for word in _WORD.findall(text[:MAX_INDEXED].casefold()))
