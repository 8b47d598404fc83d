"""A support mailbox and how far into it the daemon has read."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

NO_SERVER = 0
"""Stands for the uidvalidity of mail that no IMAP server numbers: theirs are 1 at least (RFC 9051 section 2.3.1.1)."""


class ReturnPath(StrEnum):
    """Where reports on the delivery of an answer come back."""

    ADDRESS = "address"
    """To the address of the mailbox; the Message-ID in a report tells which mail it is about."""
    TOKEN = "token"  # noqa: S105 - no password
    """To an address of the mailbox that tells the exact mail (`mail.return_path`)."""


class Copies(StrEnum):
    """What becomes of one mail that is addressed to several of our mailboxes."""

    ONE_CASE = "one_case"
    """One case, in the mailbox where it is seen first."""
    ONE_PER_MAILBOX = "one_per_mailbox"
    """A case for each mailbox, linked to the first one, which alone is acknowledged."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailbox:
    """A support address of the desk, as rules and templates see it."""

    name: str
    """Its key in the configuration, such as `support`."""
    address: str
    aliases: tuple[str, ...] = ()
    """Other addresses that deliver into it."""
    bcc: tuple[str, ...] = ()
    """Who gets a copy of each mail to customers, in the envelope only."""
    display_name: str = ""
    queue: str = ""
    """Queue of its cases when no routing rule decides."""
    language: str = "en"
    """Language of its templates when the customer's is unknown, ISO 639-1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cursor:
    """How far a folder was read: every UID up to `uid` under this `uidvalidity` (RFC 9051 section 2.3.1.1) is stored."""

    uidvalidity: int
    uid: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """One message as the server holds it."""

    uidvalidity: int
    uid: int
    raw: bytes
    """Byte for byte, or only the header block when `is_truncated`."""
    size: int
    """RFC822.SIZE as the server told it."""
    received_at: datetime | None
    """INTERNALDATE, UTC; None when the server told none that can be read."""
    is_truncated: bool = False
    """The message is larger than the limit: its body stayed on the server."""
