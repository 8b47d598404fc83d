"""The same mail is known by all that it says."""

import pytest

from lab.mails import mail
from mailcase.mail.fingerprint import fingerprint
from mailcase.mail.parse import parse

TRACE = b"Return-Path: <clara@customer.example>\r\nReceived: from a by b\r\nDelivered-To: billing@northwind.example\r\n"


def of(raw: bytes) -> str | None:
    return fingerprint(parse(raw))


@pytest.mark.parametrize(
    "copy",
    [
        pytest.param(TRACE + mail(), id="trace fields of another delivery"),
        pytest.param(b"Bcc: billing@northwind.example\r\n" + mail(), id="a server that keeps Bcc in the copy"),
        pytest.param(mail().replace(b"\r\n", b"\n"), id="other line ends"),
        pytest.param(
            mail(headers={"Content-Transfer-Encoding": "base64"}, text="VGhlIHByaW50ZXIgc2hvd3MgRTQyLgo=\n"),
            id="another transfer encoding",
        ),
    ],
)
def test_a_copy_has_the_same_fingerprint(copy: bytes) -> None:
    assert of(copy) == of(mail())


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(mail("The scanner is dead.\n"), id="other words"),
        pytest.param(mail(message_id="<2@customer.example>"), id="another Message-ID"),
        pytest.param(mail(sender="Eve <eve@customer.example>"), id="another writer"),
        pytest.param(mail(to="billing@northwind.example"), id="to somebody else"),
        pytest.param(mail(subject="Scanner"), id="another subject"),
        pytest.param(mail(headers={"Date": "Mon, 02 Mar 2026 09:05:00 +0000"}), id="another date"),
    ],
)
def test_another_mail_has_another_fingerprint(other: bytes) -> None:
    assert of(other) != of(mail())


def test_a_mail_without_a_message_id_has_none() -> None:
    assert of(mail().replace(b"Message-ID", b"X-ID")) is None


def test_half_a_character_is_no_hindrance() -> None:
    assert of(mail(subject="\udce4".encode("utf-8", "surrogatepass").decode("latin-1")))
