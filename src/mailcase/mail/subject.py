"""Subjects of our mails: without the `Re:` and case tags that pile up, one line, and not too long."""

import re

MAX_ECHOED = 78  # GUARANTEES, limits: of a customer's subject

# Reply and forward marks of the mail clients of the languages we meet, with counters as in `Re[2]:`.
_PREFIX = re.compile(
    r"(?:re|aw|antw|antwort|sv|vs|ref|rif|r|res|odp|ynt|atb|wg|fw|fwd|fs|vb|tr|rv|enc|i|doorst|betreff)"
    r"(?:\[\d{1,3}\]|\(\d{1,3}\)|\^\d{1,3})?\s?[::]\s*",
    re.IGNORECASE,
)
_TAG = re.compile(r"\[CAS-[0-9A-Z-]{1,30}\]\s*", re.IGNORECASE)
# Controls, line and paragraph separators, and marks that turn the reading direction (they can hide what a text says).
_INVISIBLE = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]+")


def one_line(text: str) -> str:
    """Return `text` on one line: every run of white space, controls and direction marks is one space."""
    return _INVISIBLE.sub(" ", text).strip()


def bare_subject(text: str) -> str:
    """Return a subject without reply marks and case tags, one line of MAX_ECHOED characters at most."""
    bare = _TAG.sub("", one_line(text)[: 4 * MAX_ECHOED])
    while match := _PREFIX.match(bare):
        bare = bare[match.end() :]
    return shortened(bare.strip(), MAX_ECHOED)


def shortened(text: str, length: int) -> str:
    """Return `text` cut to `length` characters at most, at the end of a word where there is one, with an ellipsis."""
    if len(text) <= length:
        return text
    cut = text[: length - 1]
    head, space, _ = cut.rpartition(" ")
    return (head if space and len(head) > length // 2 else cut).rstrip() + "…"
