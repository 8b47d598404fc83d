"""The one header writer: names, subjects, addresses, message ids and file names."""

import email
import re
from email.header import decode_header, make_header

import pytest

from mailcase.domain.email import Address
from mailcase.errors import Refused
from mailcase.mail.header_writer import (
    addr_spec,
    address_field,
    message_ids_field,
    own_message_id_field,
    parameter_field,
    text_field,
    token_field,
)


def value(field: bytes) -> str:
    (raw,) = email.message_from_bytes(field + b"\r\n").values()
    return raw


def decoded(field: bytes) -> str:
    return str(make_header(decode_header(value(field).replace("\r\n", ""))))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("plain", "as it is"),
        ("a " * 200 + "b", "folded"),
        ("Grüße aus Köln", "encoded"),
        ("=?utf-8?q?Bcc:_x?=", "looks encoded: must not be decoded into something else"),
        ("two  spaces", "spaces would be lost in folding"),
        (" leading", "as above"),
        ("x" * 2000, "one long word"),
        ("日本語の件名" * 30, "three octets a character"),
        ("👩‍👩‍👧" * 40, "four octets a character"),
        ("tab\there", "a control character that no fold may turn into a space"),
    ],
)
def test_a_subject_reads_back_exactly(text: str, why: str) -> None:
    assert decoded(text_field("Subject", text)) == text


def test_encoded_words_are_short_and_of_whole_characters() -> None:
    words = re.findall(rb"=\?utf-8\?b\?[^?]*\?=", text_field("Subject", "ä日👍" * 50))
    assert max(map(len, words)) <= 75
    assert all(decode_header(word.decode())[0][0].decode("utf-8") for word in words)


def test_lines_are_folded_at_78() -> None:
    field = text_field("Subject", "word " * 60 + "end")
    assert max(map(len, field.split(b"\r\n"))) <= 78


@pytest.mark.parametrize("bad", ["a\rb", "a\nb", "a\0b", "a\r\nBcc: eve@evil.example", "\r\n x"])
def test_line_breaks_and_nul_are_refused_by_the_name_of_the_field(bad: str) -> None:
    for write in (text_field, token_field):
        with pytest.raises(Refused, match="Subject"):
            write("Subject", bad)
    with pytest.raises(Refused, match="To"):
        address_field("To", (Address(address="a@b.example", name=bad),))
    with pytest.raises(Refused, match="To"):
        address_field("To", (Address(address=f"{bad}@b.example"),))
    with pytest.raises(Refused, match="References"):
        message_ids_field("References", (f"{bad}@b",))
    with pytest.raises(Refused, match="Content-Disposition"):
        parameter_field("Content-Disposition", "attachment", (("filename", bad),))


@pytest.mark.parametrize(
    ("name", "written", "why"),
    [
        ("", b"a@b.example", "no name"),
        ("Ann Lee", b"Ann Lee <a@b.example>", "atoms"),
        ("Lee, Ann", b'"Lee, Ann" <a@b.example>', "a comma would make two addresses"),
        ('Ann "Al" Lee', b'"Ann \\"Al\\" Lee" <a@b.example>', "quotes"),
        ("back\\slash", b'"back\\\\slash" <a@b.example>', "the quoting character"),
        ("eve@evil.example", b'"eve@evil.example" <a@b.example>', "a name that looks like an address"),
        ("J. Doe", b'"J. Doe" <a@b.example>', "a dot is no atom"),
        ("Jörg", b"=?utf-8?b?SsO2cmc=?= <a@b.example>", "not ASCII"),
    ],
)
def test_a_display_name_is_written_safely(name: str, written: bytes, why: str) -> None:
    assert address_field("To", (Address(address="a@b.example", name=name),)) == b"To: " + written + b"\r\n"


@pytest.mark.parametrize(
    ("address", "written"),
    [
        ("a.b+c@x.example", "a.b+c@x.example"),
        ("a..b@docomo.example", '"a..b"@docomo.example'),
        ("john doe@x.example", '"john doe"@x.example'),
        ('"john doe"@x.example', '"john doe"@x.example'),
        ("a@münchen.example", "a@xn--mnchen-3ya.example"),
        ("a@[192.0.2.1]", "a@[192.0.2.1]"),
        ("root@localhost", "root@localhost"),
    ],
)
def test_an_address_is_written_as_servers_take_it(address: str, written: str) -> None:
    assert addr_spec(address) == written


@pytest.mark.parametrize(
    "address",
    [
        "",
        "a",
        "@x.example",
        "a@",
        "a@x y",
        "a@x..y",
        "a@-x.example",
        "a@x,b@y",
        "a@x>",
        f"{'l' * 65}@x.example",
        "a\t@x.example",
    ],
)
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(Refused, match="To"):
        address_field("To", (Address(address=address),))


def test_a_local_part_outside_ascii_needs_smtputf8() -> None:
    with pytest.raises(Refused, match="SMTPUTF8"):
        addr_spec("jörg@x.example")
    assert addr_spec("jörg@x.example", is_smtputf8=True) == "jörg@x.example"


@pytest.mark.parametrize("local", ["jö rg", "jö,rg", "jö<rg", "jö\u2028rg", "jö\u202erg"])
def test_smtputf8_lets_no_structure_into_a_local_part(local: str) -> None:
    with pytest.raises(Refused, match="SMTPUTF8"):
        addr_spec(f"{local}@x.example", is_smtputf8=True)


def test_references_keep_the_first_and_the_last_ids() -> None:
    ids = tuple(f"{n:03}.{'x' * 60}@x.example" for n in range(100))
    kept = re.findall(r"<([^>]*)>", value(message_ids_field("References", ids)))
    assert kept[0] == ids[0]
    assert kept[1:] == list(ids[-len(kept) + 1 :])
    assert 800 < sum(map(len, kept)) <= 998


def test_ids_that_cannot_be_written_are_left_out() -> None:
    ids = ("a b@x", "jörg@x", "<a@x>", "nothing", "y" * 2000 + "@x", "good@x.example", "good@x.example")
    assert message_ids_field("References", ids) == b"References: <good@x.example>\r\n"
    assert message_ids_field("References", ids[:2]) == b""


@pytest.mark.parametrize("bad", ["", "a", "a@b@c", "a b@c", "<a@b>"])
def test_our_own_message_id_must_be_one(bad: str) -> None:
    with pytest.raises(Refused, match="Message-ID"):
        own_message_id_field(bad)


@pytest.mark.parametrize(
    "name",
    [
        "plain.pdf",
        'with "quotes".pdf',
        "a;b=c.pdf",
        "Übersicht.pdf",
        "ü" * 250,
        "x" * 250 + ".pdf",
        "日本.txt",
        "a'b%20*.txt",
    ],
)
def test_a_file_name_reads_back_exactly(name: str) -> None:
    field = parameter_field("Content-Disposition", "attachment", (("filename", name),))
    message = email.message_from_bytes(field + b"\r\n")
    assert message.get_filename() == name
    assert max(map(len, field.split(b"\r\n"))) <= 78
