"""Sessions that are closed when the test ends."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from lab.imapserver import ImapServer
from mailcase.transport.account import ImapAccount
from mailcase.transport.imap import ImapSession

Connect = Callable[[ImapAccount], ImapSession]


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
