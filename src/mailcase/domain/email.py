"""One received email as a value: what it says about itself, what its writer added, and what kind of mail it is.

Everything here came from outside. Text is data: it is never a template, an expression, a path or a header of ours.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import lru_cache


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """A mailbox as named in a header (RFC 5322 section 3.4).

    `address` is `local@domain` with the domain in lower case, never empty; `name` is decoded, one line, and may be empty.
    """

    address: str
    name: str = ""

    @property
    def domain(self) -> str:
        """The part after the last @, in lower case; empty when there is none."""
        return self.address.rpartition("@")[2].lower() if "@" in self.address else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file that came with a mail, its transfer encoding undone."""

    name: str
    """A safe base name: no folder, no control or bidirectional character, never empty, 255 characters at most."""
    content_type: str
    """`type/subtype` in lower case, as declared."""
    content: bytes
    sha256: str
    """Hex digest of `content`."""
    is_inline: bool
    """Shown inside the body (Content-Disposition: inline, or referred to by a cid: link)."""
    content_id: str = ""
    """Without angle brackets; empty when it has none."""

    @property
    def size(self) -> int:
        """Bytes of the decoded content."""
        return len(self.content)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportPart:
    """A machine-readable or quoted-message part of a mail, kept as text for `mail.classify`.

    Parts of type message/delivery-status, message/global-delivery-status, message/disposition-notification,
    message/feedback-report, text/rfc822-headers, message/rfc822, message/global and message/partial.
    """

    content_type: str
    text: str
    """The decoded part, 100,000 characters at most; for message/rfc822 its header block and the start of its body."""


class Confidence(StrEnum):
    """How sure the splitter is of where the new text ends."""

    HIGH = "high"
    """A known client's mark-up or attribution line."""
    MEDIUM = "medium"
    """Quote marks or a usual separator."""
    LOW = "low"
    """Nothing certain: all of the text is shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """A body taken apart. Nothing the writer added is ever outside `text` and `signature`."""

    text: str
    """What the writer added."""
    signature: str = ""
    quoted: str = ""
    """Earlier messages that the client repeated."""
    confidence: Confidence = Confidence.LOW


@dataclass(frozen=True, slots=True, kw_only=True)
class InboundEmail:
    """A parsed mail. Its raw bytes stay in the store under `sha256`; this value is never written back as a mail."""

    sha256: str
    """Hex digest of the raw bytes as received."""
    size: int
    """Bytes as received."""
    headers: tuple[tuple[str, str], ...]
    """Every header field in order: its name as written, and its decoded, unfolded value."""
    message_id: str | None
    """Without angle brackets."""
    in_reply_to: tuple[str, ...]
    references: tuple[str, ...]
    """Message ids without angle brackets, oldest first, as the header has them."""
    date: datetime | None
    """UTC. What the Date header claims: shown, never used for order."""
    subject: str
    """Decoded, one line; empty when there is none."""
    senders: tuple[Address, ...]
    """All of the From field(s). Authority needs exactly one."""
    reply_to: tuple[Address, ...]
    to: tuple[Address, ...]
    cc: tuple[Address, ...]
    text: str
    """The whole readable body: the text parts in order, or text made from the HTML."""
    html: str | None
    """Sanitised HTML, or None."""
    reply: Reply
    attachments: tuple[Attachment, ...]
    reports: tuple[ReportPart, ...]
    language: str | None
    """ISO 639-1 code of the new text, or None when it is too short to tell."""
    protection: str | None = None
    """`signed` or `encrypted` for S/MIME and PGP mail, else None."""

    @property
    def sender(self) -> Address | None:
        """The first From address."""
        return self.senders[0] if self.senders else None

    def header(self, name: str) -> str | None:
        """Return the first value of the header field `name` (any case), or None."""
        found = _by_name(self.headers).get(name.lower())
        return found[0] if found else None

    def header_values(self, name: str) -> tuple[str, ...]:
        """Return every value of the header field `name` (any case), in order."""
        return tuple(_by_name(self.headers).get(name.lower(), ()))


@lru_cache(maxsize=4)
def _by_name(headers: tuple[tuple[str, str], ...]) -> Mapping[str, list[str]]:
    """Return the values of each field; remembered, since one mail is asked for a dozen."""
    found: dict[str, list[str]] = {}
    for field, value in headers:
        found.setdefault(field.lower(), []).append(value)
    return found


class Kind(StrEnum):
    """What sort of mail it is, decided from headers, structure and phrases."""

    HUMAN = "human"
    """Written by a person, to us."""
    AUTO_REPLY = "auto_reply"
    """An automatic answer or notification."""
    OUT_OF_OFFICE = "out_of_office"
    """A vacation notice."""
    BOUNCE = "bounce"
    """A report that a mail could not, or not yet, be delivered."""
    DELIVERED = "delivered"
    """A report that a mail was delivered or read."""
    COMPLAINT = "complaint"
    """A feedback report: a recipient marked our mail as unwanted (RFC 5965)."""
    BULK = "bulk"
    """A mailing list or mass mail."""
    LOOP = "loop"
    """Our own mail that came back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryReport:
    """What a bounce says about a mail of ours (RFC 3464, and the many that do not follow it)."""

    permanent: bool
    """True when the address itself is at fault (no such mailbox, domain or account), so that no later mail will get
    through either; False for a delay, a full mailbox, and a refusal of this one mail or of our server."""
    recipients: tuple[str, ...]
    """Final (or else original) recipients that failed, lower case."""
    status: tuple[str, ...]
    """Enhanced status codes such as 5.1.1 (RFC 3463), without repeats."""
    original_message_id: str | None
    """Of the mail that was not delivered, without angle brackets."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Classification:
    """The kind of a mail and whether an automatic answer to it is allowed (RFC 3834)."""

    kind: Kind
    may_acknowledge: bool
    why: tuple[str, ...]
    """Short reasons, such as `auto-submitted: auto-replied` or `list-id`."""
    report: DeliveryReport | None = None
