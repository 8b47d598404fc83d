"""The SMTP side of the sandbox: takes mail from anybody on this machine and puts it into the users' mailboxes."""

import asyncio
import email.utils
import logging
from dataclasses import dataclass
from email.parser import BytesHeaderParser
from email.policy import compat32

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from mailcase.sandbox.mailboxes import Mailboxes

AUTHSERV_ID = "sandbox.invalid"
"""What the sandbox signs its Authentication-Results headers with (RFC 8601 section 2.5)."""
MAX_BYTES = 50_000_000
# A demo should not fail for a long line; the daemon that reads the mail has limits of its own.
MAX_LINE_BYTES = 1_048_576


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """One mail that was handed in."""

    sender: str
    """Return path; empty for the null return path."""
    recipients: tuple[str, ...]
    raw: bytes
    login: str
    """The user who handed it in; empty without a login."""


class Submissions:
    """aiosmtpd's hooks: who may log in, which recipients there are, and where a mail goes."""

    def __init__(self, mailboxes: Mailboxes) -> None:
        self.received: list[Submission] = []
        self._mailboxes = mailboxes
        # At each login aiosmtpd warns itself of a name that it uses itself.
        logging.getLogger("mail.log").setLevel(logging.ERROR)

    def protocol(self) -> SMTP:
        """Return the server side of one new connection."""
        return _Protocol(
            self,
            loop=asyncio.get_running_loop(),
            hostname="localhost",
            ident="mailcase sandbox",
            data_size_limit=MAX_BYTES,
            enable_SMTPUTF8=True,
            auth_require_tls=False,
            authenticator=self._authenticate,
        )

    async def handle_RCPT(  # noqa: N802 - aiosmtpd calls it by this name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Refuse who is not known in a domain of ours; other domains stand for the world outside."""
        domain = address.rpartition("@")[2].lower()
        if self._mailboxes.has_domain(domain) and not self._mailboxes.knows(base_address(address)):
            return f"550 5.1.1 <{address}> is no user here"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, _server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Deliver to each recipient who lives here and keep a copy."""
        raw = envelope.content if isinstance(envelope.content, bytes) else b""
        submission = Submission(
            sender=envelope.mail_from or "",
            recipients=tuple(envelope.rcpt_tos),
            raw=raw,
            login=_login(session),
        )
        for recipient in submission.recipients:
            if self._mailboxes.knows(base_address(recipient)):
                await self._mailboxes.append(base_address(recipient), trace(submission, recipient) + raw)
        self.received.append(submission)
        return f"250 2.0.0 OK, number {len(self.received)}"

    def _authenticate(
        self, _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, credentials: object
    ) -> AuthResult:
        if not isinstance(credentials, LoginPassword):
            return AuthResult(success=False, handled=False)
        address = credentials.login.decode("utf-8", "replace").lower()
        is_right = self._mailboxes.is_password(address, credentials.password.decode("utf-8", "replace"))
        return AuthResult(success=is_right, handled=False, auth_data=credentials)


def _login(session: Session) -> str:
    credentials: object = session.auth_data  # aiosmtpd leaves the type to the authenticator
    return credentials.login.decode("utf-8", "replace").lower() if isinstance(credentials, LoginPassword) else ""


class _Protocol(SMTP):
    line_length_limit = MAX_LINE_BYTES


def base_address(address: str) -> str:
    """Return the address that mail for `address` is kept under: lower case, without a +tag (RFC 5233)."""
    local, _, domain = address.lower().rpartition("@")
    return f"{local.partition('+')[0]}@{domain}"


def trace(submission: Submission, recipient: str) -> bytes:
    """Return the headers that a provider puts on top at the final delivery.

    The sandbox is the provider of its users, so it vouches for a From that is the login's own address.
    """
    author = _author(submission.raw)
    is_own = bool(submission.login) and author == base_address(submission.login)
    verdict = "pass" if is_own else "none"
    domain = author.rpartition("@")[2] or "invalid"
    return (
        f"Return-Path: <{submission.sender}>\r\n"
        f"Delivered-To: {recipient}\r\n"
        f"Authentication-Results: {AUTHSERV_ID}; auth={verdict}; dmarc={verdict} header.from={domain}\r\n"
    ).encode("utf-8", "surrogateescape")


def _author(raw: bytes) -> str:
    """Return the address of the only From header in lower case; empty when there is none or more than one."""
    headers = BytesHeaderParser(policy=compat32).parsebytes(raw).get_all("From", [])
    addresses = email.utils.getaddresses([str(header) for header in headers])
    domain = addresses[0][1].rpartition("@")[2] if len(addresses) == 1 else ""
    is_plain = (
        bool(domain) and domain.isascii() and all(character.isalnum() or character in ".-" for character in domain)
    )
    return base_address(addresses[0][1]) if is_plain else ""
