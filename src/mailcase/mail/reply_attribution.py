"""Attribution lines: "On Monday Ann wrote:", in the words of many languages and cut over several lines.

A line is one when it names a time or an address *and* ends as clients end it: with the verb, or, where the verb comes
first (German, Dutch, the Scandinavian languages), with a colon; or, in any language, with an address in angle
brackets and a colon. A verb alone ("Ann wrote:"), or a time and an address with whatever verb, counts only before quoted
lines, which the caller sees.
"""

import re
from collections.abc import Sequence
from enum import IntEnum

from mailcase.mail.reply_lines import Line
from mailcase.mail.reply_phrases import phrases

MOST_LINES = 5
"""Over how many lines a client may cut one attribution."""

LONGEST = 500
"""Characters of an attribution, put together from its lines."""
LONGEST_NAMED = 100
"""Characters of an attribution that names no time."""
LONGEST_ANY = 200
"""Characters of an attribution whose verb is not known."""
LONGEST_VERB = 40
"""Characters at the end of a line in which its verb is looked for."""
LAST_VERBS = phrases("""
    wrote|writes|a wrote|wrote the following|sent the following|has written|schrieb|geschrieben|schrieb folgendes|a écrit|écrit
    a ecrit|écrivait|a envoyé|escribió|escribio|ha escrito|ha escrit|va escriure|escreveu|ha scritto|scrisse|schreef|geschreven
    skrev|skreiv|het volgende geschreven|følgende|följande|kirjoitti|kirjutas|skrifaði|rašė|rakstīja|a scris|ka shkruar
    napisał|napisała|napisał(a)|napisał/a|pisze|napsal|napsala|napsal(a)|napsal/a|napísal|napísala|napísal(a)|je napisao
    napisao je|napisala je|je napisala|napisal|napisala|je napisao/la|napisao|je napisal|je napisal/a|írta|ezt írta|a következőt írta
    idatzi du|escribiu|написал|написала|написал(а)|написал(-а)|пишет|писал|писал(а)|сообщил|написав|написав(ла)|пише
    написа|је написао/ла|напісаў|έγραψε|έγραψε τα εξής|yazdı|şunu yazdı|şunları yazdı|tarihinde yazdı|yazdi|写道|写到|写信说
    寫道|寫|写|来信|來信|のメッセージ|のメール|書きました|書いた|作成|작성|작성함|작성했습니다|님이 작성|썼습니다|님의 말|כתב|כתבה|כתב/ה
    كتب|كتبت|نوشت|نوشته است|đã viết|viết|menulis|เขียน|เขียนว่า|ने लिखा""")
_VERB_ENDS = tuple(LAST_VERBS)
LAST_LETTERS = 5
"""Letters by which a line is told that may end in a phrase of a table."""
TAILS = frozenset(verb[-LAST_LETTERS:] for verb in LAST_VERBS)
SHORT_TAILS = tuple(tail for tail in TAILS if len(tail) < LAST_LETTERS)
"""None of them is ASCII."""
_FIRST_VERBS = phrases("""
    schrieb|schreef|skrev|skreiv|skrifaði|kirjoitti|schrijft|schreibt|wrote on|wrote at|ezt írta|kirjutas|şunları yazdı
    şunu yazdı|escreveu no dia|escreveu em|вы писали
    írta|napisana przez""")
_FIRST_WORDS = frozenset(verb.split()[0] for verb in _FIRST_VERBS)
_QUOTING = phrases("quoting|zitat von|zitiere|citando|selon|citazione di|citat från|citerar|quoted")

