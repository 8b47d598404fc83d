"""How much of one mail is read: past a limit the mail is held with a reason, or the text is cut where a value says so."""

from dataclasses import dataclass, replace

from mailcase.domain.inbox import HoldReason
from mailcase.errors import Unparseable

MEGABYTE = 1_000_000
RELAXED = 10  # times as much of everything that is counted


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Bounds of one mail, as GUARANTEES lists them. Sizes are bytes unless the name says characters."""

    max_message: int = 35 * MEGABYTE
    max_header_block: int = 256 * 1024
    max_header: int = 64 * 1024
    """One header field, folded lines included."""
    max_headers: int = 1_000
    max_hops: int = 50
    """Received fields: more of them is a delivery loop."""
    max_depth: int = 20
    """MIME parts within parts; the mail itself is 0."""
    max_parts: int = 500
    max_addresses: int = 200
    """From, Reply-To, To and Cc together."""
    max_attachments: int = 100
    max_attachment: int = 25 * MEGABYTE
    """One attachment, decoded."""
    max_text: int = 2 * MEGABYTE
    """Characters of the readable body that are kept."""
    max_rule_text: int = 100_000
    """Characters of text that rules look at."""
    max_reply_lines: int = 50_000
    """Lines that the reply splitter looks at; a longer body is shown whole."""
    max_html: int = MEGABYTE
    """Characters of HTML that are sanitised; longer HTML is read as text only."""
    max_html_depth: int = 256
    """Elements within elements; deeper HTML is read as text only."""


def hold(reason: HoldReason, message: str) -> Unparseable:
    """Return the error that holds a mail for `reason`; `message` says what was found."""
    return Unparseable(reason.value, message)


def relaxed(limits: Limits) -> Limits:
    """Return wider limits, for a mail that a person has looked at and wants filed: still bounded, in time and depth."""
    return replace(
        limits,
        max_message=limits.max_message * RELAXED,
        max_header_block=limits.max_header_block * RELAXED,
        max_header=limits.max_header * RELAXED,
        max_headers=limits.max_headers * RELAXED,
        max_hops=limits.max_hops * RELAXED,
        max_depth=limits.max_depth * 2,  # each level costs a frame of the stack
        max_parts=limits.max_parts * RELAXED,
        max_addresses=limits.max_addresses * RELAXED,
        max_attachments=limits.max_attachments * RELAXED,
        max_attachment=limits.max_attachment * RELAXED,
    )
