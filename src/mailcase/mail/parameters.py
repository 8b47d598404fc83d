"""The value and parameters of Content-Type and Content-Disposition (RFC 2045 section 5.1, RFC 2231), read tolerantly."""

import re
from typing import NamedTuple
from urllib.parse import unquote_to_bytes

from mailcase.mail import charset, words

# name = "quoted" or bare text up to the next semicolon: names with blanks and tspecials are common unquoted.
PARAMETER = re.compile(
    r'([^=;\s]{1,60})\s*=\s*(?:"([^"\\]*(?:\\.[^"\\]*)*)"?|([^;]*?)(?=;|\Z|\s[\w*-]{1,30}=))', re.DOTALL
)
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
    found: dict[str, str] = {}
    sections: dict[str, list[tuple[int, bool, str]]] = {}
    for match in PARAMETER.finditer(rest):
        value = ESCAPED.sub(r"\1", match[2]) if match[2] is not None else match[3].strip().strip('"')
        name = SECTION.match(match[1].lower())
        if name is None:
            continue
        if name[2] or name[3]:
            sections.setdefault(name[1], []).append((int(name[2] or 0), bool(name[3]), value))
        else:
            found.setdefault(name[1], words.decode_raw(value, hint))
    for key, pieces in sections.items():
        found[key] = _extended(sorted(pieces[:MAX_SECTIONS], key=lambda piece: piece[0]), hint)
    return Value(main.strip(" \t\"'").lower(), found)


def _extended(pieces: list[tuple[int, bool, str]], hint: str | None) -> str:
    """Join the sections of one parameter (RFC 2231 sections 3 and 4): a charset leads the first encoded one."""
    declared, out = "", b""
    for index, (_, is_encoded, value) in enumerate(pieces):
        text = value
        if is_encoded and index == 0 and text.count("'") >= 2:
            declared, _, text = text.split("'", 2)
        data = text.encode("utf-8", "replace")
        out += unquote_to_bytes(data) if is_encoded else data
    return words.decode_raw(charset.decode(out, declared or hint, hint), hint)
