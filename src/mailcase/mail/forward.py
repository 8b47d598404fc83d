"""Who wrote a mail that somebody passed on: from a mail attached whole, or from the header block above the old text.

What it says is a claim of whoever passed it on, and of nobody else: it decides nothing by itself.
"""

import re
from collections.abc import Iterable

from mailcase.domain.email import Address, InboundEmail
from mailcase.mail import addresses
from mailcase.mail.reply_breaks import forwards
from mailcase.mail.reply_headers import Field, field_of, header_block_end
from mailcase.mail.reply_lines import Line, of_text

MAX_LINES = 400  # of the text that are looked through: the words above a forward are few
BELOW = 6  # lines between the phrase and its header block
_FROM = re.compile(r"^from:[ \t]*((?:[^\r\n]*)(?:\r?\n[ \t]+[^\r\n]*)*)", re.IGNORECASE | re.MULTILINE)
_FOLD = re.compile(r"\r?\n[ \t]+")
_OLD_OUTLOOK = re.compile(r"\[mailto:([^\]\s]+)\]", re.IGNORECASE)
_LINK = re.compile(r"[<(\[]mailto:[^<>()\[\]\s]*[>)\]]", re.IGNORECASE)
# `Fwd:` in the languages that we meet; `Re:` and its like are none of them.
_MARK = re.compile(
    r"\s*(?:fw|fwd|wg|tr|rv|enc|i|vl|vb|vs|pd|doorst|továbbítás|ilt|转发|轉寄|転送)\s?[:\uff1a]", re.IGNORECASE
)


def original_sender(email: InboundEmail) -> Address | None:
    """Return who wrote the mail that `email` passes on, or None when it passes on none, or does not say."""
    attached = next((one.text for one in email.reports if one.content_type in ("message/rfc822", "message/global")), "")
    if attached:
        return _first(_FOLD.sub(" ", match[1]) for match in [_FROM.search(_head(attached))] if match)
    lines = of_text(email.text)[:MAX_LINES]
    return _introduced(lines) or (_headed(lines) if _MARK.match(email.subject) else None)


def _head(text: str) -> str:
    """Return the header block of a mail."""
    return re.split(r"\r?\n\r?\n", text.lstrip(), maxsplit=1)[0]


def _introduced(lines: list[Line]) -> Address | None:
    """Return who is named below a phrase such as `Forwarded message`."""
    for at, line in enumerate(lines):
        if line.bare and forwards(line):
            return next((found for start in range(at + 1, at + BELOW) if (found := _named(lines, start))), None)
    return None


def _headed(lines: list[Line]) -> Address | None:
    """Return who is named by the first header block, which Outlook puts above a forward without a phrase."""
    return next((found for at in range(len(lines)) if (found := _named(lines, at))), None)


def _named(lines: list[Line], start: int) -> Address | None:
    """Return the sender that the header block at `start` names."""
    if start >= len(lines) or not field_of(lines[start]):
        return None
    end = header_block_end(lines, start)
    block = lines[start:end] if end else []
    return _first(re.split("[:\uff1a]", one.bare, maxsplit=1)[1] for one in block if field_of(one) is Field.FROM)


def _first(values: Iterable[str]) -> Address | None:
    """Return the address of the first value that holds one."""
    for value in values:
        plain = _LINK.sub("", _OLD_OUTLOOK.sub(r"<\1>", value.replace("*", ""))).strip()
        found = [one for one in addresses.parse((plain,)) if one.domain]
        if found:
            return found[0]
    return None
