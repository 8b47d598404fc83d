"""Whether two mails are the same one: by all that they say, never by a Message-ID alone.

A mail to two of our mailboxes comes twice, each time with other trace fields (Received, Delivered-To, the verdicts of
filters), and sometimes in another transfer encoding. What its writer wrote is alike, down to the files.
"""

import hashlib
import json
from collections.abc import Iterable

from mailcase.domain.email import Address, InboundEmail


def fingerprint(email: InboundEmail) -> str | None:
    """Return a hex digest of what the writer wrote, alike for every copy of the mail; None without a Message-ID.

    A Bcc field is left out: some servers keep it in the copy that it made.
    """
    if email.message_id is None:
        return None  # a scanner that numbers nothing may well send the same words twice and mean both
    said = (
        email.message_id,
        email.in_reply_to,
        email.references,
        email.date.isoformat() if email.date else None,
        email.subject,
        *(_people(some) for some in (email.senders, email.reply_to, email.to, email.cc)),
        email.text,
        email.html,
        [(file.name, file.content_type, file.sha256) for file in email.attachments],
        [(part.content_type, part.text) for part in email.reports],
    )
    # ASCII, so that neither half a character nor another Python's idea of what is printable makes a difference.
    return hashlib.sha256(json.dumps(said, ensure_ascii=True).encode("ascii")).hexdigest()


def _people(some: Iterable[Address]) -> list[tuple[str, str]]:
    return [(one.name, one.address) for one in some]
