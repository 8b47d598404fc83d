"""One user on a real IMAP server, whichever it is, and the other people who use that mailbox too."""

import contextlib
import hashlib
import imaplib
import uuid
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from lab.dovecot import PASSWORD, Dovecot
from mailcase.config import Security
from mailcase.sandbox.server import Sandbox
from mailcase.transport.account import ImapAccount


@dataclass(frozen=True, slots=True, kw_only=True)
class ImapServer:
    """A running server, seen from one user who exists there alone."""

    name: str
    port: int
    tls_port: int | None
    ca_file: Path | None
    username: str
    password: str = PASSWORD
    has_keywords: bool

    @classmethod
    def embedded(cls, sandbox: Sandbox) -> "ImapServer":
        username = f"u{uuid.uuid4().hex[:12]}@desk.example"
        sandbox.add_user(username, PASSWORD)
        return cls(
            name="embedded", port=sandbox.imap_port, tls_port=None, ca_file=None, username=username, has_keywords=False
        )

    @classmethod
    def dovecot(cls, dovecot: Dovecot, domain: str = "") -> "ImapServer":
        """Return a new user, with an address of `domain` for a name if that is given."""
        return cls(
            name="dovecot",
            port=dovecot.port,
            tls_port=dovecot.tls_port,
            ca_file=dovecot.certificates.ca,
            username=f"u{uuid.uuid4().hex[:12]}{domain}",
            has_keywords=True,
        )

    def account(self, **changes: Any) -> ImapAccount:
        """Return an account for this user, in the clear unless `changes` say otherwise."""
        values = {
            "host": "127.0.0.1",
            "port": self.port,
            "security": Security.NONE,
            "username": self.username,
            "password": self.password,
        }
        return ImapAccount(**(values | changes))

    @contextlib.contextmanager
    def client(self, folder: str = "INBOX") -> Iterator[imaplib.IMAP4]:
        """Yield another mail program, logged in, with the folder open for writing."""
        with imaplib.IMAP4("127.0.0.1", self.port, timeout=20) as client:
            client.login(self.username, self.password)
            client.select(folder)
            yield client

    def append(
        self, *mails: bytes, received_at: datetime | None = None, folder: str = "INBOX", flags: str = ""
    ) -> None:
        """Deliver mails, byte for byte."""
        with self.client() as client:
            for mail in mails:
                when = imaplib.Time2Internaldate(received_at) if received_at else None
                status, answer = client.append(folder, flags or None, when, mail)
                assert status == "OK", answer

    def flags(self, folder: str = "INBOX") -> dict[int, set[str]]:
        """Return the flags of each message but for \\Recent, by UID."""
        with self.client(folder) as client:
            client.select(folder, readonly=True)
            answers = client.uid("FETCH", "1:*", "(UID FLAGS)")[1]
        found = {}
        for answer in answers:
            if answer:
                uid = int(answer.split(b"UID ")[1].split()[0].strip(b")"))
                told = answer.split(b"FLAGS (")[1].split(b")")[0].decode().split()
                found[uid] = set(told) - {"\\Recent"}
        return found

    def messages(self, folder: str = "INBOX", criterion: str = "ALL") -> list["Message"]:
        """Return what a SEARCH finds in a folder, by UID; nothing in a folder that is not there."""
        with self.client() as client:
            if client.select(folder, readonly=True)[0] != "OK":
                return []
            uids = client.uid("SEARCH", criterion)[1][0].split()
            if not uids:
                return []
            answers = client.uid("FETCH", b",".join(uids).decode(), "(UID FLAGS BODY.PEEK[])")[1]
        return [_message(*answer) for answer in answers if isinstance(answer, tuple)]

    def hashes(self, folder: str = "INBOX", criterion: str = "ALL") -> Counter[str]:
        """Return the SHA-256 of each message that `messages` finds."""
        return Counter(message.sha256 for message in self.messages(folder, criterion))


@dataclass(frozen=True, slots=True)
class Message:
    """One message as another mail program sees it."""

    uid: int
    flags: frozenset[str]
    sha256: str


def _message(said: bytes, raw: bytes) -> Message:
    uid = int(said.split(b"UID ")[1].split()[0])
    flags = said.split(b"FLAGS (")[1].split(b")")[0].decode().split()
    return Message(uid, frozenset(flags), hashlib.sha256(raw).hexdigest())
