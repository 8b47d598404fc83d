"""The embedded servers of the demo, spoken to as any mail program would."""

import contextlib
import imaplib
import smtplib
import socket
import time
import uuid
from collections.abc import Iterator

import pytest

from mailcase.errors import Unavailable
from mailcase.sandbox.server import Sandbox
from mailcase.sandbox.submission import AUTHSERV_ID

RAW = b"From: Ann <ann@customer.example>\r\nSubject: caf\xe9\r\n\r\n.dot\r\n\xff\r\n"


@pytest.fixture
def domain(sandbox: Sandbox) -> str:
    """A domain that is the test's own, with the users support@ and ann@."""
    name = f"{uuid.uuid4().hex[:12]}.example"
    sandbox.add_user(f"support@{name}", "support-secret")
    sandbox.add_user(f"Ann@{name}", "ann-secret")
    return name


@contextlib.contextmanager
def smtp(sandbox: Sandbox) -> Iterator[smtplib.SMTP]:
    with smtplib.SMTP(sandbox.host, sandbox.smtp_port, timeout=10) as client:
        yield client


def test_a_delivered_mail_is_kept_byte_for_byte(sandbox: Sandbox, domain: str) -> None:
    sandbox.deliver(RAW, f"Support+token@{domain}")
    assert sandbox.messages(f"support@{domain}") == [RAW]
    assert sandbox.messages(f"ann@{domain}") == []


def test_nobody_gets_no_mail(sandbox: Sandbox, domain: str) -> None:
    with pytest.raises(KeyError):
        sandbox.deliver(RAW, f"nobody@{domain}")


def test_submitted_mail_reaches_each_recipient_and_is_recorded(sandbox: Sandbox, domain: str) -> None:
    recipients = [f"support+abc@{domain}", f"ann@{domain}", "someone@outside.example"]
    with smtp(sandbox) as client:
        assert client.sendmail("bounce@outside.example", recipients, RAW) == {}
    (in_support,), (in_ann,) = sandbox.messages(f"support@{domain}"), sandbox.messages(f"ann@{domain}")
    assert in_support.endswith(RAW)
    assert f"Delivered-To: support+abc@{domain}\r\n".encode() in in_support
    assert b"Return-Path: <bounce@outside.example>\r\n" in in_ann
    assert [mail.raw for mail in sandbox.submissions if set(mail.recipients) == set(recipients)] == [RAW]


def test_an_unknown_user_of_a_known_domain_is_refused(sandbox: Sandbox, domain: str) -> None:
    with smtp(sandbox) as client:
        refused = client.sendmail("a@outside.example", [f"typo@{domain}", f"ann@{domain}"], RAW)
    assert [code for code, _ in refused.values()] == [550]
    assert len(sandbox.messages(f"ann@{domain}")) == 1


@pytest.mark.parametrize(
    ("login", "author", "verdict"),
    [
        ("ann", "ann", "pass"),
        ("ann", "support", "none"),  # her login, somebody else's name
        ("", "ann", "none"),  # no login
    ],
)
def test_the_sandbox_vouches_only_for_an_author_who_logged_in(
    sandbox: Sandbox, domain: str, login: str, author: str, verdict: str
) -> None:
    raw = f"From: X <{author}@{domain}>\r\n\r\nhello\r\n".encode()
    with smtp(sandbox) as client:
        if login:
            client.login(f"{login}@{domain}", f"{login}-secret")
        client.sendmail(f"{author}@{domain}", [f"support@{domain}"], raw)
    expected = f"Authentication-Results: {AUTHSERV_ID}; auth={verdict}; dmarc={verdict} header.from={domain}\r\n"
    assert expected.encode() in sandbox.messages(f"support@{domain}")[0]


def test_a_wrong_password_is_refused_by_both_servers(sandbox: Sandbox, domain: str) -> None:
    with smtp(sandbox) as client, pytest.raises(smtplib.SMTPAuthenticationError):
        client.login(f"ann@{domain}", "wrong")
    with imaplib.IMAP4(sandbox.host, sandbox.imap_port, timeout=10) as client, pytest.raises(imaplib.IMAP4.error):
        client.login(f"ann@{domain}", "wrong")


def test_a_mail_program_sees_what_was_delivered(sandbox: Sandbox, domain: str) -> None:
    sandbox.deliver(RAW, f"ann@{domain}")
    with imaplib.IMAP4(sandbox.host, sandbox.imap_port, timeout=10) as client:
        client.login(f"ann@{domain}", "ann-secret")
        assert client.select()[1] == [b"1"]
        assert client.fetch("1", "(RFC822)")[1][0][1] == RAW


def test_idle_tells_of_each_of_many_mails(sandbox: Sandbox, domain: str) -> None:
    with imaplib.IMAP4(sandbox.host, sandbox.imap_port, timeout=10) as client:
        client.login(f"ann@{domain}", "ann-secret")
        client.select()
        client.send(b"x IDLE\r\n")
        for _ in range(50):
            sandbox.deliver(RAW, f"ann@{domain}")
        told = b""
        while b"* 50 EXISTS" not in told:
            told += client.readline()
        client.send(b"DONE\r\n")
        while not client.readline().startswith(b"x OK"):
            pass


def test_it_starts_within_a_second_and_stops_within_two_with_clients_connected() -> None:
    server = Sandbox()
    started = time.monotonic()
    server.start()
    assert time.monotonic() - started < 1
    imap, smtp_client = (socket.create_connection(("127.0.0.1", port)) for port in (server.imap_port, server.smtp_port))
    with imap, smtp_client:
        assert imap.recv(100).startswith(b"* OK")
        assert smtp_client.recv(100).startswith(b"220")
        stopped = time.monotonic()
        server.stop()
        server.stop()
    assert time.monotonic() - stopped < 2
    assert not server.is_running


def test_a_taken_port_is_told(sandbox: Sandbox) -> None:
    with pytest.raises(Unavailable, match="cannot listen") as caught:
        Sandbox(smtp_port=sandbox.smtp_port).start()
    assert "port" in caught.value.remedy
