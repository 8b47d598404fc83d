"""Reaching an SMTP server: sockets, TLS and logins, and what is said when that fails."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from lab.certificates import Certificates
from lab.smtpsink import CUT, STALL, Script, SmtpSink
from mailcase.config import Security
from mailcase.errors import Unavailable
from mailcase.sandbox.server import Sandbox
from transport.smtp_mails import ACCEPTED, IMPATIENT, LINE, RAW, Post, once, outgoing, states


def test_nobody_listening_is_told(sink: SmtpSink, post: Post) -> None:
    with SmtpSink() as gone:
        port = gone.port
    with pytest.raises(Unavailable, match=f"127.0.0.1:{port}: nothing listens there") as caught:
        post(port).check()
    assert "port" in caught.value.remedy


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ({"connect": STALL}, "no answer in time"),
        ({"connect": CUT}, "the connection was cut"),
        ({"connect": "554 5.7.1 go away"}, "refuses us .554 5.7.1 go away"),
        ({"auth": "535 5.7.8 bad credentials"}, "login of desk is refused .535 5.7.8 bad"),
        ({"auth": "535 5.7.8 canary-55 is wrong"}, "login of desk is refused .535 5.7.8 … is wrong"),
        ({"auth": CUT}, "the connection was cut"),
    ],
)
def test_check_tells_why_it_fails(sink: SmtpSink, post: Post, script: Script, words: str) -> None:
    sink.rescript(script)
    with pytest.raises(Unavailable, match=f"127.0.0.1:{sink.port}: .*{words}") as caught:
        post(
            sink.port, username="desk", password="canary-55", **(IMPATIENT if STALL in script.values() else {})
        ).check()
    assert caught.value.remedy
    assert "canary" not in str(caught.value) + caught.value.remedy


def test_a_server_without_starttls_hears_no_password(sink: SmtpSink, post: Post) -> None:
    with pytest.raises(Unavailable, match="does not offer STARTTLS"):
        post(sink.port, security=Security.STARTTLS, username="desk", password="canary-55").check()
    assert [command.split()[0] for command in sink.commands] == ["EHLO"]


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return Certificates.create(tmp_path_factory.mktemp("tls"))


@pytest.fixture(params=[Security.TLS, Security.STARTTLS])
def tls_sink(request: pytest.FixtureRequest, certificates: Certificates) -> Iterator[tuple[SmtpSink, Security]]:
    """A server with TLS, either way, and which way."""
    name = "tls" if request.param is Security.TLS else "starttls"
    with SmtpSink(**{name: certificates.server_context()}) as server:
        yield server, request.param


def test_a_trusted_certificate_is_used(
    tls_sink: tuple[SmtpSink, Security], post: Post, certificates: Certificates
) -> None:
    sink, security = tls_sink
    login = {"username": "desk", "password": "canary-55"}
    postman = post(sink.port, host="localhost", security=security, ca_file=certificates.ca, **login)
    raw = b"Subject: x\r\n\r\n" + LINE * 6_000
    assert states(once(postman, outgoing(raw=raw))) == [ACCEPTED]
    assert sink.taken[0].raw == raw
    assert sink.clear_commands == ([] if security is Security.TLS else ["EHLO desk.example", "STARTTLS"])


@pytest.mark.parametrize(("host", "is_known"), [("localhost", False), ("127.0.0.1", True)], ids=["authority", "name"])
def test_an_untrusted_certificate_is_refused(
    tls_sink: tuple[SmtpSink, Security], post: Post, certificates: Certificates, *, host: str, is_known: bool
) -> None:
    sink, security = tls_sink
    ca_file: Path | None = certificates.ca if is_known else None
    postman = post(sink.port, host=host, security=security, ca_file=ca_file, username="desk", password="canary-55")
    with pytest.raises(Unavailable, match="certificate is not trusted"):
        postman.check()
    greeting = [] if security is Security.TLS else ["EHLO desk.example", "STARTTLS"]
    assert sink.commands == sink.clear_commands == 2 * greeting, "once for the fingerprint that it shows"


def test_the_sandbox_takes_mail_with_a_login(sandbox: Sandbox, post: Post) -> None:
    sandbox.add_user("desk@smtp-test.example", "secret")
    postman = post(sandbox.smtp_port, username="desk@smtp-test.example", password="secret")
    assert states(once(postman, outgoing("desk+1@smtp-test.example", sender=""))) == [ACCEPTED]
    assert sandbox.messages("desk@smtp-test.example")[0].endswith(RAW)
