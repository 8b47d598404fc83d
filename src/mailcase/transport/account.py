"""What a mail server has to be told: one frozen value per IMAP folder and per SMTP submission server."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Protocol

from mailcase.config import AfterFiling, DsnRequest, Security
from mailcase.errors import Invalid

__all__ = ["AfterFiling", "ImapAccount", "Secret", "SmtpAccount", "TokenSource", "secret"]

Secret = str | Callable[[], str]

# An atom of RFC 9051 section 9, with the leading $ or \ of a flag-keyword left to the caller.
KEYWORD = re.compile(r"[$!#&'+,./0-9:;<=>?@A-Z^_`a-z|~-]+")
CONTROL = re.compile(r"[\x00-\x1f\x7f]")


class TokenSource(Protocol):
    """Gives access tokens of OAuth 2.0."""

    def __call__(self, *, instead_of: str = "") -> str:
        """Return an access token; another one than `instead_of`, which a server refused. Raises Unavailable, Invalid."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ImapAccount:
    """One folder of one account on an IMAP server.

    Raises `Invalid` for values that cannot be put into a command.
    """

    host: str
    port: int = 993
    security: Security = Security.TLS
    username: str
    password: Secret = field(default="", repr=False)
    """The secret, or a function that fetches it at each login."""
    tokens: TokenSource | None = field(default=None, repr=False)
    """In place of a password."""
    folder: str = "INBOX"
    after_filing: AfterFiling = AfterFiling.KEYWORD
    keyword: str = "$MailcaseStored"
    move_to: str = ""
    """Folder for `AfterFiling.MOVE`; made when it is missing."""
    ca_file: Path | None = None
    """Certificates (PEM) to trust instead of the system's."""
    fingerprint: str | None = None
    """SHA-256 of the one certificate to trust, as `transport.trust` takes it."""
    connect_timeout: timedelta = timedelta(seconds=30)
    command_timeout: timedelta = timedelta(seconds=120)
    """For the complete answer to one command; long answers get more time as their bytes arrive."""
    idle_timeout: timedelta = timedelta(seconds=540)
    """IDLE is begun anew after this; many servers and routers drop a silent line after 10 to 30 minutes."""
    max_bytes: int = 35_000_000
    """Of a larger message only the header block is fetched."""

    def __post_init__(self) -> None:
        problems = [
            f"{name} {value!r} of the IMAP account on {self.host}: control characters are not allowed"
            for name, value in (
                ("host", self.host),
                ("username", self.username),
                ("folder", self.folder),
                ("move_to", self.move_to),
            )
            if CONTROL.search(value)
        ]
        if not KEYWORD.fullmatch(self.keyword):
            problems.append(
                f"keyword {self.keyword!r} of the IMAP account on {self.host}: use letters, digits, $ - and _"
            )
        if self.after_filing is AfterFiling.MOVE and not self.move_to:
            problems.append(f"move_to of the IMAP account on {self.host}: name the folder that stored mail is moved to")
        if problems:
            raise Invalid(*problems)


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpAccount:
    """One way to submit mail (RFC 6409).

    Raises `Invalid` for values that cannot be put into a command.
    """

    host: str
    port: int = 465
    security: Security = Security.TLS
    username: str | None = None
    """None: the server takes mail from this host without a login."""
    password: Secret = field(default="", repr=False)
    tokens: TokenSource | None = field(default=None, repr=False)
    """In place of a password."""
    helo_name: str = "localhost"
    """Our host name, as EHLO tells it."""
    ca_file: Path | None = None
    """Certificates (PEM) to trust instead of the system's."""
    fingerprint: str | None = None
    """SHA-256 of the one certificate to trust, as `transport.trust` takes it."""
    connect_timeout: timedelta = timedelta(seconds=30)
    """For each step until the login is done."""
    command_timeout: timedelta = timedelta(seconds=300)
    """For MAIL, RCPT and DATA: RFC 5321 section 4.5.3.2 asks for 2 to 5 minutes."""
    dot_timeout: timedelta = timedelta(seconds=600)
    """For the answer to the final dot: RFC 5321 section 4.5.3.2.6."""
    keep_open: timedelta = timedelta(seconds=30)
    """A connection without work is closed after this."""

    dsn: DsnRequest = DsnRequest.NONE
    """Delivery reports to ask for, where the server offers them."""

    def __post_init__(self) -> None:
        values = (("host", self.host), ("username", self.username or ""), ("helo_name", self.helo_name))
        problems = [
            f"{name} {value!r} of the SMTP account on {self.host}: control characters and spaces are not allowed"
            for name, value in values
            if CONTROL.search(value) or (" " in value and name != "username")
        ]
        if problems:
            raise Invalid(*problems)


def secret(value: Secret) -> str:
    """Return the secret itself, fetching it if it is a function."""
    return value() if callable(value) else value
