"""Transfer encodings and files inside of texts."""

import binascii
from base64 import b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailcase.mail import transfer, uuencode

ROWS = [
    (b"Z3LDvG4=", "base64", "grün", "base64"),
    (b"Z3LD\r\nvG4=\r\n", "base64", "grün", "over two lines"),
    (b"Z3LDvG4", "base64", "grün", "padding left out"),
    (b"Z3L*DvG4=", "base64", "grün", "a foreign character"),
    (b"Z3LDvG4=Z3LDvG4=", "base64", "grüngrün", "padding in the middle"),
    (b"Z3LDvG4=X", "base64", "grün", "a lone character at the end"),
    (b"Z3LDvG4=\n-- \nSeen by a scanner\n", "base64", "grün", "a footer after the end"),
    (b"Dear desk, it does not work.\n", "base64", "Dear desk, it does not work.\n", "sentences"),
    (b"a=b, c == d or not? Ada\n", "base64", "a=b, c == d or not? Ada\n", "sentences with equal signs"),
    ("这不是编码".encode(), "base64", "这不是编码", "8-bit text"),
    (b"Z3LDvG4=", "base-64", "grün", "a misspelt name"),
    (b"gr=C3=BCn", "quoted_printable", "grün", "another"),
    (b"gr=C3=BCn", "quoted-printable", "grün", "quoted-printable"),
    (b"gr=\r\n=C3=BCn", "quoted-printable", "grün", "a soft line break"),
    (b"gr= \n=C3=BCn", "quoted-printable", "grün", "blanks after a soft line break"),
    (b"100 =% sure", "quoted-printable", "100 =% sure", "an equal sign that is none"),
    ("grün".encode(), "7-bit", "grün", "an encoding that does not exist"),
    ("grün".encode(), "", "grün", "none"),
]


@pytest.mark.parametrize(("data", "encoding", "text"), [row[:3] for row in ROWS], ids=[row[3] for row in ROWS])
def test_an_encoding_is_undone(data: bytes, encoding: str, text: str) -> None:
    assert transfer.decode(data, encoding).decode() == text


@given(st.binary())
def test_base64_comes_back(content: bytes) -> None:
    assert transfer.base64(b64encode(content)) == content


def uuencoded(content: bytes) -> bytes:
    lines = [binascii.b2a_uu(content[at : at + 45], backtick=True) for at in range(0, len(content), 45)]
    return b"begin 644 a b.txt\n" + b"".join(lines) + b"`\nend\n"


@given(st.binary(min_size=1, max_size=500))
def test_a_uuencoded_file_comes_back(content: bytes) -> None:
    (file,) = uuencode.files(b"Hello,\n\n" + uuencoded(content) + b"bye\n")
    assert (file.name, file.content) == (b"a b.txt", content)


def test_a_uuencoded_file_that_is_cut_short_is_kept() -> None:
    (file,) = uuencode.files(uuencoded(b"x" * 90)[:-70])
    assert file.content.startswith(b"x" * 44)


@pytest.mark.parametrize("text", [b"begin 644 a\n", b"begin 644 again with us\nThis is prose, after all.\nend\n"])
def test_prose_that_begins_is_no_file(text: bytes) -> None:
    assert not uuencode.files(text)
