"""Content-Transfer-Encodings undone (RFC 2045 section 6), the damaged ones as far as they go."""

import binascii
import re
import string

from mailcase.mail import uuencode

ALPHABET = string.ascii_letters.encode() + string.digits.encode() + b"+/"
FOREIGN = bytes(set(range(256)) - set(ALPHABET))
UU_NAMES = {"x-uuencode", "uuencode", "x-uue", "uue"}
MEANT = {"base-64": "base64", "b": "base64", "q": "quoted-printable", "quoted": "quoted-printable"} | dict.fromkeys(
    ("quoted_printable", "quotedprintable", "x-quoted-printable", "quoted-printables"), "quoted-printable"
)
BLANKS = b" \t\r\n"
EIGHT_BIT = bytes(range(128, 256))
LONG_WORD = 20  # characters a word, on average: base64 has lines of 60 and more
FEW = 3
SOFT_BREAK = re.compile(rb"=[ \t]+(?=\r?\n)")


def decode(data: bytes, encoding: str) -> bytes:
    """Return the content of a body; an encoding nobody knows is taken as none."""
    encoding = MEANT.get(encoding, encoding)
    if encoding == "base64":
        return base64(data)
    if encoding == "quoted-printable":
        return binascii.a2b_qp(SOFT_BREAK.sub(b"=", data))
    if encoding in UU_NAMES:
        files = uuencode.files(data)
        return files[0].content if files else data
    return data


def base64(data: bytes) -> bytes:
    """Decode base64; foreign characters are skipped, padding in the middle starts another text.

    What only calls itself base64 and is text comes back as it is; what follows the padding and is no base64 is left out.
    """
    padding = data.find(b"=")
    if padding < 0:
        return data if _is_plain(data) else _base64(data)
    rest = data[padding:].translate(None, b"=\t\r\n")
    if rest.translate(None, ALPHABET):
        head = data[:padding].translate(None, BLANKS)
        if not head.translate(None, ALPHABET) and len(head) % 4 > 1:
            return _base64(head)
        if _is_plain(data):
            return data
    return b"".join(_base64(piece) for piece in data.split(b"=") if piece) if rest else _base64(data)


def _is_plain(data: bytes) -> bool:
    """Tell whether data is sentences rather than base64: blanks stand in it as between words, or 8-bit characters."""
    blanks = data.count(b" ")
    if blanks * LONG_WORD > len(data):
        return blanks >= FEW
    return not data.isascii() and 3 * len(data.translate(None, EIGHT_BIT)) < 2 * len(data)


def _base64(data: bytes) -> bytes:
    """Decode base64 without padding; a last lone character carries no whole byte and is dropped."""
    clean = data.translate(None, FOREIGN)
    if len(clean) % 4 == 1:
        clean = clean[:-1]
    return binascii.a2b_base64(clean + b"=" * (-len(clean) % 4))
