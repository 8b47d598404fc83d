"""Whether a mail or a file holds a text, also where mail encodes it: transfer encodings, encoded words, packed mail."""

import binascii
import re
import zlib
from collections.abc import Iterator, Sequence
from contextlib import suppress

# Lines of base64 (RFC 2045 section 6.8) as mail programs write them; shorter ones are looked at one by one.
_BASE64 = re.compile(rb"(?:[A-Za-z0-9+/]{4,76}\r?\n)*[A-Za-z0-9+/]{4,76}={0,2}")
_ENCODED_WORD = re.compile(rb"=\?[^?\s]{1,60}\?[bB]\?([A-Za-z0-9+/]+={0,2})\?=")  # RFC 2047 section 4.1
_HEX = re.compile(rb"=([0-9A-Fa-f]{2})")
_ZLIB = b"\x78"


def holds(content: bytes, needles: Sequence[bytes]) -> bool:
    """Return whether `content` has any of `needles` (lower case, ASCII letters) in it, in any case of letters."""
    return any(needle in form for form in _forms(content) for needle in needles)


def _forms(content: bytes) -> Iterator[bytes]:
    """Yield `content` as it is, and as readers of mail would decode it, in lower case."""
    yield content.lower()
    if content.startswith(_ZLIB):
        with suppress(zlib.error):  # it only begins like packed mail
            yield zlib.decompress(content).lower()
    if b"=" in content:
        unfolded = content.replace(b"=\r\n", b"").replace(b"=\n", b"")  # RFC 2045 section 6.7, soft line breaks
        yield _HEX.sub(lambda match: bytes([int(match[1], 16)]), unfolded).lower()
    for match in _ENCODED_WORD.finditer(content):
        yield _decoded(match[1]).lower()
    for match in _BASE64.finditer(content):
        yield _decoded(match[0]).lower()


def _decoded(text: bytes) -> bytes:
    packed = text.replace(b"\r", b"").replace(b"\n", b"").rstrip(b"=")
    whole = packed[: len(packed) // 4 * 4]
    rest = packed[len(whole) :]
    tail = rest + b"=" * (-len(rest) % 4) if len(rest) > 1 else b""
    return binascii.a2b_base64(whole + tail)
