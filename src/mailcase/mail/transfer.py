"""Content-Transfer-Encodings undone (RFC 2045 section 6), the damaged ones as far as they go."""

import binascii
import re
import string

from mailcase.mail import uuencode

ALPHABET = string.ascii_letters.encode() + string.digits.encode() + b"+/"
FOREIGN = bytes(set(range(256)) - set(ALPHABET))
UU_NAMES = {"x-uuencode", "uuencode", "x-uue", "uue"}
SOFT_BREAK = re.compile(rb"=[ \t]+(?=\r?\n)")


def decode(data: bytes, encoding: str) -> bytes:
    """Return the content of a body; an encoding nobody knows is taken as none."""
    if encoding == "base64":
        return base64(data)
    if encoding in ("quoted-printable", "quoted"):
        return binascii.a2b_qp(SOFT_BREAK.sub(b"=", data))
    if encoding in UU_NAMES:
        files = uuencode.files(data)
        return files[0].content if files else data
    return data


def base64(data: bytes) -> bytes:
    """Decode base64; foreign characters are skipped, padding in the middle starts another text."""
    padding = data.find(b"=")
    if padding < 0 or not data[padding:].translate(None, FOREIGN):
        return _base64(data)
    return b"".join(_base64(piece) for piece in data.split(b"=") if piece)


def _base64(data: bytes) -> bytes:
    """Decode base64 without padding; a last lone character carries no whole byte and is dropped."""
    clean = data.translate(None, FOREIGN)
    if len(clean) % 4 == 1:
        clean = clean[:-1]
    return binascii.a2b_base64(clean + b"=" * (-len(clean) % 4))
