"""The three parts of a body: which lines are new, which signature, which quoted, and how sure that is.

First the quoted lines are found, then the signature in the last lines that are left; a forward is shown whole. In
answers between the lines, the lines answered stay in the text, with their marks: without them it says nothing.
"""

from collections.abc import Sequence

from mailcase.domain.email import Confidence, Reply
from mailcase.mail.reply_lines import Hint, Line, shown
from mailcase.mail.reply_quotes import mark_quoted
from mailcase.mail.reply_sheet import Part, Sheet
from mailcase.mail.reply_signature import DELIMITER, is_sign_off, signature_start


def split_lines(lines: Sequence[Line], whole: str) -> Reply:
    """Take a body apart; `whole` is shown when nothing certain is found or the mail is a forward."""
    sheet = Sheet.of(lines)
    mark_quoted(sheet)
    if sheet.is_forward:
        return Reply(text=whole)
    _mark_signatures(sheet)
    _show_marks(sheet)
    return _compose(sheet, whole)


def _mark_signatures(sheet: Sheet) -> None:
    """Find the signature in the writer's last lines, and in those above when the last were nothing else."""
    for at in sheet.hinted:
        if sheet.lines[at].hint is Hint.SIGNATURE and sheet.parts[at] is Part.TEXT:
            sheet.parts[at] = Part.SIGNATURE
            if sheet.lines[at].bare:
                _mark_delimiter(sheet, at)
    end = len(sheet.lines)
    for _ in range(2):
        start, end = _last_text(sheet, end)
        is_all = Part.QUOTED in sheet.parts[:start] and is_sign_off(sheet.lines, start, end)
        begin = start if is_all else signature_start(sheet.lines, start, end)
        if begin == start and not sheet.has_text(0, start):
            return
        sheet.mark(begin, end, Part.SIGNATURE)
        end = start
        if begin > start:
            return


def _mark_delimiter(sheet: Sheet, at: int) -> None:
    """Give the delimiter above a client's signature element, which stands at `at`, to the signature."""
    above = at - 1
    while above >= 0 and not sheet.lines[above].bare:
        above -= 1
    if above >= 0 and sheet.parts[above] is Part.TEXT and sheet.lines[above].bare == DELIMITER:
        sheet.parts[above] = Part.SIGNATURE


def _last_text(sheet: Sheet, end: int) -> tuple[int, int]:
    """Return where the last new lines before `end` begin and end, without blank lines around them."""
    lines, parts, text = sheet.lines, sheet.parts, Part.TEXT
    while end and not (parts[end - 1] is text and lines[end - 1].bare):
        end -= 1
    start = end
    while start and (parts[start - 1] is text or not lines[start - 1].bare):
        start -= 1
    while start < end and not lines[start].bare:
        start += 1
    return start, end


def _show_marks(sheet: Sheet) -> None:
    """Put quote marks before the quoted lines whose depth only the mark-up says."""
    for at in sheet.hinted:
        line = sheet.lines[at]
        if line.hint in (Hint.QUOTED, Hint.FRAMED, Hint.INDENTED) and sheet.parts[at] is Part.QUOTED:
            sheet.lines[at] = line._replace(raw="> " * line.depth + line.raw)


def _compose(sheet: Sheet, whole: str) -> Reply:
    """Put the parts together; in answers between the lines, the lines answered stay in the text."""
    parts = sheet.parts
    if parts.count(Part.TEXT) == len(parts):
        return Reply(text=whole)
    told = [part for part, line in zip(parts, sheet.lines, strict=True) if line.bare]
    if Part.TEXT not in told or told.count(Part.TEXT) == len(told):
        return Reply(text=whole)
    first, last = told.index(Part.TEXT), len(told) - told[::-1].index(Part.TEXT)
    if Part.QUOTED in told[first:last]:
        _keep_answered(sheet)
    return Reply(
        text=_shown(sheet, Part.TEXT),
        signature=_shown(sheet, Part.SIGNATURE),
        quoted=_shown(sheet, Part.QUOTED),
        confidence=Confidence.MEDIUM if sheet.confidence is Confidence.LOW else sheet.confidence,
    )


def _keep_answered(sheet: Sheet) -> None:
    """Give to the text the quoted lines above its last line."""
    last = next(at for at in reversed(range(len(sheet.parts))) if sheet.is_text(at))
    sheet.parts[:last] = [Part.TEXT if part is Part.QUOTED else part for part in sheet.parts[:last]]


def _shown(sheet: Sheet, part: Part) -> str:
    """Return the lines of a part as they are shown."""
    if part not in sheet.parts:
        return ""
    return shown([line for line, own in zip(sheet.lines, sheet.parts, strict=True) if own is part])