_LAST = re.compile(
    r"(?:^|[\s>,:;*\)\]\"”»、，])(?:" + "|".join(map(re.escape, sorted(LAST_VERBS, key=len)[::-1])) + r")\s?[:：]?$"
)
"""For lower case: to ignore case takes three times as long."""
_CJK_LAST = re.compile(r"(?:写道|写到|寫道|寫|のメッセージ|書きました|작성|썼습니다)\s?[:：]?$")
_FIRST = re.compile(r"(?:^|\s)(?:" + "|".join(sorted(_FIRST_VERBS)) + r")\s[^\n]{1,200}[:：]$", re.IGNORECASE)
_OWN = re.compile(
    r"\b(?:i|we|ich|wir|je|nous|ik|yo|jeg|jag) (?:\w+ )?(?:wrote|schrieb|écrit|schreef|skrev)\b|\bschrieb (?:ich|wir)\b",
    re.IGNORECASE,
)
_QUOTED_BY = re.compile(r"^(?:" + "|".join(sorted(_QUOTING)) + r")\s[^\n]{0,200}@[^\n]{0,100}[:：]$", re.IGNORECASE)
_DIGIT = re.compile(r"\d")
_DATE = re.compile(  # not 5.1.1 and not 192.0.2.25
    r"(?=\d)(?:"  # said first, so that no other sign is tried
    r"(?<![\d.])(?:\d{4}\s?[./-]\s?\d{1,2}\s?[./-]\s?\d{1,2}|\d{1,2}\s?[./-]\s?\d{1,2}\s?[./-]\s?(?:\d{4}|\d{2}))\b(?!\.\d)"
    r"|\d{4}\s?[年년]\s?\d{1,2}\s?[月월]"
    r"|\b\d{1,2}\b[^\d\n]{1,25}\b(?:19|20)\d\d\b"  # 22 November 2026, 22 de novembro de 2026
    r"|\b(?:19|20)\d\d\b[^\d\n]{1,25}\b\d{1,2}\b)"
)
_TIME = re.compile(r"(?=\d)(?:(?<![\d.])\d{1,2}\s?[:.h]\s?\d{2}\b(?!\.\d)|\d{1,2}\s?[時点시])")
_BRACKETED_END = re.compile(r"[<\[(]\s?[^<>\s]{0,100}@[^<>]{1,200}[>\])]{1,3}\s?(?:sent\s?)?[:：]$")
_ADDRESS_END = re.compile(r"<[^<>\s]{1,100}@[^<>\s]{1,200}>$")
_ADDRESS = re.compile(r"[^\s<>@]@[^\s<>@]")
_ADDRESS_THEN_VERB = re.compile(r"@[^\s<>@]{1,200}[>)\]]{1,3}\s?")
# The day comes early, after the preposition, the weekday and the month at most; or the name and the address do.
_DATED_START = re.compile(r"^[-–—*_\s\"“(\[|]{0,12}(?:[^\s\d]{1,16}\s{1,2}){0,4}[^\s\d]{0,2}\d")
_NAMED_START = re.compile(r"^[-–—*_\s\"“(\[|]{0,12}[^<>@\n.!?]{0,60}<[^<>\s]{1,100}@")
_ENDS = (":", "：")
INLINE = ":   "
_CLOSING = (">", ")", "]")
_TRIM = " \t\u00a0*_-–—=|"


class Strength(IntEnum):
    """How much an attribution line proves by itself."""

    NONE = 0
    """It is not one."""
    WEAK = 1
    """A name and a verb: true when quoted lines follow."""
    STRONG = 2
    """A time or an address, in a client's form."""


def attribution_at(lines: Sequence[Line], end: int, floor: int) -> tuple[int, Strength]:
    """Return where the attribution that ends with `lines[end]` begins, not before `floor`, and what it proves."""
    bare = lines[end].bare
    last = bare.rstrip(_TRIM)
    if last.endswith(">"):  # `2026/03/03 Ann <ann@example.org>`
        return end, Strength.WEAK if _is_dated_address(last) else Strength.NONE
    if not (last.endswith(_ENDS) or _may_end_in_verb(last)):
        return end, Strength.NONE
    all_joined = _joined(lines, end, floor)
    if not (_may_tell(all_joined[-1][1]) or _QUOTED_BY.match(last)):
        return end, Strength.NONE
    is_drawn = bare.startswith("--") and bare.endswith("--")
    weak = -1
    for start, joined in all_joined:
        line = lines[start]
        if _may_start(line.bare) and is_dated_attribution(joined, is_drawn=is_drawn):
            return start, Strength.STRONG
        begins = start in (floor, end) or lines[start - 1].is_blank or lines[start - 1].depth != line.depth
        if weak < 0 and begins and _names_time_and_address(joined):
            weak = start
    begin, strength = _undated(lines, end, floor, is_drawn=is_drawn)
    return (weak, Strength.WEAK) if weak >= 0 and not strength else (begin, strength)


def _joined(lines: Sequence[Line], end: int, floor: int) -> list[tuple[int, str]]:
    """Put a line together with those above it that may be of its attribution; where each begins, the shortest first."""
    found: list[tuple[int, str]] = []
    joined, depth = "", lines[end].depth
    for start in range(end, max(floor, end - MOST_LINES + 1) - 1, -1):
        line = lines[start]
        if line.depth != depth or (not line.bare and not joined.startswith(("<", "mailto:"))):
            break
        joined = f"{line.bare} {joined}".strip(_TRIM)
        if len(joined) > LONGEST:
            break
        found.append((start, joined))
    return found


