"""A received mail on its way from the server to a case: stored first, understood later, never lost."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

MAX_ATTEMPTS = 3  # GUARANTEES: a mail that failed three times is held


class InboxState(StrEnum):
    """Where a stored mail stands."""

    RECEIVED = "received"
    """Stored byte for byte; not yet understood, or waiting for another try."""
    FILED = "filed"
    """An activity of a case, in the same transaction as everything that follows from it."""
    SKIPPED = "skipped"
    """A rule or the loop guard decided that it needs no case."""
    HELD = "held"
    """Kept for a person to look at; never deleted by itself."""


class HoldReason(StrEnum):
    """Why a mail is held. The value is shown to people and to programs."""

    TOO_LARGE = "too_large"
    """Larger than the limit; only its header block was fetched."""
    HEADERS_TOO_LARGE = "headers_too_large"
    TOO_MANY_HEADERS = "too_many_headers"
    TOO_DEEP = "too_deep"
    """MIME parts nested deeper than the limit."""
    TOO_MANY_PARTS = "too_many_parts"
    TOO_MANY_ADDRESSES = "too_many_addresses"
    TOO_MANY_ATTACHMENTS = "too_many_attachments"
    ATTACHMENT_TOO_LARGE = "attachment_too_large"
    TOO_MANY_HOPS = "too_many_hops"
    """More Received fields than the limit: a delivery loop."""
    TOO_SLOW = "too_slow"
    """Reading it took more processor time than is allowed."""
    OUT_OF_MEMORY = "out_of_memory"
    """Reading it took more memory than is allowed."""
    EMPTY = "empty"
    """No bytes, or nothing but white space."""
    NO_SENDER = "no_sender"
    """No usable From address."""
    AMBIGUOUS_SENDER = "ambiguous_sender"
    """More than one From address."""
    SENDER_FLOOD = "sender_flood"
    """Its sender has written more mails within an hour than the limit allows."""
    RESPONDER = "responder"
    """A machine seems to answer each of our mails on its case."""
    UNREADABLE = "unreadable"
    """The parser failed on it."""
    UNKNOWN_SENDER = "unknown_sender"
    """The mailbox's rules hold mail from people who are not known."""
    NO_ENTITLEMENT = "no_entitlement"
    RULE = "rule"
    """A rule says hold."""
    RULE_ERROR = "rule_error"
    """A rule could not be evaluated on this mail."""
    COMMAND_REFUSED = "command_refused"
    """An agent's mail without the proof that it takes to act for that agent."""
    FILING_FAILED = "filing_failed"
    """Filing raised an error on every attempt."""


class Source(StrEnum):
    """How a mail came in."""

    IMAP = "imap"
    FILE = "file"
    """`mailcase ingest`: a file, folder, mbox or standard input."""
    MAILDIR = "maildir"
    """A Maildir that a mail server of this machine delivers into."""
    LMTP = "lmtp"
    """Handed over by a mail server of this machine (RFC 2033)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxMessage:
    """One stored mail. (mailbox, uidvalidity, uid) is unique: a message of the server is stored once."""

    id: int = 0
    """0 until it is stored."""
    mailbox: str
    source: Source
    uidvalidity: int
    uid: int
    sha256: str
    """Hex digest of the raw bytes, which are kept under it."""
    size: int
    received_at: datetime
    """When we stored it, UTC: the order of the desk."""
    internal_date: datetime | None = None
    """When the server got it, UTC."""
    state: InboxState = InboxState.RECEIVED
    reason: str = ""
    """A `HoldReason`, or the rule's reason to skip; empty when there is nothing to explain."""
    detail: str = ""
    """One sentence for a person: what was found, and what to do."""
    attempts: int = 0
    next_attempt_at: datetime | None = None
    """UTC; None when it may be tried at once."""
    lease_until: datetime | None = None
    """Until when a daemon has it in hand, on the clock of the database; None when none has."""
    message_id: str | None = None
    sender: str = ""
    """Canonical address; empty until it was read."""
    subject: str = ""
    kind: str = ""
    """`domain.email.Kind`, once known."""
    case_id: int | None = None
    rule: str = ""
    """Name of the rule that decided."""
    rulebook: str = ""
    """Version (hash) of the rule set that decided."""
    acknowledged_at: datetime | None = None
    """When the server was told that we have it, UTC."""
    is_truncated: bool = False
    """Only its header block was fetched: the rest is on the server alone."""
    settled_at: datetime | None = None
    """When it was filed, skipped or held, UTC."""
    is_quiet: bool = False
    """Older mail that was filed for the record: nobody is answered, told or measured by it."""

    @property
    def arrived_at(self) -> datetime:
        """When it came: to its server, or else to us."""
        return self.internal_date or self.received_at
