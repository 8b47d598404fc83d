"""Bodies: a safe encoding, and parts nested as mail clients expect."""

import email
from dataclasses import replace
from email.message import Message

import pytest

from mail.test_compose import DRAFT, attached, read
from mailcase.mail.compose import compose


def kinds(message: Message) -> list[str]:
    return [part.get_content_type() for part in message.walk()]


def text_of(part: Message) -> str:
    return part.get_payload(decode=True).decode(part.get_content_charset()).replace("\r\n", "\n")


@pytest.mark.parametrize(
    ("text", "encoding", "why"),
    [
        ("plain\n", "7bit", "ASCII in short lines"),
        ("Grüße aus Köln an alle Freunde\n", "quoted-printable", "a few others"),
        ("日本語の本文です\n", "base64", "mostly others"),
        ("x" * 999 + "\n", "quoted-printable", "a line too long"),
        ("a\nFrom here on\n", "quoted-printable", "mbox would put > before it"),
        ("bell \x07\n", "quoted-printable", "a control character"),
        ("trailing \n", "7bit", "white space is kept by 7bit"),
    ],
)
def test_text_takes_the_encoding_it_needs(text: str, encoding: str, why: str) -> None:
    message = read(compose(replace(DRAFT, text=text)))
    assert message["Content-Transfer-Encoding"] == encoding
    assert text_of(message) == text


@pytest.mark.parametrize("text", ["a\rb\r\nc\n", "a\r\nb\nc"])
def test_all_line_ends_become_crlf(text: str) -> None:
    raw = compose(replace(DRAFT, text=text))
    assert raw.endswith(b"\r\n\r\na\r\nb\r\nc\r\n")


@pytest.mark.parametrize("text", ["From ü\nFrom b", *("ü" + "x" * n + " From From From" for n in range(60, 75))])
def test_no_from_line_is_left_for_mbox_to_change(text: str) -> None:
    body = b"\r\n" + compose(replace(DRAFT, text=text)).partition(b"\r\n\r\n")[2]
    assert b"\r\nFrom " not in body


def test_a_lone_surrogate_becomes_a_question_mark() -> None:
    message = read(compose(replace(DRAFT, text="a\ud800b", subject="a\ud800b")))
    assert text_of(message) == "a?b\n"


def test_html_stands_beside_the_text() -> None:
    message = read(compose(replace(DRAFT, html="<p>Grüße</p>\n")))
    assert kinds(message) == ["multipart/alternative", "text/plain", "text/html"]
    assert text_of(message.get_payload(1)) == "<p>Grüße</p>\n"


def test_files_stand_behind_both() -> None:
    message = read(compose(replace(DRAFT, html="<p>x</p>", attachments=(attached("ä.pdf", bytes(range(256)) * 9),))))
    assert kinds(message) == ["multipart/mixed", "multipart/alternative", "text/plain", "text/html", "application/pdf"]
    file = message.get_payload(1)
    assert file.get_filename() == "ä.pdf"
    assert file.get_payload(decode=True) == bytes(range(256)) * 9


def test_pictures_of_the_html_stand_within_it() -> None:
    logo = attached("logo.png", content_type="image/png", is_inline=True, content_id="logo@x")
    other = attached("b.png", content_type="image/png", is_inline=True, content_id="unused@x")
    message = read(compose(replace(DRAFT, html='<img src="cid:logo@x">', attachments=(logo, other))))
    assert kinds(message) == [
        *("multipart/mixed", "multipart/alternative", "text/plain"),
        *("multipart/related", "text/html", "image/png"),
        "image/png",
    ]
    assert message.get_payload(0).get_payload(1).get_payload(1)["Content-ID"] == "<logo@x>"


@pytest.mark.parametrize(
    "content_type", ["message/rfc822", "multipart/mixed", "text", "a/b; c=d", "text/html\r\nX: y", "", "text/ö"]
)
def test_a_type_that_cannot_be_base64_or_is_none_becomes_a_plain_file(content_type: str) -> None:
    file = attached("mail.eml", b"From: a\n\nb", content_type=content_type)
    part = read(compose(replace(DRAFT, attachments=(file,)))).get_payload(1)
    assert part.get_content_type() == "application/octet-stream"
    assert part.get_payload(decode=True) == b"From: a\n\nb"


def test_old_clients_find_a_file_name_too() -> None:
    raw = compose(replace(DRAFT, attachments=(attached("Übersicht.pdf"),)))
    assert b'name="=?utf-8?b?w5xiZXJzaWNodC5wZGY=?="' in raw
    assert b"filename*=utf-8''%C3%9Cbersicht.pdf" in raw


def test_a_boundary_never_occurs_in_a_part() -> None:
    first = email.message_from_bytes(compose(replace(DRAFT, html="<p>"))).get_boundary()
    message = read(compose(replace(DRAFT, html="<p>", text=f"--{first}\n--{first}--\n")))
    assert message.get_boundary() != first
    assert kinds(message) == ["multipart/alternative", "text/plain", "text/html"]
