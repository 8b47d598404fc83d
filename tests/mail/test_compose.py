"""What is composed reads back, with the standard library's parser, as what was meant."""

import email
import email.policy
from dataclasses import replace
from datetime import UTC, datetime
from email.header import decode_header, make_header
from email.message import Message
from email.utils import getaddresses
from hashlib import sha256

import pytest

from mailcase.domain.email import Address, Attachment
from mailcase.errors import Refused
from mailcase.mail.compose import compose, verify
from mailcase.mail.draft import AutoSubmitted, Draft

DRAFT = Draft(
    desk="northwind",
    sender=Address(address="support@northwind.example", name="Northwind Support"),
    to=(Address(address="maja@lindqvist.example", name="Maja Lindqvist"),),
    subject="[CAS-000123-K7Q] We have received your message",
    text="Hello,\n\nthank you.\n",
    message_id="c.123.abc@northwind.example",
    date=datetime(2026, 11, 22, 9, 30, tzinfo=UTC),
)


def read(raw: bytes) -> Message:
    return email.message_from_bytes(raw)


def subject(message: Message) -> str:
    return str(make_header(decode_header(message["Subject"])))


def attached(name: str, content: bytes = b"abc", **more) -> Attachment:
    values = {"content_type": "application/pdf", "is_inline": False, **more}
    return Attachment(name=name, content=content, sha256=sha256(content).hexdigest(), **values)


def test_a_plain_mail_is_written_as_this() -> None:
    draft = replace(DRAFT, auto_submitted=AutoSubmitted.REPLIED, in_reply_to="q@l.example", references=("q@l.example",))
    assert compose(draft) == (
        b"Date: Sun, 22 Nov 2026 09:30:00 +0000\r\n"
        b"From: Northwind Support <support@northwind.example>\r\n"
        b"To: Maja Lindqvist <maja@lindqvist.example>\r\n"
        b"Subject: [CAS-000123-K7Q] We have received your message\r\n"
        b"Message-ID: <c.123.abc@northwind.example>\r\n"
        b"In-Reply-To: <q@l.example>\r\n"
        b"References: <q@l.example>\r\n"
        b"X-Mailcase: northwind\r\n"
        b"Auto-Submitted: auto-replied\r\n"
        b"X-Auto-Response-Suppress: All\r\n"
        b"MIME-Version: 1.0\r\n"
        b'Content-Type: text/plain; charset="us-ascii"\r\n'
        b"Content-Transfer-Encoding: 7bit\r\n"
        b"\r\n"
        b"Hello,\r\n\r\nthank you.\r\n"
    )


def test_the_same_draft_gives_the_same_bytes() -> None:
    draft = replace(DRAFT, html="<p>Hello</p>", attachments=(attached("a.pdf"),))
    assert compose(draft) == compose(draft)


def test_a_persons_mail_has_no_header_of_automatic_mail() -> None:
    message = read(compose(DRAFT))
    assert message["Auto-Submitted"] is None
    assert message["X-Auto-Response-Suppress"] is None
    assert message["Precedence"] is None


def test_a_mail_needs_a_recipient() -> None:
    with pytest.raises(Refused, match="To: a mail needs a recipient"):
        compose(replace(DRAFT, to=()))


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("Bcc", "a recipient that nobody sees"),
        ("Sender", "another sender"),
        ("X-Mailcase", "the loop header is the desk's"),
        ("Subject", "a second subject"),
        ("X-A: b\r\nBcc", "a header in a name"),
    ],
)
def test_only_known_headers_may_be_added(name: str, why: str) -> None:
    with pytest.raises(Refused, match="not a header field that a draft may add"):
        compose(replace(DRAFT, extra=((name, "eve@evil.example"),)))


def test_a_header_is_added_once() -> None:
    with pytest.raises(Refused, match="twice"):
        compose(replace(DRAFT, extra=(("Importance", "high"), ("importance", "low"))))


def test_extra_headers_and_the_opt_out_are_written() -> None:
    draft = replace(
        DRAFT,
        list_unsubscribe="mailto:support@northwind.example?subject=stop",
        extra=(("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"), ("content-language", "de")),
    )
    message = read(compose(draft))
    assert message["List-Unsubscribe"] == "<mailto:support@northwind.example?subject=stop>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["Content-Language"] == "de"


@pytest.mark.parametrize("url", ["javascript:x", "https://a.example/>,<https://b.example", "http://a.example"])
def test_an_opt_out_is_one_safe_address(url: str) -> None:
    with pytest.raises(Refused, match="List-Unsubscribe"):
        compose(replace(DRAFT, list_unsubscribe=url))


def test_cc_and_reply_to_are_written() -> None:
    draft = replace(
        DRAFT,
        cc=(Address(address="b@x.example"), Address(address="c@x.example", name="Cée")),
        reply_to=Address(address="support+t0ken@northwind.example"),
    )
    message = read(compose(draft))
    assert [address for _, address in getaddresses([message["Cc"]])] == ["b@x.example", "c@x.example"]
    assert message["Reply-To"] == "support+t0ken@northwind.example"


def test_verify_refuses_a_header_too_many() -> None:
    raw = compose(DRAFT).replace(b"MIME-Version", b"Bcc: eve@evil.example\r\nMIME-Version", 1)
    with pytest.raises(Refused, match="header"):
        verify(raw, DRAFT)


@pytest.mark.parametrize(
    ("before", "after", "named"),
    [
        (b"To: Maja", b"To: eve@evil.example, Maja", "To"),
        (b"<support@northwind.example>", b"<support@evil.example>", "From"),
        (b"received your", b"lost your", "Subject"),
        (b"Subject:", b"Subject: a\nBcc: eve@evil.example\r\nSubject:", "line break"),
        (b"Message-ID: <c.123", b"Message-ID: <c.999", "Message-ID"),
    ],
)
def test_verify_refuses_other_values(before: bytes, after: bytes, named: str) -> None:
    with pytest.raises(Refused, match=named):
        verify(compose(DRAFT).replace(before, after, 1), DRAFT)


def test_no_line_is_longer_than_the_standard_allows() -> None:
    draft = replace(
        DRAFT,
        subject="Grüße " * 60,
        to=tuple(Address(address=f"{'x' * 60}{n}@{'y' * 60}.example", name="Ärger " * 9) for n in range(50)),
        references=tuple(f"{'r' * 200}{n}@x.example" for n in range(90)),
        text="x" * 5000 + "\n" + "ü" * 3000,
        html="<p>" + "y" * 5000,
        attachments=(attached("ü" * 250),),
    )
    assert max(map(len, compose(draft).split(b"\r\n"))) <= 998
