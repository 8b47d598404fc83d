"""The value and parameters of Content-Type and Content-Disposition (RFC 2045 section 5.1, RFC 2231), read tolerantly."""

import re
from typing import NamedTuple
from urllib.parse import unquote_to_bytes

from mailcase.mail import charset, words

# name = "quoted" or bare text up to the next semicolon: names with blanks and tspecials are common unquoted.
PARAMETER = re.compile(
    r'([^=;\s]{1,60})\s*=\s*(?:"([^"\\]*(?:\\.[^"\\]*)*)"?|([^;]*?)(?=;|\Z|\s[\w*-]{1,30}=))', re.DOTALL
)
# The value of a field that lost the semicolon after it, or that has no value at all.
HEAD = re.compile(r"\s*(?:([^\s=;,]+)[\s,]+(?=[\w*-]{1,60}\s*=))?")
SECTION = re.compile(r"([^*]+)(?:\*(\d{1,3}))?(\*)?$")
ESCAPED = re.compile(r'\\(["\\])')
MAX_SECTIONS = 100


class Value(NamedTuple):
    """A header value taken apart."""

    main: str
    """In lower case."""
    parameters: dict[str, str]
    """Decoded, control characters and all; keys in lower case; the first of a repeated one counts."""


def parse(text: str, hint: str | None = None) -> Value:
    """Take an unfolded value apart, undoing RFC 2231 continuations and RFC 2047 words where they should not be."""
    main, _, rest = text.partition(";")
    if "=" in main and (head := HEAD.match(text)) is not None:
        main, rest = head[1] or "", text[head.end() :]
    found: dict[str, str] = {}
    sections: dict[str, list[tuple[int, bool, str]]] = {}
    for match in PARAMETER.finditer(rest):
        value = ESCAPED.sub(r"\1", match[2]) if match[2] is not None else _unquoted(match[3])
        name = SECTION.match(match[1].lower())
        if name is None:
            continue
        if name[2] or name[3]:
            sections.setdefault(name[1], []).append((int(name[2] or 0), bool(name[3]), value))
        else:
            found.setdefault(name[1], words.decode_raw(value, hint))
    for key, pieces in sections.items():
        value = _extended(sorted(pieces[:MAX_SECTIONS], key=lambda piece: piece[0]), hint)
        found[key] = value or found.get(key, "")
    return Value(main.strip(" \t\"'").lower(), found)


def _unquoted(value: str) -> str:
    """Return a value that is not in double quotes, without others."""
    value = value.strip().strip('"')
    return value[1:-1] if value[:1] == value[-1:] == "'" else value


def _charset(value: str) -> tuple[str, str]:
    """Return the charset that leads an encoded value, or an empty string, and what follows it and the language."""
    pieces = value.split("'", 2)
    if len(pieces) == 3:
        return pieces[0], pieces[2]
    if len(pieces) == 2 and charset.codec_name(pieces[0]) is not None:  # the language and its quote were left out
        return pieces[0], pieces[1]
    return "", value


def _extended(pieces: list[tuple[int, bool, str]], hint: str | None) -> str:
    """Join the sections of one parameter (RFC 2231 sections 3 and 4): a charset leads the first encoded one."""
    declared: str | None = None
    out, last = b"", -1
    for number, is_encoded, value in pieces:
        if number == last:  # given twice: the first counts
            continue
        text, last = value, number
        if is_encoded and declared is None:
            declared, text = _charset(value)
        data = text.encode("utf-8", "replace")
        out += unquote_to_bytes(data) if is_encoded else data
    return words.decode_raw(charset.decode(out, declared or hint, hint), hint)
