"""Files that an old mailer put into the text itself, between `begin 644 name` and `end`."""

import binascii
import re
from typing import NamedTuple

BEGIN = re.compile(rb"^begin[ \t]+([0-7]{3,4})[ \t]+([^\r\n]+?)[ \t]*\r?\n", re.MULTILINE)
END = re.compile(rb"^(?:`|[ ]*)\r?\n?end[ \t]*(?:\r?\n|\Z)", re.MULTILINE)
LINE = re.compile(rb"[ -`]{1,90}\r?\n?\Z")


class File(NamedTuple):
    """One uuencoded file and where it stands."""

    name: bytes
    content: bytes
    start: int
    end: int


def files(data: bytes) -> list[File]:
    """Return the uuencoded files of a text, in order. A begin line without encoded lines after it is just text."""
    found: list[File] = []
    at = 0
    while (begin := BEGIN.search(data, at)) is not None:
        stop, content = _lines(data, begin.end())
        if content is None:
            at = begin.end()
            continue
        found.append(File(begin[2], content, begin.start(), stop))
        at = stop
    return found


def name(data: bytes) -> bytes:
    """Return the name of the first file of a text, or nothing."""
    begin = BEGIN.search(data)
    return begin[2] if begin else b""


def _lines(data: bytes, at: int) -> tuple[int, bytes | None]:
    """Decode lines up to `end`; return where they stop, and None when they are not uuencoded. A cut file is kept."""
    out: list[bytes] = []
    while at < len(data):
        stop = data.find(b"\n", at) + 1 or len(data)
        line = data[at:stop].rstrip(b"\r\n")
        at = stop
        if line.strip() == b"end":
            return at, b"".join(out)
        decoded = _line(line)
        if decoded is None:
            return at, None
        out.append(decoded)
    return at, b"".join(out) if out else None


def _line(line: bytes) -> bytes | None:
    """Decode one line, or return None when it is none: the first character counts the bytes of the rest."""
    if not line.strip():
        return b""
    count = (line[0] - 32) & 63
    need = (count + 2) // 3 * 4
    if not LINE.match(line) or len(line) - 1 > need + 2:
        return None
    body = line[1 : need + 1].ljust(need)  # blanks at the end are often lost on the way
    try:
        return binascii.a2b_uu(line[:1] + body)
    except binascii.Error:
        return None
