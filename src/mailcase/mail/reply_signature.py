"""Signatures: where, in the lines that the writer sent, the name card begins.

Certain: the delimiter `-- ` (RFC 3676 section 4.3), "Sent from my phone" in many languages, disclaimers and the
footers of lists. Less certain, so believed only of short lines at the very end: drawn lines, a name after "Regards,"
(the closing words stay with the text, they are the writer's), `-Name` and `/Name`.
"""

import re
from collections.abc import Sequence
from itertools import islice

from mailcase.mail.reply_breaks import is_rule
from mailcase.mail.reply_lines import Line
from mailcase.mail.reply_phrases import (
    CLOSING_ENDS,
    CLOSINGS,
    DEVICE,
    DISCLAIMERS,
    FOOTERS,
    MOBILE,
    NEVER_MOBILE,
    OPENERS,
    PARTICLES,
)

DELIMITER = "--"
MOST_CARD_LINES = 12
"""Lines of a name card that no certain mark begins."""
MOST_CARDS = 3
"""Cards above each other: a name, a company, "Sent from my phone"."""
MOST_NAME_LINES = 8
"""Lines of a name card after closing words."""

_SENTENCE = re.compile(r"[.!?;,:]\s+\S|[!?;]$")
_LINKS = ("http", "www.", "mailto:")
"""How a link begins."""
_LINK = re.compile(r"\s?[<(\[]\s?(?:https?:|www\.|mailto:)[^<>\s]{1,300}[>)\]]")
_MOST_MOBILE_WORDS = 9
_EXCUSES = (
    "please ",
    "kindly ",
    "bitte ",
    "veuillez ",
    "désolé pour ",
    "sorry for ",
    "apologies for ",
    "excuse ",
    "pardon ",
    "forgive ",
)
_BESIDE = re.compile(  # "Please excuse typos", "a 5G smartphone"; in lower case
    rf"(?:[\s.,;:!–—-]+(?:so |and )?(?:{'|'.join(_EXCUSES)})[^.?]{{0,60}}[.!]?"
    r"|\s?, (?:an?|the) [^,.!?]{1,40}(?:phone|device|tablet|app|client)(?: for \w{1,12})?)$"
)
_BESIDE_WORDS = (*_EXCUSES, ", a", ", the")
"""One of them is wherever there is one of those."""
_AROUND = "*_[]()<>|-–. \u00a0"
"""What may stand around the line that a program adds."""
_BEFORE = _AROUND + "\t\r\f\v\x1c\x1d\x1e\x1f"

_OPENERS, _NEVER_MOBILE = (frozenset(opener.ljust(3) for opener in table) for table in (OPENERS, NEVER_MOBILE))

_AMOUNT_LAST = re.compile(r"^[^\d@+]{1,30}\d[\d.,]*\s?[^\d\s]{0,4}$")
_NO_NAME = re.compile(r"\b\d+\b|: ")
_HAN_PHRASE = re.compile(r"[\u3041-\u3096]|^[\u4e00-\u9fff]{5,}$")
"""Letters of Japanese endings, and more Chinese characters than a name has."""
_POSTSCRIPT = re.compile(r"(?:p\.?\s?[sd]|n\.?\s?b)(?:\.\s|\.?\s?[:,–—-])|ps\s", re.IGNORECASE)
_POINTS = ("- ", "* ", "• ")
_DASHED_NAME = re.compile(r"^[-–—/~]\s?[^\W\d_]['’\w.-]{0,30}(?:\s[^\W\d_]['’\w.-]{0,30}){0,3}$")
_PUNCTUATION = " ,.!;:-–—\u00a0"


def signature_start(lines: Sequence[Line], start: int, end: int) -> int:
    """Return where the signature of the writer's lines `start` to `end` begins; `end` when there is none.

    A signature may be all of them: then the caller decides whether anything else was written.
    """
    begin = _certain(lines, start, end)
    for _ in range(MOST_CARDS):
        below, begin = begin, _probable(lines, start, begin)
        if begin == below:
            break
    return _with_rule(lines, start, begin) if begin < end else end


def _with_rule(lines: Sequence[Line], start: int, begin: int) -> int:
    """Return where the line drawn right above a signature stands, or `begin`."""
    above = begin
    while above > start and lines[above - 1].is_blank:
        above -= 1
    return above - 1 if above > start and is_rule(lines[above - 1]) and not _is_row(lines[above - 1]) else begin


