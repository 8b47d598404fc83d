"""Whole mails in, values out."""

from datetime import UTC, datetime

import pytest

from mailcase.domain.email import Address
from mailcase.errors import Unparseable
from mailcase.mail.parse import parse

SIMPLE = b"""Return-Path: <ada@example.org>
From: =?utf-8?Q?Ada_Lovel=C3=A5ce?= <ada@Example.ORG>
To: desk@example.com, "Doe, John" <john@example.net>
Subject: =?iso-8859-1?B?RHJ1Y2tlciBrYXB1dHQg/A==?=
Date: Tue, 3 Mar 2026 10:00:00 +0100
Message-ID: <one@example.org>
In-Reply-To: <zero@example.com>
References: <first@example.com>
 <zero@example.com>

Hello,
the printer is on fire.
"""


def test_a_plain_mail_is_read() -> None:
    email = parse(SIMPLE)
    assert email.sender == Address(address="ada@example.org", name="Ada Lovelåce")
    assert email.to == (Address(address="desk@example.com"), Address(address="john@example.net", name="Doe, John"))
    assert email.subject == "Drucker kaputt ü"
    assert email.date == datetime(2026, 3, 3, 9, tzinfo=UTC)
    assert email.message_id == "one@example.org"
    assert email.references == ("first@example.com", "zero@example.com")
    assert email.text == "Hello,\nthe printer is on fire.\n"


@pytest.mark.parametrize(
    ("raw", "reason"),
    [(b"", "empty"), (b" \r\n\r\n", "empty"), (b"A: " + b"x" * 300_000 + b"\n\nbody", "headers_too_large")],
)
def test_a_mail_that_cannot_be_read_is_held_with_its_reason(raw: bytes, reason: str) -> None:
    with pytest.raises(Unparseable) as error:
        parse(raw)
    assert error.value.reason == reason
