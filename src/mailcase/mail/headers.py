"""The header block of a mail or of a part: split into fields over bytes, decoded one field at a time.

Real header blocks hold more than RFC 5322 allows: an mbox `From ` line or blank lines first, folded lines without
their leading blank, a body that follows without the empty line. Each has one answer here, none is an error.
"""

import re
from typing import NamedTuple

from mailcase.domain.inbox import HoldReason
from mailcase.mail import charset, words
from mailcase.mail.limits import Limits, hold

BOM = b"\xef\xbb\xbf"
END = re.compile(rb"\n\r*\n")
FIELD = re.compile(rb"([!-9;-~]+)[ \t]*:([^\n]*(?:\n[ \t][^\n]*)*)(?:\n|\Z)")  # RFC 5322 sections 2.2, 2.2.3, 4.5
# What may stand among the fields without being one: mbox separators and quoted ones.
SEPARATOR = re.compile(rb">?From [^\n:][^\n]*(?:\n|\Z)")
KNOWN = re.compile(
    rb"^(?:from|to|cc|subject|date|message-id|mime-version|content-[a-z-]+|received|return-path|reply-to|sender"
    rb"|in-reply-to|references|x-[a-z-]+|list-[a-z]+|precedence|auto-submitted|delivered-to)[ \t]*:",
    re.IGNORECASE | re.MULTILINE,
)
PARAMETER = re.compile(rb"[\w*-]{1,60}[ \t]*=")
INDENTED = re.compile(rb"[ \t]+(?=content-[a-z-]+:)", re.IGNORECASE)  # the first field of a part, by mistake


class Field(NamedTuple):
    """One header field."""

    name: str
    """As written."""
    key: str
    """The name in lower case."""
    raw: bytes
    """What follows the colon, folded as it came."""


class Block(NamedTuple):
    """A header block and where the body starts."""

    fields: tuple[Field, ...]
    body: int
    """Offset in the message."""
    values: dict[str, list[bytes]]
    """The raw values of each field, by its name in lower case."""

    @classmethod
    def of(cls, fields: tuple[Field, ...], body: int) -> "Block":
        """Return the block of these fields, with an index of them: a dozen are asked for."""
        values: dict[str, list[bytes]] = {}
        for _, key, raw in fields:
            values.setdefault(key, []).append(raw)
        return cls(fields, body, values)

    def first(self, key: str) -> bytes | None:
        """Return the raw value of the first field `key` (lower case), or None."""
        found = self.values.get(key)
        return found[0] if found else None

    def all(self, key: str) -> list[bytes]:
        """Return the raw values of every field `key` (lower case), in order."""
        return self.values.get(key, [])


def split(raw: bytes, start: int, end: int, limits: Limits) -> Block:
    """Return the header block that begins at `start`; nothing at or beyond `end` is looked at.

    Raises Unparseable when the block, one field or the number of fields is past its limit.
    """
    if raw[start : start + 1] == b"\n" or raw[start : start + 2] == b"\r\n":  # RFC 2046 section 5.1: no header at all
        return Block.of((), min(raw.index(b"\n", start) + 1, end))
    blank = END.search(raw, start, min(end, start + limits.max_header_block + 2))
    stop = blank.start() + 1 if blank else end
    if stop - start > limits.max_header_block:
        raise hold(HoldReason.HEADERS_TOO_LARGE, f"header block is larger than {limits.max_header_block} bytes")
    fields, at = _fields(raw[start:stop], limits)
    if at < stop - start:
        return Block.of(fields, start + at)
    return Block.of(fields, blank.end() if blank else end)


def _fields(block: bytes, limits: Limits) -> tuple[tuple[Field, ...], int]:
    """Return the fields of a block, and the offset at which something else than fields begins."""
    found: list[Field] = []
    at = 0
    while at < len(block):
        match = FIELD.match(block, at)
        if match is None:
            line_end = block.find(b"\n", at) + 1 or len(block)
            if SEPARATOR.match(block, at) is None:
                if not found and (indent := INDENTED.match(block, at)) is not None:
                    at = indent.end()
                    continue
                if not _is_parameter(found, block, at) and not _has_field(block, line_end):
                    break
                _continue(found, block[at:line_end])
            at = line_end
            continue
        name = match[1].decode("ascii")
        found.append(Field(name, name.lower(), match[2]))
        at = match.end()
        if len(match[2]) > limits.max_header:
            raise hold(
                HoldReason.HEADERS_TOO_LARGE, f"header field {name[:40]} is larger than {limits.max_header} bytes"
            )
        if len(found) > limits.max_headers:
            raise hold(HoldReason.TOO_MANY_HEADERS, f"more than {limits.max_headers} header fields")
    return tuple(found), at


def _is_parameter(found: list[Field], block: bytes, at: int) -> bool:
    """Tell whether the odd line at `at` is a parameter of the last field, which ends in a semicolon."""
    return bool(found) and found[-1].raw.rstrip().endswith(b";") and PARAMETER.match(block, at) is not None


def _has_field(block: bytes, at: int) -> bool:
    """Tell whether another known field follows: then the odd line before it belongs to the header."""
    return KNOWN.search(block, at) is not None


def _continue(found: list[Field], line: bytes) -> None:
    """Append a line that lost its leading blank to the field before it."""
    if found:
        last = found[-1]
        found[-1] = last._replace(raw=last.raw + b"\n " + line.rstrip(b"\r\n"))


def unfold(raw: bytes, hint: str | None = None) -> str:
    """Return a raw value on one line, its 8-bit characters decoded (RFC 6532 or a guess), encoded words untouched."""
    text = raw.decode("ascii") if raw.isascii() and b"\x1b" not in raw else charset.decode(raw, None, hint)
    # RFC 5322 section 2.2.3; a fold stands for one blank, however it was indented.
    if "\n" not in text:
        return text.strip(" \t\r")
    return " ".join(filter(None, (line.strip(" \t\r") for line in text.split("\n"))))


def value(raw: bytes, hint: str | None = None) -> str:
    """Return a raw value as people read it: unfolded, decoded, one line."""
    if b"\n" not in raw and b"=?" not in raw and raw.isascii():
        text = raw.decode("ascii").strip()  # nine fields of ten
        if text.isprintable():
            return text
    return words.decode(unfold(raw, hint), hint).strip()


# RFC 2047 section 5: no encoded word in these. Decoding one would let a stranger's address write a server's verdict.
NEVER_ENCODED = frozenset(
    {
        "authentication-results",
        "arc-authentication-results",
        "auto-submitted",
        "delivered-to",
        "dkim-signature",
        "in-reply-to",
        "list-id",
        "list-post",
        "message-id",
        "precedence",
        "received",
        "received-spf",
        "references",
        "return-path",
        "x-original-to",
    }
)


def readable(field: Field, hint: str | None = None) -> str:
    """Return the value of a field as people read it, or as it stands where no encoded word is allowed."""
    return unfold(field.raw, hint) if field.key in NEVER_ENCODED else value(field.raw, hint)
