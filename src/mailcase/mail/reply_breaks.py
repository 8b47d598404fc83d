"""Where an earlier message begins: attributions, header blocks, "Original Message" and "reply above this line".

Forwards are told apart, because what is forwarded belongs to what the writer wants read.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from mailcase.mail.reply_attribution import INLINE, LAST_LETTERS, TAILS, Strength, attribution_at, is_inline, is_tail
from mailcase.mail.reply_headers import Field, field_of, header_block_end
from mailcase.mail.reply_lines import INVISIBLE, Hint, Line, is_between_marks
from mailcase.mail.reply_phrases import ABOVE, FORWARD, ORIGINAL


class BreakKind(StrEnum):
    """What kind of line the earlier message begins with."""

    ATTRIBUTION = "attribution"
    """`On … Ann wrote:` with a time or an address, or a client's element for it."""
    NAMED = "named"
    """`Ann wrote:`, which counts only before quoted lines."""
    HEADERS = "headers"
    """A header block."""
    ORIGINAL = "original"
    """`----- Original Message -----` without a header block."""
    FORWARD = "forward"
    """`---------- Forwarded message ----------` and its like."""
    ABOVE = "above"
    """`-- Please reply above this line --`."""
    CUT = "cut"
    """A client's element between the new and the earlier message."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Break:
    """The lines `start` to `end` (exclusive) that introduce an earlier message."""

    start: int
    end: int
    kind: BreakKind


LONG_DASHES = ("—", "–")
"""Drawn lines of one sign."""
_RULES = "-_=*#~—–+<>|\u2010\u2011\u2012\u2015\u2212\u2500\u2501"
_DECORATED = re.compile(
    rf"^\s?[{re.escape(_RULES)}]{{2,80}}\s{{0,3}}([^\s].{{1,90}}?)[\s:：]{{0,3}}[{re.escape(_RULES)}]{{0,80}}$"
)
_DRAWN_BOTH = re.compile(r"^[-_=*]{2,40}\s?[^\W\d_][^\n]{1,60}?\s?[-_=*]{2,40}$")
"""A phrase of any language between drawn lines: it introduces a message when a header block follows."""
_FORWARDED_BY = re.compile(r"^forwarded by \S", re.IGNORECASE)
_ASKED = re.compile(r"^(?:to reply,? )?(?:please |bitte )?(?:(?:type|write|enter) your (?=reply))?")
_AROUND = " .:!…()[]←↑-–—"
_ABOVE_MOST = 160
_ABOVE_BESIDE = 24  # characters such as "please type your"


_DRAWN = _RULES + INVISIBLE
_ENDS = ":：*_-–—=|"
"""A colon, and what may be drawn behind it or behind a phrase."""
_LOOSE = " \t\u00a0*_-–—=|.:!…：)]"
"""What may stand behind the last word of a break."""
_SPOKEN_ENDS = ":：*"
"""What stands behind a phrase that is not drawn."""
_ABOVE_TAILS = frozenset(phrase[-LAST_LETTERS:] for phrase in ABOVE)
_SPOKEN_TAILS = _ABOVE_TAILS | TAILS


def is_rule(line: Line) -> bool:
    """Whether the line is only a drawn line."""
    return (len(line.bare) >= 2 or line.bare in LONG_DASHES) and not line.bare.strip(_DRAWN)


def may_break(line: Line) -> bool:
    """Whether `break_at` may find one in a line that is not blank: a cheap look, since nearly no line is one.

    A break is drawn, has a field name, ends in a colon or an address, or ends in one of the words of a table.
    """
    bare = line.bare
    if line.hint:
        return True
    if bare[0] in _RULES and not bare[:2].strip(_RULES):
        return not is_rule(line)
    last = bare[-1]
    if last in _ENDS or ((":" in bare or "：" in bare) and (field_of(line) or INLINE in bare)):
        return True
    return "@" in bare if last == ">" else is_tail(bare.rstrip(_LOOSE), _SPOKEN_TAILS)


def _may_be_above(last: str) -> bool:
    """Whether a line may ask to reply above it, by its last letters."""
    return last[-LAST_LETTERS:].lower() in _ABOVE_TAILS


def break_at(lines: Sequence[Line], at: int, floor: int) -> Break | None:
    """Return the break that shows at `lines[at]`; an attribution that ends there may begin earlier, not before `floor`."""
    line = lines[at]
    introduction = (_hinted(lines, at) if line.hint else None) or _introduction(lines, at)
    if introduction:
        return introduction
    if field_of(line) and (at == floor or not field_of(lines[at - 1])) and (end := header_block_end(lines, at)):
        return Break(start=at, end=end, kind=BreakKind.HEADERS)
    start, strength = attribution_at(lines, at, floor)
    if not strength:
        is_all = INLINE in line.bare and is_inline(line.bare)
        return Break(start=at, end=at + 1, kind=BreakKind.ATTRIBUTION) if is_all else None
    return Break(
        start=start, end=at + 1, kind=BreakKind.ATTRIBUTION if strength is Strength.STRONG else BreakKind.NAMED
    )


def forwards(line: Line) -> bool:
    """Whether the line, quoted or not, introduces a forwarded message."""
    return _spoken(line) is BreakKind.FORWARD


def _introduction(lines: Sequence[Line], at: int) -> Break | None:
    """Return the break of a phrase, and of the header block below it."""
    bare = lines[at].bare
    if bare[0] not in _RULES and bare[-1] not in _SPOKEN_ENDS and not _may_be_above(bare.rstrip(_LOOSE)):
        return None
    spoken = _spoken(lines[at])
    if not spoken and not _DRAWN_BOTH.match(lines[at].bare):
        return None
    below = _after(lines, at)
    if spoken is BreakKind.ORIGINAL and field_of(lines[below]) is Field.TRANSPORT:
        return None  # a bounce, or a mail somebody pasted with all of its header
    block_end = header_block_end(lines, below) if field_of(lines[below]) else None
    if spoken in (None, BreakKind.ORIGINAL) and block_end:
        return Break(start=at, end=block_end, kind=BreakKind.HEADERS)
    return Break(start=at, end=block_end or at + 1, kind=spoken) if spoken else None


def _hinted(lines: Sequence[Line], at: int) -> Break | None:
    """Return the break of a client's element: all lines of an attribution, or the place of a cut."""
    if lines[at].hint is Hint.CUT:
        return Break(start=at, end=header_block_end(lines, at) or at, kind=BreakKind.CUT)
    if lines[at].hint is not Hint.ATTRIBUTION:
        return None
    end = at
    while end < len(lines) and lines[end].hint is Hint.ATTRIBUTION:
        end += 1
    is_forward = any(forwards(line) for line in lines[at:end])
    return Break(start=at, end=end, kind=BreakKind.FORWARD if is_forward else BreakKind.ATTRIBUTION)


