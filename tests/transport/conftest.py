"""Servers and clients that are closed when the test ends."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from lab.faultproxy import FaultProxy
from lab.imapscript import ImapScript, Script
from lab.imapserver import ImapServer
from lab.smtpsink import SmtpSink
from mailcase.config import Security
from mailcase.transport.account import ImapAccount, SmtpAccount
from mailcase.transport.imap import ImapSession
from mailcase.transport.smtp import SmtpPostman
from transport.imap_sessions import Connect, Scripted
from transport.smtp_mails import PATIENT, Post


@pytest.fixture
def connect() -> Iterator[Connect]:
    """Make sessions that are not open yet."""
    sessions: list[ImapSession] = []

    def make(account: ImapAccount) -> ImapSession:
        sessions.append(ImapSession(account))
        return sessions[-1]

    yield make
    for session in sessions:
        session.close()


@pytest.fixture
def session(imap_server: ImapServer, connect: Connect) -> Any:
    """An open session for the user of `imap_server`."""
    made = connect(imap_server.account())
    made.open()
    return made


@pytest.fixture
def scripted(connect: Connect) -> Iterator[Scripted]:
    """Make a server with a script, and a session for it that is not open yet."""
    servers: list[ImapScript] = []

    def make(script: Script, **changes: Any) -> tuple[ImapScript, ImapSession]:
        server = ImapScript(script).__enter__()
        servers.append(server)
        values: dict[str, Any] = {"host": "127.0.0.1", "security": Security.NONE, "username": "u", "password": "p"}
        values |= {"connect_timeout": timedelta(seconds=20), "command_timeout": timedelta(seconds=20)}
        return server, connect(ImapAccount(port=server.port, **(values | changes)))

    yield make
    for server in servers:
        server.__exit__()


@pytest.fixture
def proxy(dovecot_user: ImapServer) -> Iterator[FaultProxy]:
    with FaultProxy(target=dovecot_user.port, drip_interval_s=0.05) as made:
        yield made


@pytest.fixture
def sink() -> Iterator[SmtpSink]:
    with SmtpSink() as server:
        yield server


@pytest.fixture
def post() -> Iterator[Post]:
    made: list[SmtpPostman] = []

    def make(port: int, is_ours: Callable[[int], bool] = lambda _: True, **changes: Any) -> SmtpPostman:
        values: dict[str, Any] = PATIENT | {"host": "127.0.0.1", "security": Security.NONE, "helo_name": "desk.example"}
        made.append(SmtpPostman(SmtpAccount(port=port, **(values | changes)), is_ours))
        return made[-1]

    yield make
    for postman in made:
        postman.close()
