"""Reaching an IMAP server: sockets, TLS and logins, and what is said when that fails."""

import base64
import re
import time
import traceback
from typing import Any

import pytest

from lab.faultproxy import Fault, FaultProxy
from lab.imapscript import OK, ImapScript, Script
from lab.imapserver import ImapServer
from mailcase.config import Security
from mailcase.errors import Invalid, Unavailable
from mailcase.transport.account import AfterFiling, ImapAccount
from transport.imap_sessions import IMPATIENT, Connect, Scripted


def test_a_password_beyond_ascii_goes_by_authenticate(scripted: Scripted) -> None:
    server, session = scripted({"AUTHENTICATE": "+ \r\n", "line": OK}, password="pässword")
    session.open()
    assert "AUTHENTICATE PLAIN" in server.commands
    assert "LOGIN" not in server.names()


def test_a_stripped_starttls_hears_no_password(dovecot_user: ImapServer, proxy: FaultProxy, connect: Connect) -> None:
    proxy.rewrite = lambda packet: packet.replace(b"STARTTLS", b"STARTING")
    session = connect(dovecot_user.account(port=proxy.port, security=Security.STARTTLS, ca_file=dovecot_user.ca_file))
    with pytest.raises(Unavailable, match="does not offer STARTTLS, so nothing was sent") as caught:
        session.open()
    assert "strips" in caught.value.remedy


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ({"greeting": "* PREAUTH welcome\r\n"}, "does not offer STARTTLS"),
        ({"STARTTLS": "{tag} NO not now\r\n"}, "refuses STARTTLS"),
        ({"STARTTLS": OK + "* CAPABILITY IMAP4rev1\r\n"}, "plain text behind its answer to STARTTLS"),
        ({"STARTTLS": OK}, "no complete TLS handshake|no answer in time|does not speak TLS|was cut"),
    ],
)
def test_whoever_meddles_with_starttls_hears_no_password(scripted: Scripted, script: Script, words: str) -> None:
    offered = {"CAPABILITY": "* CAPABILITY IMAP4rev1 STARTTLS\r\n" + OK} | script
    server, session = scripted(offered, security=Security.STARTTLS, **IMPATIENT)
    with pytest.raises(Unavailable, match=words):
        session.open()
    assert "LOGIN" not in server.names()


@pytest.mark.parametrize(
    "changes",
    [{"username": "a\r\nb"}, {"folder": "IN\nBOX"}, {"keyword": "two words"}, {"after_filing": AfterFiling.MOVE}],
    ids=["line end in the user name", "line end in the folder", "blank in the keyword", "no folder to move to"],
)
def test_values_that_would_break_a_command_are_invalid(changes: dict[str, Any]) -> None:
    with pytest.raises(Invalid, match=r"imap\.example"):
        ImapAccount(**({"host": "imap.example", "username": "u", "password": "p"} | changes))


@pytest.mark.parametrize(
    "repeated",
    ["hunter-55", base64.b64encode(b"\0desk\0hunter-55").decode(), base64.b64encode(b"hunter-55").decode().rstrip("=")],
    ids=["as it is", "of AUTHENTICATE PLAIN", "without padding"],
)
def test_a_password_that_the_server_repeats_is_not_told(scripted: Scripted, repeated: str) -> None:
    _server, session = scripted({"LOGIN": f"{{tag}} NO [{repeated}] is wrong\r\n"}, password="hunter-55")
    with pytest.raises(Unavailable, match=r"is refused \(\[….*\] is wrong\)") as caught:
        session.open()
    assert repeated not in "".join(traceback.format_exception(caught.value))


def test_an_account_does_not_show_its_password() -> None:
    assert "canary-9" not in repr(ImapAccount(host="h", username="u", password="canary-9"))


@pytest.mark.parametrize(
    ("host", "words"),
    [("127.0.0.1", "nothing listens there"), ("no-such-host.invalid", "the name is not known")],
)
def test_a_server_that_is_not_there_is_told(dovecot_user: ImapServer, connect: Connect, host: str, words: str) -> None:
    with ImapScript() as gone:
        port = gone.port
    with pytest.raises(Unavailable, match=re.escape(f"{host}:{port}: {words}")) as caught:
        connect(dovecot_user.account(host=host, port=port)).open()
    assert "host" in caught.value.remedy


def test_tls_on_a_plain_port_is_told(dovecot_user: ImapServer, connect: Connect) -> None:
    with pytest.raises(Unavailable, match="does not speak TLS") as caught:
        connect(dovecot_user.account(security=Security.TLS)).open()
    assert "starttls" in caught.value.remedy


def test_a_dripping_tls_handshake_ends_in_time(dovecot_user: ImapServer, connect: Connect) -> None:
    assert dovecot_user.tls_port is not None
    with FaultProxy(target=dovecot_user.tls_port, drip_interval_s=0.05) as proxy:
        proxy.turn(Fault.DRIP)
        started = time.monotonic()
        with pytest.raises(Unavailable, match="no answer in time"):
            connect(dovecot_user.account(port=proxy.port, security=Security.TLS, **IMPATIENT)).open()
    assert time.monotonic() - started < 4


def test_a_missing_ca_file_is_told(dovecot_user: ImapServer, connect: Connect, tmp_path: Any) -> None:
    account = dovecot_user.account(security=Security.TLS, ca_file=tmp_path / "none.pem")
    with pytest.raises(Unavailable, match=r"none\.pem: no readable certificates"):
        connect(account).open()
