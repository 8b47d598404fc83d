"""Encoded words of header fields (RFC 2047) to text, the broken ones too.

Adjacent words of one charset are joined as bytes before they are decoded, since many senders cut a word inside a
character; blanks between words vanish (RFC 2047 section 6.2). What cannot be decoded stays as it stands.
"""

import binascii
import re
from typing import NamedTuple

from mailcase.mail import charset

MAX_WORDS = 2_000  # of one field: 64 kB hold 870 well-formed ones
# The text may hold blanks and lone question marks though RFC 2047 forbids both, and the last word may be cut short.
WORD = re.compile(r"=\?([^?\s]{1,80})\?([bBqQ])\?([^?]{0,8000}(?:\?(?!=|$)[^?]{0,1000}){0,20})(?:\?=|\?$|$)")
CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff]+")
NOT_BASE64 = re.compile(r"[^A-Za-z0-9+/]+")


class _Word(NamedTuple):
    charset: str
    data: bytes


def decode(text: str, hint: str | None = None) -> str:
    """Return an unfolded header value with its encoded words decoded, on one line and without control characters."""
    text = decode_raw(text, hint)
    return text if text.isprintable() else CONTROLS.sub(_blank, text)


def decode_raw(text: str, hint: str | None = None) -> str:
    """Return a value with its encoded words decoded; whatever was encoded is in it, line breaks too."""
    return _decode_words(text, hint) if "=?" in text and text.count("=?") <= MAX_WORDS else text


def _blank(controls: re.Match[str]) -> str:
    """Line breaks and tabs become one blank, other control characters vanish."""
    return " " if re.search(r"[\t-\r\x85\u2028\u2029]", controls[0]) else ""


def _decode_words(text: str, hint: str | None) -> str:
    """Replace each run of adjacent encoded words by its text."""
    out: list[str] = []
    run: list[_Word] = []
    end = 0
    for match in WORD.finditer(text):
        between = text[end : match.start()]
        if run and between.strip():
            out.append(_join(run, hint))
            run = []
        if not run:
            out.append(between)
        run.append(_Word(match[1].split("*", 1)[0].lower(), word_bytes(match[2], match[3])))
        end = match.end()
    out.append(_join(run, hint))
    out.append(text[end:])
    return "".join(out)


def word_bytes(encoding: str, text: str) -> bytes:
    """Return the bytes of one encoded word; `encoding` is b or q in any case."""
    if encoding in "qQ":
        return binascii.a2b_qp(text.encode("utf-8", "replace"), header=True)
    # Joined words keep their padding inside: each piece is a base64 text of its own.
    return b"".join(_base64(piece) for piece in text.split("=") if piece)


def _base64(piece: str) -> bytes:
    """Decode base64 without padding; a last lone character carries no whole byte and is dropped."""
    clean = NOT_BASE64.sub("", piece)
    if len(clean) % 4 == 1:
        clean = clean[:-1]
    return binascii.a2b_base64(clean + "=" * (-len(clean) % 4))


def _join(run: list[_Word], hint: str | None) -> str:
    """Decode a run of words, those of one charset as one piece."""
    out: list[str] = []
    pending = b""
    for index, word in enumerate(run):
        pending += word.data
        if index + 1 == len(run) or run[index + 1].charset != word.charset:
            out.append(charset.decode(pending, word.charset, hint))
            pending = b""
    return "".join(out)
