"""Header blocks as they come."""

import pytest

from mailcase.errors import Unparseable
from mailcase.mail import headers
from mailcase.mail.limits import Limits

LIMITS = Limits()
ROWS = [
    (b"A: 1\nB: 2\n\nbody", [("A", "1"), ("B", "2")], b"body", "as it should be"),
    (b"A: 1\r\nB: 2\r\n\r\nbody", [("A", "1"), ("B", "2")], b"body", "with carriage returns"),
    (b"A: 1\n  2\n\t3\n\nbody", [("A", "1 2 3")], b"body", "folded"),
    (b"A : 1\n\nbody", [("A", "1")], b"body", "a blank before the colon"),
    (b"A:\n\nbody", [("A", "")], b"body", "an empty value"),
    (
        b"Subject: long\nline\nFrom: x\n\nbody",
        [("Subject", "long line"), ("From", "x")],
        b"body",
        "a fold without blank",
    ),
    (b"A: 1\nno header at all\nmore\n\nend", [("A", "1")], b"no header at all\nmore\n\nend", "no empty line"),
    (b"A: 1\n>From x y\nB: 2\n\nbody", [("A", "1"), ("B", "2")], b"body", "a quoted mbox line"),
    (b"\nbody", [], b"body", "no header"),
    (b"A: 1\n \n 2\n\nbody", [("A", "1 2")], b"body", "a blank line that is folded"),
    (b"A: 1;\nb=2\n\nbody", [("A", "1; b=2")], b"body", "a parameter without a blank before it"),
    (b"A: 1;\nbody", [("A", "1;")], b"body", "a body after a semicolon"),
    (b"  Content-Type: x\n\nbody", [("Content-Type", "x")], b"body", "the first field of a part is indented"),
    (b"From : x\n\nbody", [("From", "x")], b"body", "a blank before the colon of From"),
    (b"A: 1", [("A", "1")], b"", "no body"),
    (b"A: 1\r\r\n\r\r\nbody", [("A", "1")], b"body", "doubled carriage returns"),
]


@pytest.mark.parametrize(("raw", "fields", "body"), [row[:3] for row in ROWS], ids=[row[3] for row in ROWS])
def test_a_block_is_split(raw: bytes, fields: list[tuple[str, str]], body: bytes) -> None:
    block = headers.split(raw, 0, len(raw), LIMITS)
    assert [(field.name, headers.value(field.raw)) for field in block.fields] == fields
    assert raw[block.body :] == body


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"A: " + b"x" * 1_000 + b"\n\n", "headers_too_large"),
        (b"A: " + b"x" * 100 + b"\n\n", "headers_too_large"),
        (b"A: 1\n" * 5 + b"\n", "too_many_headers"),
    ],
)
def test_a_block_past_its_limits_is_refused(raw: bytes, reason: str) -> None:
    limits = Limits(max_header_block=500, max_header=50, max_headers=4)
    with pytest.raises(Unparseable) as error:
        headers.split(raw, 0, len(raw), limits)
    assert error.value.reason == reason


def test_an_unencoded_8_bit_value_is_utf_8_or_the_charset_of_the_mail() -> None:
    assert headers.value("grün".encode(), "koi8-r") == "grün"
    assert headers.value("Привет".encode("koi8-r"), "koi8-r") == "Привет"
    assert headers.value("ありがとう".encode("iso2022_jp")) == "ありがとう"
