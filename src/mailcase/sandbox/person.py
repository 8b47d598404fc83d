"""Somebody with a mail program, for the demo: sends by SMTP, reads by IMAP, answers as mail programs do."""

import imaplib
import smtplib
import time
from collections.abc import Callable
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import make_msgid

from mailcase.errors import Unavailable
from mailcase.sandbox.server import Sandbox

TIMEOUT_S = 30.0
LOOK_EVERY_S = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One user of the sandbox."""

    name: str
    address: str
    password: str

    def write(self, sandbox: Sandbox, mail: EmailMessage) -> None:
        """Hand a mail in, from this person."""
        del mail["From"], mail["Message-ID"]
        mail["From"] = f"{self.name} <{self.address}>"
        mail["Message-ID"] = make_msgid(domain=self.address.rpartition("@")[2])
        with smtplib.SMTP(sandbox.host, sandbox.smtp_port, timeout=TIMEOUT_S) as server:
            server.login(self.address, self.password)
            server.send_message(mail)

    def read(self, sandbox: Sandbox) -> list[EmailMessage]:
        """Return the mails in the INBOX, oldest first."""
        with imaplib.IMAP4(sandbox.host, sandbox.imap_port, timeout=TIMEOUT_S) as server:
            server.login(self.address, self.password)
            server.select("INBOX", readonly=True)
            _, found = server.uid("SEARCH", "ALL")
            uids = found[0].split() if found and found[0] else []
            return [self._fetch(server, uid) for uid in uids]

    def wait_for(self, sandbox: Sandbox, wanted: Callable[[EmailMessage], bool], what: str) -> EmailMessage:
        """Return the first mail that is `wanted`. Raises Unavailable when none comes in time."""
        until = time.monotonic() + TIMEOUT_S
        while time.monotonic() < until:
            for mail in self.read(sandbox):
                if wanted(mail):
                    return mail
            time.sleep(LOOK_EVERY_S)
        raise Unavailable(f"{self.name} waited {TIMEOUT_S:.0f} s in vain for {what}.")

    def answer(self, sandbox: Sandbox, mail: EmailMessage, text: str) -> EmailMessage:
        """Answer `mail` above its quoted text, and return the answer."""
        subject = mail["Subject"] or ""
        reply = EmailMessage(policy=policy.SMTP)
        reply["To"] = mail["Reply-To"] or mail["From"]
        reply["Subject"] = subject if subject.lower().startswith("re:") else f"Re: {subject}"
        reply["In-Reply-To"] = mail["Message-ID"]
        reply["References"] = f"{mail['References'] or ''} {mail['Message-ID']}".strip()
        quoted = "\n".join(f"> {line}" for line in text_of(mail).splitlines())
        reply.set_content(f"{text}\n\nOn {mail['Date']}, {mail['From']} wrote:\n{quoted}\n")
        self.write(sandbox, reply)
        return reply

    @staticmethod
    def _fetch(server: imaplib.IMAP4, uid: bytes) -> EmailMessage:
        _, parts = server.uid("FETCH", uid.decode(), "(BODY.PEEK[])")
        raw = next(part[1] for part in parts if isinstance(part, tuple))
        return message_from_bytes(raw, policy=policy.default)


def text_of(mail: EmailMessage) -> str:
    """Return the plain text of a mail."""
    body = mail.get_body(("plain", "html"))
    return str(body.get_content()) if body is not None else ""
