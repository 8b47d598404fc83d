"""Which lines of a body are quoted.

Lines with quote marks, or inside a client's quotation, are quoted. A break (an attribution, a header block) before
quoted lines belongs to them; what follows those lines is the writer's again, so answers between the lines are found.
A break before lines without marks begins a tail: all that follows is earlier mail. A break with nothing above it is
the mail's own heading. Whatever stays doubtful is text.
"""

import re
from collections.abc import Sequence

from mailcase.domain.email import Confidence
from mailcase.mail.reply_attribution import Strength, attribution_at
from mailcase.mail.reply_breaks import Break, BreakKind, break_at, forwards, is_rule, may_break
from mailcase.mail.reply_headers import MOST_WRAPPED, field_of, header_block_end
from mailcase.mail.reply_lines import Hint, Line, next_shown
from mailcase.mail.reply_sheet import Part, Sheet

WRAPPED_FROM = 60
"""Characters from which a quoted line may have been cut, so that its rest stands without a mark below it."""
PROMPT_DEPTH = 3
"""`>>>` and more without `>` before it is a prompt of a program, not a quotation."""
MOST_OWN_MARKS = 3
"""Marks of clients of their own in one mail."""
BLOCK_LOOKED_AT = 12
"""Lines of a quotation in which its own attribution is looked for."""

_QUOTATION_MARKS = "\"“”„«»‘'"
_LINK_OPENS = ("(http", "<http")
_OWN_MARK = re.compile(r"^(?:[^\W\d_]{1,5}>|[#|:%}+])(?=\s|$)")
_COMPARED = re.compile(r"[\d.,]+(?![\d.,)/:-])")
_ELISION = re.compile(r"^(?:[\[<({][^\])}>]{0,30}[\])}>]|[.…]{1,10})$")


def mark_quoted(sheet: Sheet) -> None:
    """Give the quoted lines of the sheet their part, and say how sure that is and whether the mail is a forward."""
    _mark_breaks(sheet)
    if Part.QUOTED in sheet.parts:
        _judge_blocks(sheet)
        _join_wrapped(sheet)


def _mark_breaks(sheet: Sheet) -> None:
    """Find the breaks down to the first that is followed by unmarked lines; it begins the tail."""
    lines, floor, below, first_text = sheet.lines, 0, 0, len(sheet.lines)
    for at in [at for at, line in enumerate(lines) if line.bare and (not line.depth or line.hint) and may_break(line)]:
        found = break_at(lines, at, floor) if at >= below and _may_introduce(lines[at]) else None
        if not found:
            continue
        if found.kind is BreakKind.FORWARD:
            sheet.is_forward = True
            return
        first_text = min(first_text, _first_written(lines, below, at))
        below = max(found.end, at + 1)
        marked = _marked_from(sheet, found)
        if marked is not None:
            floor = below
            _introduce(sheet, found, marked)
        elif found.kind is not BreakKind.NAMED and first_text < found.start and not _is_told(sheet, found):
            sheet.tail = found.end
            _introduce(sheet, found, len(lines))
            return
        else:
            first_text = min(first_text, found.start)


def _may_introduce(line: Line) -> bool:
    """Whether a line is not itself quoted, unless its mark-up says that it introduces something."""
    return bool(line.bare) and (not line.depth or line.hint in (Hint.CUT, Hint.ATTRIBUTION))


def _first_written(lines: Sequence[Line], start: int, end: int) -> int:
    """Return which of the lines `start` to `end`, among which no break is, is the first new text; or `len(lines)`."""
    written = (at for at in range(start, end) if lines[at].bare and not lines[at].depth and not is_rule(lines[at]))
    return next(written, len(lines))


def _is_told(sheet: Sheet, found: Break) -> bool:
    """Whether the writer tells what somebody wrote, between quotation marks."""
    below = next_shown(sheet.lines, found.end)
    told = found.kind is BreakKind.ATTRIBUTION and below is not None and sheet.lines[found.start].hint is Hint.NONE
    return (
        told and below is not None and below.bare[0] in _QUOTATION_MARKS and "@" not in sheet.lines[found.end - 1].bare
    )


def _marked_from(sheet: Sheet, found: Break) -> int | None:
    """Return where the marked lines begin that a break introduces; None when what follows it has no marks."""
    lines, depth = sheet.lines, sheet.lines[found.start].depth
    at = found.end
    while at < len(lines) and (not lines[at].bare or _ELISION.match(lines[at].bare)):
        at += 1
    if at == len(lines) or found.kind in (BreakKind.ABOVE, BreakKind.FORWARD):
        return None
    if lines[at].depth > depth or _mark_own(sheet, at):
        return at
    if found.kind is not BreakKind.ATTRIBUTION:
        return None
    while at < len(lines) and lines[at].depth <= depth:
        if lines[at].bare and may_break(lines[at]) and break_at(lines, at, found.end):
            return None  # the marks below belong to that break
        at += 1
    if at == len(lines) or _names_itself(lines, at, min(len(lines), at + BLOCK_LOOKED_AT)):
        return None
    return found.end


def _mark_own(sheet: Sheet, at: int) -> bool:
    """Mark the lines that begin as `lines[at]` does, where a client marks with initials (`AB>`) or a sign of its own."""
    lines = sheet.lines
    mark = _OWN_MARK.match(lines[at].bare)
    following = next_shown(lines, at + 1)
    if (
        mark is None
        or (mark[0] == "|" and lines[at].bare.endswith("|"))  # a row of a table
        or sheet.own_marks == MOST_OWN_MARKS
        or not (mark[0].endswith(">") or (following and following.bare.startswith(mark[0])))
    ):
        return False
    sheet.own_marks += 1
    for i in range(at, len(lines)):
        if not lines[i].depth and lines[i].bare.startswith(mark[0]):
            lines[i] = lines[i]._replace(depth=1, bare=lines[i].bare[len(mark[0]) :].strip())
            sheet.parts[i] = Part.QUOTED
    return True


