"""FETCH responses read item by item."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailcase.transport.imap_fetch import MONTHS, FetchItem, Piece, fetch_items, internal_date
from mailcase.transport.imap_marking import uid_set

QUOTABLE = st.binary(max_size=20).map(lambda raw: bytes(byte for byte in raw if byte not in b"\r\n\0"))


def quoted(raw: bytes) -> bytes:
    return b'"' + raw.replace(b"\\", b"\\\\").replace(b'"', b'\\"') + b'"'


@st.composite
def responses(draw: st.DrawFn) -> tuple[list[Piece], FetchItem]:
    """A FETCH response in any order and spelling, as imaplib hands it out, and what it says."""
    uid = draw(st.integers(1, 2**32 - 1))
    size = draw(st.none() | st.integers(0, 2**40))
    body = draw(st.none() | st.binary(max_size=50))
    is_quoted = body is not None and draw(st.booleans()) and not set(body) & set(b"\r\n\0")
    attributes: list[tuple[bytes, bytes | None]] = [(b"UID %d" % uid, None), (b"FLAGS (\\Seen $x)", None)]
    attributes.append((b"ENVELOPE (NIL " + quoted(draw(QUOTABLE)) + b" ((NIL NIL)))", None))
    if size is not None:
        attributes.append((b"rfc822.size %d" % size, None))
    if body is not None:
        attributes.append((b"BODY[] " + quoted(body), None) if is_quoted else (b"BODY[] {%d}" % len(body), body))
    pieces: list[Piece] = []
    text = b"7 ("
    for number, (words, literal) in enumerate(draw(st.permutations(attributes))):
        text += (b" " if number else b"") + words
        if literal is not None:
            pieces.append((text, literal))
            text = b""
    pieces.append(text + b")")
    return pieces, FetchItem(uid=uid, size=size, flags=("\\Seen", "$x"), body=body)


@given(st.lists(responses(), max_size=4))
def test_any_order_and_spelling_says_the_same(many: list[tuple[list[Piece], FetchItem]]) -> None:
    pieces = [piece for response, _ in many for piece in response]
    assert list(fetch_items(pieces)) == [item for _, item in many]


@given(st.lists(st.none() | st.binary(max_size=60) | st.tuples(st.binary(max_size=60), st.binary(max_size=20))))
def test_nonsense_is_no_item_and_no_error(pieces: list[Piece]) -> None:
    assert all(item.uid >= 0 for item in fetch_items(pieces))


@given(st.integers(0, 32_000_000_000), st.integers(-14 * 60, 14 * 60))
def test_an_internal_date_is_read_in_any_zone(seconds: int, minutes: int) -> None:
    moment = datetime.fromtimestamp(seconds, timezone(timedelta(minutes=minutes)))
    month = MONTHS[moment.month - 1].capitalize()
    text = f"{moment.day:2d}-{month}-{moment.year} {moment:%H:%M:%S %z}"
    assert internal_date(text.encode()) == moment.astimezone(UTC)


@pytest.mark.parametrize(
    "text",
    [b"", b"yesterday", b"31-Feb-2026 00:00:00 +0000", b"01-Foo-2026 00:00:00 +0000", b"01-Jan-0001 00:00:00 +2300"],
)
def test_what_is_no_date_is_none(text: bytes) -> None:
    assert internal_date(text) is None


@given(st.sets(st.integers(1, 60)))
def test_a_uid_set_names_each_uid_once(uids: set[int]) -> None:
    named: list[int] = []
    for part in filter(None, uid_set(sorted(uids)).split(",")):
        first, _, last = part.partition(":")
        named += range(int(first), int(last or first) + 1)
    assert named == sorted(uids)