def _certain(lines: Sequence[Line], start: int, end: int) -> int:
    """Return where a certain mark stands; marks that only short lines may follow are looked for near the end."""
    bares = [line.bare for line in lines[start:end]]
    marks = [at for at, bare in enumerate(bares, start) if bare and (bare == DELIMITER or may_be_certain(bare))]
    said = -1
    for at in marks:
        line = lines[at]
        if line.bare == DELIMITER:
            if line.raw in ("-- ", "--\u00a0"):  # RFC 3676 section 4.3
                return at
            if _is_near(lines, at, end) and _is_card(lines, at + 1, end, MOST_CARD_LINES * 2, sentences=3):
                return at
        elif (may_be_mobile(line.bare) and _is_mobile(lines, at, end)) or FOOTERS.match(line.bare):
            return at
        elif DISCLAIMERS.match(line.bare) and (at == start or not lines[at - 1].bare or is_rule(lines[at - 1])):
            said = said if said >= at else _last_said(lines, at, end)  # looked for twice at most
            if said < at:
                return at
    return end


def _is_near(lines: Sequence[Line], at: int, end: int) -> bool:
    """Whether a line is so near to the end that a mark is believed which only short lines may follow."""
    shown = (1 for i in range(at, end) if lines[i].bare)
    return sum(islice(shown, MOST_CARD_LINES * 2 + 2)) <= MOST_CARD_LINES * 2 + 1


def _last_said(lines: Sequence[Line], at: int, end: int) -> int:
    """Return the last line below what begins as a disclaimer that ends as a letter does, or asks something; -1 for none."""
    below = reversed(range(at, end))
    return next((i for i in below if lines[i].bare.endswith("?") or is_closing(lines[i].bare)), -1)


def may_be_certain(bare: str) -> bool:
    """Whether a line begins as one that a table knows may: a cheap look, since nearly no line is one.

    A line with other letters than English ones may begin in too many ways; a link that is not in brackets is none.
    """
    return not bare.isascii() or (bare.lstrip(_BEFORE)[:3].lower() in _OPENERS and not bare.startswith(_LINKS))


def may_be_mobile(bare: str) -> bool:
    """Whether a line does not begin as only disclaimers and footers do, as sentences do so often."""
    return not bare.isascii() or bare.lstrip(_BEFORE)[:3].lower() not in _NEVER_MOBILE


def _is_mobile(lines: Sequence[Line], at: int, end: int) -> bool:
    """Whether a program signed here: by its own name, or below everything else."""
    bare = lines[at].bare
    if not is_mobile_line(bare):
        return False
    if DEVICE.search(bare):
        return True
    above = next((lines[i].bare for i in range(at - 1, max(at - 4, -1), -1) if lines[i].bare), "")
    return not above.endswith((":", "：")) and _is_near(lines, at, end) and _is_card(lines, at, end, MOST_CARD_LINES)


def is_mobile_line(bare: str) -> bool:
    """Whether the line is what a program adds by itself: "Sent from my phone" and nothing more."""
    if len(bare) > 160 or bare.count(" ") > _MOST_MOBILE_WORDS * 2:
        return False
    said = (_LINK.sub("", bare) if any(map(bare.__contains__, _LINKS)) else bare).lower()
    if any(map(said.__contains__, _BESIDE_WORDS)):
        said = _BESIDE.sub("", said)
    said = said.strip(_AROUND)
    if len(said.split()) > _MOST_MOBILE_WORDS or _SENTENCE.search(said):
        return False
    return bool(MOBILE.match(said))


def _probable(lines: Sequence[Line], start: int, end: int) -> int:
    """Return where a name card at the very end of the lines begins, judged by its form; `end` when there is none."""
    last = end
    while last > start and lines[last - 1].is_blank:
        last -= 1
    seen = 0
    for at in range(last - 1, max(start, last - 40) - 1, -1):
        line = lines[at]
        if not line.bare:
            continue
        if seen and is_rule(line) and not _is_row(line) and _is_ruled_card(lines, at + 1, last):
            return at
        if seen and seen <= MOST_NAME_LINES and is_closing(line.bare) and _is_name_card(lines, at + 1, last):
            return at + 1
        seen += 1
        if seen > MOST_CARD_LINES:
            break
    return last - 1 if seen and _is_dashed_name(lines, start, last - 1) else end


