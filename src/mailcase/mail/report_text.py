"""Bounces in plain words: where the notice ends, whom it is about, and which codes it gives.

Hundreds of mail systems write these in their own way. Nothing here knows one of them: a notice is what stands above the
returned mail, a recipient is an address at the beginning of a line, named as a recipient, or close to words of failure,
and is not the one the notice was sent to.
"""

import re
from collections.abc import Callable, Iterable
from functools import lru_cache

from mailcase.mail.phrases import fold
from mailcase.mail.phrases_bounce import NOTICES

MAX_TEXT = 100_000  # characters of the text that are looked at
MAX_NOTICE = 16_000  # characters
MAX_LINE = 1_000
MAX_RECIPIENTS = 100

_ADDRESS = re.compile(
    r"(?<![\w.+@=/-])((?:\"[^\"\n]{1,64}\"|[\w.!#$%&'*+/=?^`{|}~-]{1,128})@[\w-]{1,63}(?:\.[\w-]{1,63}){0,10})"
)
_SEPARATOR = re.compile(
    r"[\s>*=_#-]*(?:this is a copy of (?:the|your) |below this line is a copy|enclosed is a copy"
    r"|(?:included|following) is a copy|(?:the )?(?:original|unsent|returned|undelivered) (?:message|mail|email)\b"
    r"(?!\s+(?:was|could|has|is|from|to)\b)|(?:original )?message headers?\b|message header follows"
    r"|(?:the )?(?:header|text|body|first \d+ lines) of (?:the|your) (?:original|message)"
    r"|ursprungliche nachricht|message d'origine|mensaje original|messaggio originale)",
    re.IGNORECASE,
)
_HEADER = re.compile(r"[>\s|]*([A-Za-z][A-Za-z0-9-]{1,50})[ \t]*:")
# Fields that no notice has about itself in its text: where three fields with one of them begin, the returned mail does.
_OF_A_MAIL = frozenset(
    {
        "received",
        "return-path",
        "message-id",
        "mime-version",
        "dkim-signature",
        "x-mailer",
        "references",
    }
)
# Some write it without the angle brackets that RFC 5322 section 3.6.4 asks for.
_MESSAGE_ID = re.compile(
    r"^[>\s|]{0,20}Message-ID[ \t]*:\s*(?:[>|]\s*)?(?:<([^<>\s]{1,250})>|([^<>\s:]{4,250})[ \t]*$)",
    re.IGNORECASE | re.MULTILINE,
)
# In a sentence or a table, with a name in any language: `the message (Message ID <…>)`.
_MESSAGE_ID_SAID = re.compile(
    r"(?:message|nachrichten?|mensaje|messaggio|mensagem|bericht)[ -]?id(?:entifier)?\W{1,20}([^<>\s\"'()\[\],;:]{1,120}@[^<>\s\"'()\],;:]{1,120})",
    re.IGNORECASE,
)
_TO = re.compile(r"^[>\s|]{0,20}To[ \t]*:((?:[^\n]|\n[ \t]){1,2000})", re.IGNORECASE | re.MULTILINE)
_NAMED = re.compile(
    r"(?:final-recipient|original-recipient|x-failed-recipients?|failed recipients?|recipients?(?: address)?|addressed to"
    r"|(?:destination |e-?mail )?address|intended for|rcpt to)\s*[:=]?\s*(?:rfc822;)?\s*[<\"'\[]?$",
    re.IGNORECASE,
)
_LEADING = re.compile(r"[\s>*\u2022-]*(?:\[status: \w+, address: )?[<\"'(]?$", re.IGNORECASE)
_TRANSCRIPT = re.compile(r"rcpt to:\s*<?$", re.IGNORECASE)
# What stands before an address that is not the recipient.
_SOMEBODY_ELSE = re.compile(
    r"(?:\bfrom|\bsender|\bby|\bcontact(?:ing)?|\bcontacter|\bkontakt(?:ieren)?|\bmailto|\breply[ -]to|\bhelp|\bsupport|\bsorry"
    r"|\bfragen|\bhilfe|\bwenden sie sich(?: bitte)? an|\baide|\bayuda|\baiuto|\bajuda"
    r"|\bsend (?:an? )?(?:mail|message|e-?mail) to|\bwrite to|\bforwarded? to|\bquestions?|\breport(?:ed)? to|\bfor"
    r"|message-id|\bgenerated from|\bhello|\bdear|\bcc|\benvelope-from|\bid)\W{0,20}$",
    re.IGNORECASE,
)
_BARE_LOCAL_PART = re.compile(r"\s+([\w.+-]{1,64})\s*")


@lru_cache(maxsize=2)
def split(text: str) -> tuple[str, str]:
    """Return the notice and what follows it: the mail that came back, or its header.

    The last texts are remembered: a bounce is told by its notice and then read.
    """
    lines = text[:MAX_TEXT].splitlines()
    cut = min(_separator_at(lines), _header_at(lines))
    return "\n".join(lines[:cut])[:MAX_NOTICE], "\n".join(lines[cut:])


