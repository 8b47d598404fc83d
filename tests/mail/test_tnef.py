"""winmail.dat, whole and cut short."""

import struct
from base64 import b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailcase.mail import tnef
from mailcase.mail.parse import parse


def attribute(level: int, name: int, value: bytes) -> bytes:
    checksum = sum(value) & 0xFFFF
    return struct.pack("<BHHI", level, name, 6, len(value)) + value + struct.pack("<H", checksum)


def text16(name: int, value: str) -> bytes:
    data = value.encode("utf-16-le") + b"\x00\x00"
    return struct.pack("<HHII", 0x1F, name, 1, len(data)) + data + bytes(-len(data) % 4)


def stream(*attributes: bytes) -> bytes:
    return tnef.SIGNATURE + b"\x01\x00" + b"".join(attributes)


FILE = stream(
    attribute(1, tnef.CODE_PAGE, struct.pack("<II", 1252, 0)),
    attribute(1, tnef.MESSAGE_PROPERTIES, struct.pack("<I", 1) + text16(tnef.BODY_TEXT, "Hello grün")),
    attribute(2, tnef.RENDERING, bytes(14)),
    attribute(2, tnef.TITLE, b"GRN~1.TXT\x00"),
    attribute(2, tnef.DATA, b"content"),
    attribute(2, tnef.PROPERTIES, struct.pack("<I", 1) + text16(tnef.LONG_NAME, "grün und länger.txt")),
)


def test_files_and_text_are_unpacked() -> None:
    unpacked = tnef.unpack(FILE)
    assert unpacked is not None
    assert unpacked.files == (tnef.File("grün und länger.txt", b"content"),)
    assert unpacked.text == "Hello grün"


@pytest.mark.parametrize(("before", "text"), [(b"--b\n\nHello green\n", "Hello green"), (b"", "Hello grün")])
def test_the_text_inside_is_read_where_there_is_no_other(before: bytes, text: str) -> None:
    head = b"From: a@b.example\nContent-Type: multipart/mixed; boundary=b\n\n" + before
    part = b"--b\nContent-Type: application/ms-tnef\nContent-Transfer-Encoding: base64\n\n" + b64encode(FILE)
    email = parse(head + part + b"\n--b--\n")
    assert (email.text.strip(), [file.content for file in email.attachments]) == (text, [b"content"])


def test_something_else_is_not_tnef() -> None:
    assert tnef.unpack(b"PK\x03\x04") is None


@pytest.mark.parametrize("cut", range(0, len(FILE), 5))
def test_what_is_cut_short_is_unpacked_as_far_as_it_goes(cut: int) -> None:
    unpacked = tnef.unpack(FILE[:cut])
    assert unpacked is None or all(b"content".startswith(file.content) for file in unpacked.files)


@given(st.binary(max_size=300))
def test_noise_is_never_an_error(noise: bytes) -> None:
    assert tnef.unpack(tnef.SIGNATURE + noise) is not None
