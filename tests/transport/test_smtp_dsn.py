"""What reports a server is asked for, when it offers them (RFC 3461)."""

from collections.abc import Iterator

import pytest

from lab.smtpsink import SmtpSink
from mailcase.config import DsnRequest
from transport.smtp_mails import Post, once, outgoing


@pytest.fixture
def sink() -> Iterator[SmtpSink]:
    with SmtpSink(extensions=("8BITMIME", "SMTPUTF8", "DSN")) as server:
        yield server


@pytest.mark.parametrize(
    ("dsn", "notify"),
    [(DsnRequest.FAILURE, "NOTIFY=FAILURE,DELAY"), (DsnRequest.ALL, "NOTIFY=SUCCESS,FAILURE,DELAY")],
)
def test_reports_are_asked_for_with_the_message_id(sink: SmtpSink, post: Post, dsn: DsnRequest, notify: str) -> None:
    once(post(sink.port, dsn=dsn), outgoing("ann+x=1@customer.example"))
    (taken,) = sink.taken
    assert taken.mail == "MAIL FROM:<desk@desk.example> RET=HDRS ENVID=m@desk.example"
    assert taken.recipients == (
        f"RCPT TO:<ann+x=1@customer.example> {notify} ORCPT=rfc822;ann+2Bx+3D1@customer.example",
    )


def test_nobody_gets_reports_on_mail_with_the_null_return_path(sink: SmtpSink, post: Post) -> None:
    once(post(sink.port, dsn=DsnRequest.ALL), outgoing(sender=""))
    assert sink.taken[0].recipients == ("RCPT TO:<ann@customer.example> NOTIFY=NEVER",)


def test_nothing_is_asked_when_nothing_is_wanted(sink: SmtpSink, post: Post) -> None:
    once(post(sink.port, dsn=DsnRequest.NONE), outgoing())
    assert (sink.taken[0].mail, sink.taken[0].recipients) == (
        "MAIL FROM:<desk@desk.example>",
        ("RCPT TO:<ann@customer.example>",),
    )


def test_a_server_that_offers_none_is_asked_for_none(post: Post) -> None:
    with SmtpSink() as plain:
        once(post(plain.port, dsn=DsnRequest.ALL), outgoing())
        assert plain.taken[0].recipients == ("RCPT TO:<ann@customer.example>",)
