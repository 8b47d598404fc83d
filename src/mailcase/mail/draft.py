"""An outgoing mail before it is written: what it says and to whom."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from mailcase.domain.email import Address, Attachment


class AutoSubmitted(StrEnum):
    """How a mail that no person wrote came about (RFC 3834 section 5)."""

    REPLIED = "auto-replied"
    """In answer to one mail."""
    GENERATED = "auto-generated"
    """By a clock or another event."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """One mail to compose. Its envelope recipients are the addresses of `to` and `cc`; there is no Bcc."""

    desk: str
    """Key of the desk, for the loop header: one ASCII word."""
    sender: Address
    to: tuple[Address, ...]
    cc: tuple[Address, ...] = ()
    reply_to: Address | None = None
    subject: str
    """One line."""
    text: str
    html: str | None = None
    """A whole HTML document, or None for a plain mail."""
    message_id: str
    """Without angle brackets, as are all message ids."""
    in_reply_to: str | None = None
    references: tuple[str, ...] = ()
    """Oldest first."""
    date: datetime
    """UTC."""
    auto_submitted: AutoSubmitted | None = None
    """None for the words of a person."""
    list_unsubscribe: str = ""
    """A https: or mailto: URL, or empty."""
    extra: tuple[tuple[str, str], ...] = ()
    """Further header fields, of EXTRA_HEADERS only."""
    attachments: tuple[Attachment, ...] = ()
    calendar: str = ""
    """iCalendar that calendar programs show beside the text (RFC 6047 section 2.4), or empty."""
    calendar_method: str = ""
    """Its METHOD, such as REQUEST."""
    is_smtputf8: bool = False
    """The server takes SMTPUTF8 (RFC 6531): non-ASCII local parts are allowed."""

    @property
    def recipients(self) -> tuple[Address, ...]:
        """To and Cc together."""
        return self.to + self.cc