def message_id(text: str) -> str | None:
    """Return the first Message-ID field that the text quotes, without angle brackets."""
    found = _MESSAGE_ID.search(text[:MAX_TEXT])
    return found[1] or found[2] if found else None


def said_message_id(notice: str) -> str | None:
    """Return the first Message-ID that a notice gives in its own words, without angle brackets."""
    found = _MESSAGE_ID_SAID.search(notice[:MAX_NOTICE])
    return found[1].rstrip(".") if found else None


def only_recipient(returned: str) -> tuple[str, ...]:
    """Return the To address of returned mail when it has exactly one."""
    to = _TO.search(returned[:MAX_TEXT])
    found = tuple(dict.fromkeys(one.lower() for one in _ADDRESS.findall(to[1]))) if to else ()
    return found if len(found) == 1 else ()


def named_recipients(notice: str, not_these: Iterable[str]) -> tuple[str, ...]:
    """Return the addresses, in lower case, that `notice` puts where recipients stand: behind such a name, or first.

    `not_these` are addresses a notice has for other reasons: its own sender and recipient. They count only when no
    other is found: people do write to themselves.
    """
    return _pick(notice, not_these, (_named, _leading), may_be_other=True)


def guessed_recipients(notice: str, not_these: Iterable[str], domain: str) -> tuple[str, ...]:
    """Return the addresses, in lower case, that stand close to words of failure, or else anywhere in `notice`.

    `domain` is the one of the system that wrote it, for a recipient that is given as a bare local part.
    """
    found = _pick(notice, not_these, (_near_failure, _in_transcript, _anywhere), may_be_other=False)
    return found or _bare_local_parts(_lines(notice), domain)


def _pick(
    notice: str, not_these: Iterable[str], finders: Iterable[Callable[[list[str]], list[str]]], *, may_be_other: bool
) -> tuple[str, ...]:
    lines = _lines(notice)
    others = {address.lower() for address in not_these}
    unlikely: list[str] = []
    for find in finders:
        found = dict.fromkeys(address.lower().strip("'") for address in find(lines))
        kept = [one for one in found if one not in others and not one.startswith(("postmaster@", "mailer-daemon@"))]
        if kept:
            return tuple(kept[:MAX_RECIPIENTS])
        unlikely = unlikely or list(found)
    return tuple(unlikely[:MAX_RECIPIENTS]) if may_be_other else ()


def _lines(notice: str) -> list[str]:
    return [line[:MAX_LINE] for line in notice.splitlines()]


def _separator_at(lines: list[str]) -> int:
    return next((number for number, line in enumerate(lines) if number and _SEPARATOR.match(line)), len(lines))


def _header_at(lines: list[str]) -> int:
    """Return the number of the line where a header block of a mail begins."""
    start, names = 0, set[str]()
    for number, line in enumerate(lines):
        field = _HEADER.match(line)
        if field:
            start = number if not names else start
            names.add(field[1].lower())
            if len(names) > 2 and names & _OF_A_MAIL and not _is_inset(lines, start):
                return start
        elif not (names and line[:1] in (" ", "\t", ">", "|") and line.strip(" \t>|")):
            names = set()
    return len(lines)


def _is_inset(lines: list[str], start: int) -> bool:
    """Tell whether fields are only quoted inside a notice: they are indented, and the notice goes on at the margin."""
    return lines[start][:1] in (" ", "\t") and any(line[:1].isalpha() for line in lines[start:])


def _addresses(lines: list[str], is_meant: Callable[[str], object]) -> list[str]:
    return [
        found[1].rstrip(".")
        for line in lines
        if "@" in line
        for found in _ADDRESS.finditer(line)
        if is_meant(line[: found.start()])
    ]


def _named(lines: list[str]) -> list[str]:
    return _addresses(lines, lambda before: _NAMED.search(before) and not _TRANSCRIPT.search(before))


def _leading(lines: list[str]) -> list[str]:
    return _addresses(lines, _LEADING.fullmatch)


def _in_transcript(lines: list[str]) -> list[str]:
    return _addresses(lines, _TRANSCRIPT.search)


def _near_failure(lines: list[str]) -> list[str]:
    near = [
        line
        for number, line in enumerate(lines)
        if "@" in line and NOTICES.find(fold(" ".join(lines[max(0, number - 2) : number + 2])))
    ]
    return _addresses(near, lambda before: not _SOMEBODY_ELSE.search(before))


def _anywhere(lines: list[str]) -> list[str]:
    return _addresses(lines, lambda before: not _SOMEBODY_ELSE.search(before))


def _bare_local_parts(lines: list[str], domain: str) -> tuple[str, ...]:
    """Return the words that stand alone below a line of failure that ends in a colon, as addresses of `domain`."""
    is_below, found = False, list[str]()
    for line in lines if domain else ():
        alone = _BARE_LOCAL_PART.fullmatch(line)
        if is_below and alone:
            found.append(f"{alone[1].lower()}@{domain}")
        elif line.strip():
            is_below = line.rstrip().endswith(":") and NOTICES.find(fold(line)) is not None
    return tuple(found[:MAX_RECIPIENTS])
