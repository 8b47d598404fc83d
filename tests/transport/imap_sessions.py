"""What the tests of IMAP sessions share."""

from collections.abc import Callable
from datetime import timedelta

from lab.imapscript import ImapScript
from mailcase.domain.mailbox import Cursor, Fetched
from mailcase.transport.account import ImapAccount
from mailcase.transport.imap import ImapSession

SOON = timedelta(seconds=0.6)
IMPATIENT = {"connect_timeout": SOON, "command_timeout": SOON}
START = Cursor(uidvalidity=7, uid=0)

Connect = Callable[[ImapAccount], ImapSession]
Scripted = Callable[..., tuple[ImapScript, ImapSession]]


def fetched(session: ImapSession, most: int = 10) -> list[Fetched]:
    session.open()
    return list(session.fetch(START, max_messages=most))
