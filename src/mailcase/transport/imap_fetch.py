"""FETCH responses (RFC 9051 section 7.5.2) read item by item, so that nothing is paired by position.

imaplib hands out the pieces between literals: each response is any number of `(text, literal)` tuples and then one last
piece of text. A server may send FETCH responses that nobody asked for at any time; they carry other items, or none.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
# RFC 9051 section 9, date-time: the day is padded with a blank.
INTERNALDATE = re.compile(rb" ?(\d{1,2})-(\w{3})-(\d{4}) (\d\d):(\d\d):(\d\d) ([+-])(\d\d)(\d\d)")
LITERAL_MARK = re.compile(rb"~?\{\d+\+?\}$")
TOKEN = re.compile(rb'\(|\)|"((?:[^"\\]|\\.)*)"|\x00(\d+)\x00|[^\s()"\x00\[]+(?:\[[^\]]*\])?[^\s()"\x00]*')

Piece = bytes | tuple[bytes, bytes] | None
Value = bytes | list["Value"] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchItem:
    """What one FETCH response told about one message; None where it did not tell."""

    uid: int
    size: int | None = None
    received_at: datetime | None = None
    """INTERNALDATE, UTC."""
    flags: tuple[str, ...] | None = None
    body: bytes | None = None
    """The literal of whichever BODY section was asked for."""


def fetch_items(pieces: Iterable[Piece]) -> Iterator[FetchItem]:
    """Yield an item for each response that names its UID; responses without one are nobody's."""
    texts: list[bytes] = []
    literals: list[bytes] = []
    for piece in pieces:
        if isinstance(piece, tuple):
            text, literal = piece
            # A literal's place is marked by its number between NULs, which RFC 9051 forbids anywhere else.
            texts.append(LITERAL_MARK.sub(b"", text.replace(b"\x00", b"")) + b"\x00%d\x00" % len(literals))
            literals.append(literal)
        elif piece is not None:
            texts.append(piece.replace(b"\x00", b""))
            item = _item(_attributes(b"".join(texts), literals))
            texts, literals = [], []
            if item is not None:
                yield item


def internal_date(text: bytes) -> datetime | None:
    """Return an INTERNALDATE in UTC, or None when it is none."""
    found = INTERNALDATE.fullmatch(text)
    if found is None or found[2].lower().decode("ascii", "replace") not in MONTHS:
        return None
    day, year, hour, minute, second, zone_h, zone_m = (int(found[group]) for group in (1, 3, 4, 5, 6, 8, 9))
    offset = timedelta(hours=zone_h, minutes=zone_m) * (-1 if found[7] == b"-" else 1)
    month = MONTHS.index(found[2].lower().decode("ascii")) + 1
    try:
        return datetime(year, month, day, hour, minute, second, tzinfo=timezone(offset)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _attributes(text: bytes, literals: list[bytes]) -> dict[bytes, Value]:
    """Return name → value of `1 (NAME value NAME value …)`; for a name told twice, the last."""
    start = text.find(b"(")
    values = _values(text[start:], literals) if start >= 0 else []
    inner = values[0] if values and isinstance(values[0], list) else []
    names = [name.upper() if isinstance(name, bytes) else b"" for name in inner[::2]]
    return dict(zip(names, inner[1::2], strict=False))


def _values(text: bytes, literals: list[bytes]) -> list[Value]:
    stack: list[list[Value]] = [[]]
    for token in TOKEN.finditer(text):
        word = token[0]
        if word == b"(":
            stack.append([])
        elif word == b")":
            if len(stack) > 1:
                closed = stack.pop()
                stack[-1].append(closed)
        elif token[2] is not None:
            stack[-1].append(literals[int(token[2])])
        elif token[1] is not None:
            stack[-1].append(re.sub(rb"\\(.)", rb"\1", token[1]))
        else:
            stack[-1].append(None if word.upper() == b"NIL" else word)
    return stack[0] if len(stack) == 1 else []


def _item(attributes: dict[bytes, Value]) -> FetchItem | None:
    uid = _number(attributes.get(b"UID"))
    if uid is None:
        return None
    date, flags = attributes.get(b"INTERNALDATE"), attributes.get(b"FLAGS")
    body = next((value for name, value in attributes.items() if name.startswith(b"BODY[")), None)
    return FetchItem(
        uid=uid,
        size=_number(attributes.get(b"RFC822.SIZE")),
        received_at=internal_date(date) if isinstance(date, bytes) else None,
        flags=tuple(flag.decode("ascii", "replace") for flag in flags if isinstance(flag, bytes))
        if isinstance(flags, list)
        else None,
        body=body if isinstance(body, bytes) else None,
    )


def _number(value: Value) -> int | None:
    return int(value) if isinstance(value, bytes) and value.isdigit() else None
