"""Agents' words lose what is not the customer's to read (GUARANTEES G14)."""

from urllib.parse import quote

import pytest

from mailcase.desk.scrub import require_public, scrub
from mailcase.domain.email import Attachment
from mailcase.domain.token import Party, Token
from mailcase.errors import Refused
from mailcase.mail.letter import INTERNAL
from mailcase.mail.thread import mint_address

PUBLIC = ["Hello,\nthe printer shows E42.\n"]


def test_words_without_quotes_stay_as_they_are():
    assert scrub("Dear Ms Weber,\n\nopen the flap.", PUBLIC) == "Dear Ms Weber,\n\nopen the flap."


def test_quoted_words_of_the_customer_stay():
    words = "> the printer shows E42.\nThat is the paper sensor."
    assert scrub(words, PUBLIC) == words


def test_quoted_lines_that_the_customer_never_saw_go():
    words = "> Status: Active, In Progress\n> > warehouse says it is lost\nIt is on its way."
    assert scrub(words, PUBLIC) == "It is on its way."


@pytest.mark.parametrize(
    "words",
    [
        f"Hello\n\nFrom: Desk\n{INTERNAL}\nCase: CAS-1",
        f"Hello\n{INTERNAL.replace(' ', chr(10), 1)}",  # wrapped by a mail program
    ],
    ids=["unmarked quote", "wrapped mark"],
)
def test_a_notice_that_cannot_be_told_from_the_words_is_refused(words):
    with pytest.raises(Refused, match="nothing went to the customer"):
        scrub(words, PUBLIC)


def test_a_mail_of_nothing_but_the_notice_is_refused():
    with pytest.raises(Refused, match="nothing but the quoted notice"):
        scrub(f"> {INTERNAL}\n> Case: CAS-1\n", PUBLIC)


def file(content: bytes) -> Attachment:
    return Attachment(
        name="notice.eml", content_type="message/rfc822", content=content, sha256="0" * 64, is_inline=False
    )


@pytest.mark.parametrize(
    "content",
    [
        b"Subject: New case\r\nX-Mailcase: mailcase\r\n\r\nhidden in base64",
        INTERNAL.encode("utf-16-le"),  # as Outlook attaches a mail
        b"To: support+mc-1-aanna-abcdefghijklmnopqrstuvwxyz@northwind.example",
    ],
    ids=["forwarded as attachment", "msg", "token"],
)
def test_a_notice_among_the_files_is_refused(content: bytes) -> None:
    with pytest.raises(Refused, match=r"notice\.eml is a mail of this desk"):
        require_public([file(b"%PDF-1.7"), file(content)])


def test_other_files_may_go_out() -> None:
    require_public([file(b"%PDF-1.7"), file(b"Subject: A mail of somebody else's\r\n\r\n")])


def test_message_ids_of_ours_are_taken_out() -> None:
    copied = f"Message-ID: <mc.1.aanna.5bf2.{'a' * 26}@northwind.example>"
    assert scrub(f"{copied}\nHello", PUBLIC) == "Message-ID: \nHello"


def test_reply_tokens_are_taken_out():
    address = mint_address(Token(case_id=1, party=Party.AGENT, party_id="anna"), b"secret", "support@example.com")
    assert scrub(f"Write to {address}, please.", PUBLIC) == "Write to support@example.com, please."


@pytest.mark.parametrize(
    "disguised",
    [
        lambda address: f"<mailto:{quote(address)}>",
        lambda address: address.replace("+", "&#43;"),
        lambda address: f"{address[:20]}\n{address[20:]}",
        lambda address: f"{address[:20]}=\n> {address[20:]}".replace("=", ""),
    ],
    ids=["percent-encoded", "as HTML", "over two lines", "over two quoted lines"],
)
def test_reply_tokens_in_disguise_stop_the_mail(disguised):
    address = mint_address(Token(case_id=1, party=Party.AGENT, party_id="anna"), b"secret", "support@example.com")
    with pytest.raises(Refused, match="encoded or broken over lines"):
        scrub(f"Write to {disguised(address)}, please.", [f"Write to {disguised(address)}, please."])
