"""The mail servers that a run talks to, all on the loopback and none in the process that is measured."""

import imaplib
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from lab import dovecot

HOST = "127.0.0.1"
USER = "support@desk.example"
ROOT = Path(__file__).parents[1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Servers:
    """Where they listen."""

    imap: str
    """What serves IMAP, for the reader of the figures."""
    imap_port: int
    smtp_port: int
    password: str = dovecot.PASSWORD

    def fill(self, mails: Iterable[bytes]) -> None:
        """Append mails to the INBOX."""
        with self.client() as client:
            for mail in mails:
                status, answer = client.append("INBOX", "", "", mail)
                assert status == "OK", answer

    @contextmanager
    def client(self) -> Iterator[imaplib.IMAP4]:
        """Yield a mail program that is logged in."""
        with imaplib.IMAP4(HOST, self.imap_port, timeout=60) as client:
            client.login(USER, self.password)
            client.select("INBOX")
            yield client


@contextmanager
def servers() -> Iterator[Servers]:
    """Start Dovecot, or the embedded IMAP server where it is missing, and an SMTP sink; stop them at the end."""
    with _child("bench.sink") as smtp_port:
        if dovecot.binary() is None:
            with _child("bench.provider", USER, dovecot.PASSWORD) as imap_port:
                yield Servers(imap="the embedded IMAP server", imap_port=imap_port, smtp_port=smtp_port)
            return
        server = dovecot.Dovecot.start()
        try:
            yield Servers(imap="Dovecot", imap_port=server.port, smtp_port=smtp_port)
        finally:
            server.stop()


@contextmanager
def _child(module: str, *arguments: str) -> Iterator[int]:
    """Run a server module in a process of its own and yield its port."""
    command = [sys.executable, "-m", module, *arguments]
    child = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert child.stdout is not None
    try:
        yield int(child.stdout.readline())
    finally:
        child.communicate()