def _may_tell(joined: str) -> bool:
    """Whether a line and those above it have a verb, or a number and an address; nearly no lines have."""
    if may_be_verb(joined.rstrip(":：").rstrip()):
        return True
    lower = joined.lower()
    return ("@" in lower and _DIGIT.search(lower) is not None) or any(map(lower.__contains__, _FIRST_WORDS))


def _may_start(bare: str) -> bool:
    return bool(_DATED_START.match(bare) or ("<" in bare and _NAMED_START.match(bare)))


def _is_dated_address(last: str) -> bool:
    return "@" in last and bool(_DATED_START.match(last) and _DATE.search(last) and _ADDRESS_END.search(last))


def is_dated_attribution(joined: str, *, is_drawn: bool = False) -> bool:
    """Whether one line says when, and ends as an attribution ends; `is_drawn` when it stands between dashes."""
    has_end, has_verb = joined.endswith(_ENDS), _has_last_verb(joined)
    if not has_verb and not (has_end and _has_first_verb_or_bracket(joined)):
        return False
    if not (_DATE.search(joined) or _TIME.search(joined)) or _OWN.search(joined):
        return False
    if has_verb:
        return is_drawn or has_end or bool(_ADDRESS.search(joined))
    return bool(_FIRST.search(joined) or (_DATED_START.match(joined) and _BRACKETED_END.search(joined)))


def is_inline(bare: str) -> bool:
    """Whether the earlier mail goes on, after blanks, in the line of its attribution: Yahoo's program for phones."""
    said = bare.partition(INLINE)[0] + ":"
    return bool(_DATED_START.match(said)) and is_dated_attribution(said) and bool(_ADDRESS.search(said))


def _names_time_and_address(joined: str) -> bool:
    """Whether words that end in a colon say when and who, as an attribution of any language does."""
    if len(joined) > LONGEST_ANY or not joined.endswith(_ENDS) or not _ADDRESS.search(joined):
        return False
    return bool(_DATE.search(joined) or _TIME.search(joined)) and not _OWN.search(joined)


def _has_first_verb_or_bracket(joined: str) -> bool:
    """Whether words that end in a colon may be an attribution without a verb at the end; a cheap look."""
    lower = joined.lower()
    last = lower.rstrip(":： ").removesuffix("sent").rstrip()[-1:]
    return last in _CLOSING or any(map(lower.__contains__, _FIRST_VERBS))


def _undated(lines: Sequence[Line], end: int, floor: int, *, is_drawn: bool) -> tuple[int, Strength]:
    """Judge a line that names no time: `Ann <ann@example.org> wrote:`, `Quoting Ann <…>:` or `Ann wrote:`."""
    last = lines[end].bare.rstrip(_TRIM)
    if _QUOTED_BY.match(last):
        return end, Strength.STRONG
    if not _has_last_verb(last) or _OWN.search(last) or not (is_drawn or last.endswith(_ENDS)):
        return end, Strength.NONE
    start = end
    if last.startswith("<") and end > floor and not lines[end - 1].is_blank and not lines[end - 1].depth:
        start = end - 1
    address = _ADDRESS_THEN_VERB.search(last)
    if address and _LAST.search(last[address.end() - 1 :].lower()) and len(last) - address.end() < LONGEST_VERB:
        return start, Strength.STRONG
    return end, Strength.WEAK if len(last) <= LONGEST_NAMED else Strength.NONE


def _has_last_verb(joined: str) -> bool:
    end = joined[-LONGEST_VERB:]
    if not may_be_verb(end.rstrip(":：").rstrip()):
        return False
    return bool(_LAST.search(end.lower()) or _CJK_LAST.search(end))


def _may_end_in_verb(last: str) -> bool:
    """Whether a line without a colon is worth a closer look; nearly all lines are not."""
    return may_be_verb(last) and last[-1:].isalpha() and last.lower().endswith(_VERB_ENDS)


def may_be_verb(words: str) -> bool:
    """Whether words may end in a verb of the table: a cheap look at their last letters, before all of it is tried."""
    return is_tail(words, TAILS)


def is_tail(words: str, tails: frozenset[str]) -> bool:
    """Whether words end in one of the tails, or in a word that is shorter than those."""
    tail = words[-LAST_LETTERS:].lower()
    return tail in tails or (not tail.isascii() and tail.endswith(SHORT_TAILS))