def _spoken(line: Line) -> BreakKind | None:
    """Return what a phrase such as `--- Original Message ---` introduces."""
    bare = line.bare
    if not line.depth and is_between_marks(bare):
        return BreakKind.ATTRIBUTION
    is_drawn = bare[:2].strip(_RULES) == ""
    if not is_drawn and not bare.endswith((":", "：")) and len(bare) > _ABOVE_MOST:
        return None
    if is_drawn or bare.endswith((":", "：", "*")):
        decorated = _DECORATED.match(bare)
        phrase = (decorated[1] if decorated else bare).replace("&nbsp;", "").strip(_RULES + " :：\u00a0").lower()
        if phrase in FORWARD or (decorated and _FORWARDED_BY.match(phrase)):
            return BreakKind.FORWARD
        if decorated and phrase in ORIGINAL:
            return BreakKind.ORIGINAL
    return BreakKind.ABOVE if _is_above(bare, is_drawn=is_drawn) else None


def _is_above(bare: str, *, is_drawn: bool) -> bool:
    """Whether the line asks to reply above it: drawn as a separator, or saying nothing else."""
    if len(bare) > _ABOVE_MOST:
        return False
    if bare.startswith("##-") and bare.endswith("-##"):
        return True  # Zendesk, in whatever language
    if is_drawn:
        said = bare.lower().strip(_RULES + " .:!…")
        return any(phrase in said and len(said) - len(phrase) <= _ABOVE_BESIDE for phrase in ABOVE)
    return _ASKED.sub("", bare.lower().strip(_AROUND)) in ABOVE


def _after(lines: Sequence[Line], at: int) -> int:
    """Return the index of the first line after `at` that is not blank, or of the last line."""
    return next((i for i in range(at + 1, min(len(lines), at + 4)) if lines[i].bare), at)