def _introduce(sheet: Sheet, found: Break, end: int) -> None:
    """Give a break, drawn lines above it, and for a tail all below it, to the quoted lines."""
    start = found.start
    while start and (sheet.lines[start - 1].is_blank or is_rule(sheet.lines[start - 1])):
        start -= 1
    sheet.mark(start, end, Part.QUOTED)
    sheet.introduced.append(found.end)
    sure = found.kind not in (BreakKind.ORIGINAL, BreakKind.NAMED)
    sheet.confidence = Confidence.HIGH if sure or sheet.confidence is Confidence.HIGH else Confidence.MEDIUM


def _judge_blocks(sheet: Sheet) -> None:
    """Keep as text the marked lines that nothing shows to be a quotation: one line, a prompt, an indented paragraph."""
    blocks = _blocks(sheet)
    introduced = iter(sorted(sheet.introduced))
    due = next(introduced, None)
    doubtful: list[tuple[int, int]] = []
    is_sure = bool(sheet.introduced)
    for start, end in blocks:
        is_introduced = False
        while due is not None and due <= start:
            is_introduced, due = not sheet.has_text(due, start), next(introduced, None)
        proof = Confidence.HIGH if is_introduced else _proof(sheet.lines, start, end)
        if is_introduced:
            continue
        if not sheet.introduced and any(forwards(line) for line in sheet.lines[start : min(end, start + 3)]):
            sheet.is_forward = True
        if proof is Confidence.LOW:
            doubtful.append((start, end))
        else:
            is_sure = True
            sheet.confidence = proof if sheet.confidence is not Confidence.HIGH else sheet.confidence
    for start, end in doubtful:
        if not is_sure or _is_unusual(sheet.lines, start, end):
            sheet.mark(start, end, Part.TEXT)


def _blocks(sheet: Sheet) -> list[tuple[int, int]]:
    """Return the runs of marked lines, before the tail; blank lines do not end a run."""
    found: list[tuple[int, int]] = []
    start, end = -1, -1
    for at, line in enumerate(sheet.lines[: sheet.tail]):
        if line.depth:
            start = at if start < 0 else start
            end = at + 1
        elif line.bare and start >= 0:
            found.append((start, end))
            start = -1
    return [*found, (start, end)] if start >= 0 else found


def _proof(lines: Sequence[Line], start: int, end: int) -> Confidence:
    """Say how sure it is that marked lines, which no break introduces, repeat an earlier message."""
    if any(line.hint and line.hint is Hint.QUOTED for line in lines[start:end]):
        return Confidence.HIGH
    if _names_itself(lines, start, min(end, start + BLOCK_LOOKED_AT)):
        return Confidence.HIGH
    if _is_unusual(lines, start, end) or all(line.hint is Hint.FRAMED for line in lines[start:end] if line.depth):
        return Confidence.LOW
    return Confidence.MEDIUM if sum([line.depth > 0 for line in lines[start:end]]) > 1 else Confidence.LOW


def _names_itself(lines: Sequence[Line], start: int, end: int) -> bool:
    """Whether the marked lines themselves say who wrote them."""
    has_fields = any(map(field_of, lines[start : end + MOST_WRAPPED]))
    return any(
        attribution_at(lines, at, start)[1] is Strength.STRONG or (has_fields and header_block_end(lines, at))
        for at in range(start, end)
        if lines[at].depth and lines[at].bare
    )


def _is_unusual(lines: Sequence[Line], start: int, end: int) -> bool:
    """Whether marked lines look like a prompt, like comparisons (`> 20 volts`), or like a paragraph that the writer indented."""
    marked = [line for line in lines[start:end] if line.depth]
    if min(line.depth for line in marked) >= PROMPT_DEPTH or all(line.hint is Hint.INDENTED for line in marked):
        return True
    return all(line.depth == 1 and _COMPARED.match(line.bare) for line in marked)


def _join_wrapped(sheet: Sheet) -> None:
    """Give to the quoted lines the rest of a long one, which a client cut without marking what it cut off."""
    lines, depths = sheet.lines, [line.depth for line in sheet.lines]
    for at in [at for at, (above, below) in enumerate(zip(depths, depths[2:], strict=False), 1) if above and below]:
        before, line = lines[at - 1], lines[at]
        if (
            sheet.is_text(at)
            and sheet.parts[at - 1] is Part.QUOTED
            and (_is_rest_of_line(before, line.bare) or _is_rest_of_link(before.bare, line.bare))
        ):
            sheet.mark(at, at + 1, Part.QUOTED)


def _is_rest_of_line(before: Line, bare: str) -> bool:
    return len(before.raw) >= WRAPPED_FROM and before.bare[-1:] not in ".!?:…" and bare[0].islower()


def _is_rest_of_link(before: str, bare: str) -> bool:
    """Whether a client cut a quoted line at a link in brackets: before it, so that the mark is behind it, or inside it."""
    if bare.endswith((") >", "> >")) and bare.startswith(_LINK_OPENS):
        return True
    opened = max(map(before.rfind, _LINK_OPENS))
    return opened >= 0 and bare.endswith((")", ">")) and not set(before[opened:] + bare[:-1]) & set(" )>")
