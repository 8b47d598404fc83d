"""The lines of a body, each with what its own form or its client's mark-up says about who wrote it."""

import re
from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple

INVISIBLE = (
    " \t\u00a0\u00ad\u200b\u200c\u200d\u200e\u200f\u202f\u2060\u2063\u3000\ufeff"
    "\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)
"""Blanks, and signs that show nothing, among them those that turn the direction of Hebrew and Arabic."""
LONGEST_READ = 400
"""Characters of a line that are looked at: no separator or signature line is longer, and matching stays bounded."""

MARKS_WITHIN = 4
"""Characters at the beginning of a line among which its first quote mark is."""
_BETWEEN_MARKS = re.compile(r">>> [^>\n]{1,120}(?:<[^<>\s]{1,120}> [^>\n]{1,60})?\b\d{1,2}:\d\d\b[^>\n]{0,12} >>>\s*$")
_MARKS = re.compile(rf"[{INVISIBLE}]*(?:>[{INVISIBLE}]?)+")


class Hint(StrEnum):
    """What mark-up says about a line; plain text has no hints."""

    NONE = ""
    """Nothing; false, since every line is asked."""
    QUOTED = "quoted"
    """Inside an element in which a mail client repeats an earlier message."""
    FRAMED = "framed"
    """Inside a block quotation that clients make of earlier mail, and also when a writer asks for one."""
    INDENTED = "indented"
    """Inside a block quotation that no client is known to have made: the writer may have."""
    ATTRIBUTION = "attribution"
    """Inside an element in which a client names the writer and time of what follows."""
    CUT = "cut"
    """The first line after the place where a client began the earlier message."""
    SIGNATURE = "signature"
    """Inside a client's signature element."""


class Line(NamedTuple):  # made for every line of every mail: a dataclass takes three times as long
    """One line of a body."""

    raw: str
    """As it is shown."""
    bare: str
    """Without quote marks and outer blanks, `LONGEST_READ` characters at most."""
    depth: int = 0
    """How many times it is quoted."""
    hint: Hint = Hint.NONE

    @property
    def is_blank(self) -> bool:
        """Whether it shows nothing but, perhaps, quote marks."""
        return not self.bare


_EMPTY = Line("", "")


def of_text(text: str) -> list[Line]:
    """Return the lines of plain `text`, whatever its line ends."""
    raws = (text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text).split("\n")
    if ">" not in text:
        return [Line(raw, raw[:LONGEST_READ].strip(INVISIBLE)) if raw else _EMPTY for raw in raws]
    lines: list[Line] = []
    for raw in raws:
        if ">" not in raw[:MARKS_WITHIN]:
            lines.append(Line(raw, raw[:LONGEST_READ].strip(INVISIBLE)) if raw else _EMPTY)
        elif is_wrapped_bracket(raw, lines):
            lines.append(Line(raw, raw.strip(INVISIBLE)))
        else:
            lines.append(of(raw))
    return lines


def of(raw: str, *, depth: int = 0, hint: Hint = Hint.NONE) -> Line:
    """Return `raw` as a Line; quote marks in it add to the `depth` its mark-up gives."""
    marks, rest = quote_marks(raw)
    return Line(raw, rest[:LONGEST_READ].strip(INVISIBLE), depth + marks, hint)


def quote_marks(raw: str) -> tuple[int, str]:
    """Return how many `>` begin the line, a blank or none before each (RFC 3676 section 4.5), and what follows them.

    A time between such marks is GroupWise's attribution, and not marked.
    """
    if raw.startswith(">>> ") and is_between_marks(raw):
        return 0, raw
    found = _MARKS.match(raw) if ">" in raw[:MARKS_WITHIN] else None
    return (found[0].count(">"), raw[found.end() :]) if found else (0, raw)


def is_between_marks(said: str) -> bool:
    """Whether a line is a time between marks, as in `>>> Ann <ann@example.org> 3/3/2026 9:12 AM >>>`."""
    return _BETWEEN_MARKS.match(said) is not None


def is_wrapped_bracket(raw: str, before: Sequence[Line]) -> bool:
    """Whether `raw` closes an address that a client cut in two, as in `<ann@example.org` and then `>:`."""
    if len(raw) > 40 or not raw.startswith(">") or raw.rstrip(INVISIBLE)[-1] not in ":：":
        return False
    last = " ".join(line.bare for line in before[-3:] if not line.depth)
    return last.count("<") > last.count(">")


def next_shown(lines: Sequence[Line], at: int) -> Line | None:
    """Return the first line from `at` on that is not blank."""
    return next((lines[i] for i in range(at, len(lines)) if lines[i].bare), None)


def shown(lines: Sequence[Line]) -> str:
    """Join `lines` as they are shown, without blank lines around them."""
    first, last = 0, len(lines)
    while first < last and not lines[first].raw.strip(INVISIBLE):
        first += 1
    while last > first and not lines[last - 1].raw.strip(INVISIBLE):
        last -= 1
    return "\n".join([line.raw for line in lines[first:last]])
