"""How alike two texts are, by the words that they share: to suggest a merge, never to do one."""

import re
from collections.abc import Iterable

MAX_TEXT = 4_000  # characters that are compared; what a mail is about stands at its top
LIKENESS = 0.4  # share of common words from which two cases of one customer may be the same matter
MIN_WORDS = 2  # in common
_WORD = re.compile(r"\w{3,}")


def words_of(text: str) -> frozenset[str]:
    """Return the words of three letters or more in `text`, in lower case, without those that every mail has."""
    return frozenset(_WORD.findall(text[:MAX_TEXT].casefold())) - COMMON


def likeness(one: frozenset[str], other: frozenset[str]) -> float:
    """Return how alike two sets of words are, from 0 to 1: the share of the smaller set that is in the other."""
    smaller = min(len(one), len(other))
    common = len(one & other)
    return common / smaller if smaller and common >= MIN_WORDS else 0.0


def _split(lines: Iterable[str]) -> frozenset[str]:
    return frozenset(word for line in lines for word in line.split())


COMMON = _split((
    "the and you for are with that this have from not but your our was will can please hello dear thanks thank regards kind",
    "what when which who how why there they them has had been any all out get got one two help best hi morning since still",
    "und der die das den dem ein eine einen ich wir sie ist nicht mit auf für von zu bei wie was bitte hallo danke liebe lieber",
    "sehr geehrte geehrter damen herren grüßen grüße freundlichen mit unser unsere haben hat kann können noch seit immer",
    "les des une est pas que qui dans pour avec sur nous vous bonjour merci cordialement madame monsieur notre votre depuis",
    "los las una con para por que del hola gracias saludos estimado estimada nuestro nuestra está desde favor",
))  # fmt: skip