def is_sign_off(lines: Sequence[Line], start: int, end: int) -> bool:
    """Whether the lines are nothing but closing words and a name, on one line or on several."""
    shown = [lines[at].bare for at in range(start, end) if lines[at].bare]
    if not shown or len(shown) > MOST_NAME_LINES:
        return False
    words, _, name = shown[0].partition(",")
    if not is_closing(words) or (name.strip(_PUNCTUATION) and not _is_name(name)):
        return False
    below = [at for at in range(start, end) if lines[at].bare][1:]
    while below and is_closing(lines[below[0]].bare):
        del below[0]
    return not below or _is_name_card(lines, below[0], end)


def is_closing(bare: str) -> bool:
    """Whether the line is closing words such as "Regards,"."""
    if len(bare) > 60:
        return False
    words = bare.lower().strip(_PUNCTUATION)
    return words in CLOSINGS or (words.endswith(CLOSING_ENDS) and len(words.split()) <= 5)


def _is_row(line: Line) -> bool:
    """Whether a drawn line is more likely part of a table or a heading: made of equal signs or stars."""
    bare = line.bare
    return bare[0] in "=#*~+|<>" or "+" in bare or "|" in bare or ("-- " in bare and " --" in bare)


def _is_card(lines: Sequence[Line], start: int, end: int, most: int, *, sentences: int = 1) -> bool:
    """Whether all lines are short and few, and at most `sentences` are prose: a card, or one with notices after it."""
    count = prose = 0
    for at in range(start, end):
        bare = lines[at].bare
        if not bare or is_rule(lines[at]):
            continue
        if DISCLAIMERS.match(bare) or FOOTERS.match(bare):
            return True
        count += 1
        prose += _is_prose(bare)
        if (
            (bare[0] in "pPnN" and _POSTSCRIPT.match(bare))
            or count > most
            or prose > sentences
            or len(bare) > 90
            or bare.endswith("?")
        ):
            return False
    return count > 0


def _is_prose(bare: str) -> bool:
    """Whether the line is a sentence or reads like a line of one."""
    words = bare.split()
    ends = bare[-1] in ".!?:" and not bare.endswith(("Inc.", "Ltd.", "Co."))
    return len(words) > 5 and (ends or (len(words) > 7 and sum(word[0].islower() for word in words) * 2 > len(words)))


def _is_name_card(lines: Sequence[Line], start: int, end: int) -> bool:
    shown = [lines[at].bare for at in range(start, end) if lines[at].bare]
    if not shown or is_closing(shown[0]) or (len(shown) > 1 and all(bare.startswith(_POINTS) for bare in shown[:2])):
        return False
    return _is_name(shown[0]) and _is_card(lines, start, end, MOST_NAME_LINES, sentences=0)


def _is_ruled_card(lines: Sequence[Line], start: int, end: int) -> bool:
    """Whether what stands below a drawn line is a card, and not the sum of what stands above it."""
    if not _is_card(lines, start, end, MOST_CARD_LINES, sentences=0):
        return False
    first = next(lines[at].bare for at in range(start, end) if lines[at].bare)
    return not _AMOUNT_LAST.search(first)


def _is_name(bare: str) -> bool:
    words = bare.strip("*_,. \u00a0").split()
    if not 1 <= len(words) <= 5 or len(bare) > 48 or bare.endswith(("?", "!", ":")) or _NO_NAME.search(bare):
        return False
    if bare.lower() == bare.upper():  # without small and capital letters all words look alike
        return len(words) <= 3 and not _HAN_PHRASE.search(bare)
    return all(word.lower() in PARTICLES or not word[0].islower() for word in words)


def _is_dashed_name(lines: Sequence[Line], start: int, at: int) -> bool:
    """Whether the last line is `-Ann` or `/Ann`, alone in its paragraph and no point of a list."""
    bare = lines[at].bare
    if at == start or not lines[at - 1].is_blank or not _DASHED_NAME.match(bare) or not _is_name(bare[1:].strip()):
        return False
    return not any(line.bare.startswith((bare[0] + " ", bare[0] + "\t")) for line in lines[max(start, at - 40) : at])
