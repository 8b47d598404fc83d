"""Where the mailboxes of an experiment are: a private Dovecot, or the embedded server where there is none."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from lab import dovecot
from lab.dovecot import Dovecot
from lab.imapserver import ImapServer
from mailcase.sandbox.server import Sandbox

EMBEDDED = "the embedded IMAP server, since Dovecot is not installed"

# Below [mailboxes.NAME]: short intervals, so that an experiment does not wait for them.
SERVERS = """\
since = "all"
[mailboxes.{name}.imap]
host = "127.0.0.1"
port = {imap_port}
security = "none"
username = "{username}"
password = "{password}"
poll_s = 1
{imap}
[mailboxes.{name}.smtp]
host = "127.0.0.1"
port = {smtp_port}
security = "none"
{smtp}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Host:
    """A running IMAP server on which every user is new."""

    server: Dovecot | Sandbox

    @property
    def name(self) -> str:
        return "Dovecot" if isinstance(self.server, Dovecot) else EMBEDDED

    def user(self) -> ImapServer:
        """Return the server as a new user sees it."""
        if isinstance(self.server, Dovecot):
            return ImapServer.dovecot(self.server)
        return ImapServer.embedded(self.server)


@contextmanager
def imap_host() -> Iterator[Host]:
    """Run the best server that there is."""
    server = Sandbox() if dovecot.binary() is None else Dovecot.start()
    if isinstance(server, Sandbox):
        server.start()
    try:
        yield Host(server=server)
    finally:
        server.stop()


def mailbox(name: str, user: ImapServer, smtp_port: int, *, own: str = "", **more: Any) -> str:
    """Return the settings of one more mailbox, NAME@northwind.example, with its servers; `own` is more of its own."""
    head = f'[mailboxes.{name}]\naddress = "{name}@northwind.example"\nqueue = "support"\nsubaddress = true\n{own}\n'
    return head + servers(name, user, smtp_port, **more)


def servers(name: str, user: ImapServer, smtp_port: int, *, imap: str = "", smtp: str = "", imap_port: int = 0) -> str:
    """Return the settings that give the mailbox `name` its servers; `imap` and `smtp` are more lines of those."""
    return SERVERS.format(
        name=name,
        imap_port=imap_port or user.port,
        username=user.username,
        password=user.password,
        smtp_port=smtp_port,
        imap=imap,
        smtp=smtp,
    )
