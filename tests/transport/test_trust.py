"""Which certificates are trusted, on either kind of server and either way into TLS, and what is said of the others."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from lab.certificates import Certificates
from lab.dovecot import Dovecot
from lab.imapserver import ImapServer
from lab.smtpsink import SmtpSink
from mailcase.config import Security
from mailcase.errors import Unavailable
from mailcase.transport.trust import Untrusted, tls_context
from transport.imap_sessions import Connect
from transport.smtp_mails import Post

CANARY = "canary-55"
WAYS = [
    pytest.param((protocol, security), id=f"{protocol} {security}")
    for protocol in ("imap", "smtp")
    for security in (Security.TLS, Security.STARTTLS)
]
Check = Callable[..., object]
"""Log in, with `host`, `ca_file` and `fingerprint` as an account has them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A server with a certificate for the name localhost."""

    check: Check
    certificates: Certificates
    has_heard: Callable[[str], bool]
    """Whether somebody said this to it."""


@pytest.fixture(params=WAYS)
def server(request: pytest.FixtureRequest) -> Server:
    """Each kind of server, in TLS from the first byte and by STARTTLS."""
    protocol, security = request.param
    return request.getfixturevalue(f"{protocol}_server_of")(security)


@pytest.fixture
def imap_server_of(dovecot_server: Dovecot, dovecot_user: ImapServer, connect: Connect) -> Callable[..., Server]:
    def make(security: Security) -> Server:
        port = dovecot_server.tls_port if security is Security.TLS else dovecot_server.port

        def check(**changes: object) -> object:
            values = {"host": "localhost", "port": port, "security": security}
            return connect(dovecot_user.account(**(values | changes))).check()

        return Server(
            check=check,
            certificates=dovecot_server.certificates,
            has_heard=lambda _: dovecot_user.username in (dovecot_server.folder / "log").read_text(),
        )

    return make


@pytest.fixture
def smtp_server_of(tmp_path: Path, post: Post) -> object:
    sinks: list[SmtpSink] = []

    def make(security: Security) -> Server:
        certificates = Certificates.create(tmp_path)
        name = "tls" if security is Security.TLS else "starttls"
        sink = SmtpSink(**{name: certificates.server_context()}).__enter__()
        sinks.append(sink)

        def check(**changes: object) -> object:
            login = {"username": "desk", "password": CANARY}
            return post(sink.port, **({"host": "localhost", "security": security} | login | changes)).check()

        return Server(
            check=check,
            certificates=certificates,
            has_heard=lambda word: any(word in command for command in sink.commands),
        )

    yield make
    for sink in sinks:
        sink.__exit__()


def test_a_certificate_of_a_trusted_authority_is_used(server: Server) -> None:
    server.check(ca_file=server.certificates.ca)

    assert server.has_heard("AUTH")


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"], ids=["signed by nobody known", "and for another name"])
def test_the_pinned_certificate_is_used_whoever_signed_it(server: Server, host: str) -> None:
    server.check(host=host, fingerprint=server.certificates.fingerprint)

    assert server.has_heard("AUTH")


@pytest.mark.parametrize("way", [{}, {"fingerprint": "ab" * 32}], ids=["unknown authority", "wrong pin"])
def test_any_other_certificate_hears_no_password_and_its_fingerprint_is_told(
    server: Server, way: dict[str, str]
) -> None:
    with pytest.raises(Untrusted, match=r"certificate is not trusted|is not the pinned one") as caught:
        server.check(**way)

    assert f'fingerprint = "{server.certificates.fingerprint}"' in caught.value.remedy
    assert not server.has_heard("AUTH")


def test_the_wrong_name_is_told_with_the_fingerprint(server: Server) -> None:
    with pytest.raises(Untrusted, match=r"127\.0\.0\.1") as caught:
        server.check(host="127.0.0.1", ca_file=server.certificates.ca)

    assert server.certificates.fingerprint in caught.value.remedy
    assert not server.has_heard("AUTH")


def test_a_missing_ca_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match=r"none\.pem: no readable certificates"):
        tls_context(tmp_path / "none.pem")


def test_connections_share_what_is_known_of_authorities_until_it_changes(tmp_path: Path) -> None:
    made = Certificates.create(tmp_path)
    first = tls_context(made.ca)
    assert tls_context(made.ca) is first
    assert tls_context(made.ca, is_shared=False) is not first
    os.utime(made.ca, ns=(1, 1))
    assert tls_context(made.ca) is not first
