"""Outgoing mail: a draft in, the bytes that are frozen in the outbox out.

The bytes depend on the draft alone: the same draft gives the same bytes, boundaries included. Header fields are written
by `header_writer` only, bodies by `body_writer` only; `verify` then reads the result back with another parser, the
standard library's, and compares it with the draft (GUARANTEES G15).
"""

import re
from email.header import decode_header
from email.utils import format_datetime, getaddresses

from mailcase.domain.email import Address
from mailcase.errors import Refused
from mailcase.mail.body_writer import write_body
from mailcase.mail.draft import Draft
from mailcase.mail.header_writer import (
    addr_spec,
    address_field,
    is_message_id,
    message_ids_field,
    own_message_id_field,
    text_field,
    token_field,
)

_BARE_LINE_END = re.compile(rb"\r(?!\n)|(?<!\r)\n|\0")
_FIELD_BREAK = re.compile(r"\r\n(?![ \t])")  # RFC 5322 section 2.2.3: a line that begins with white space goes on
_FOLD = re.compile(r"\r\n(?=[ \t])")

LOOP_HEADER = "X-Mailcase"
"""Names the desk that sent a mail: what comes back with our own name in it is a loop."""

# A draft may add these and no others: none of them names a sender, a recipient or a thread.
EXTRA_HEADERS = {
    name.lower(): name
    for name in (
        "Content-Language",  # RFC 3282
        "Feedback-ID",
        "Importance",  # RFC 4021 section 2.1.54
        "List-Unsubscribe-Post",  # RFC 8058
        "Organization",  # RFC 5536 section 3.2.9
        "X-Mailcase-Case",
        "X-Priority",
    )
}


def compose(draft: Draft) -> bytes:
    """Return the mail as bytes with CRLF line ends, ready to be frozen; they were read back and compared.

    Raises Refused, naming the header field, for a value that cannot be written safely, and for a draft without
    recipients.
    """
    if not draft.to:
        raise Refused("To: a mail needs a recipient.")
    raw = b"".join((*_fields(draft), b"MIME-Version: 1.0\r\n", *write_body(draft)))
    verify(raw, draft)
    return raw


def verify(raw: bytes, draft: Draft) -> None:
    """Read `raw` back and compare it with `draft`: sender, recipients, subject, and not one header field too many.

    Raises Refused when they differ: such a mail must not be frozen, let alone sent.
    """
    head, _, _ = raw.partition(b"\r\n\r\n")
    if _BARE_LINE_END.search(head):
        raise Refused("A header field holds a bare line break; the mail is not sent.")
    fields = [_split(line) for line in _FIELD_BREAK.split(head.decode("utf-8"))]
    _expect("header", [name for name, _ in fields], _names(draft))
    found = dict(fields)
    for name, addresses in _address_lists(draft):
        read = [address for _, address in getaddresses([found[name]])]
        _expect(name, read, [_written(address, draft) for address in addresses])
    _expect("Message-ID", found["Message-ID"], f"<{draft.message_id}>")
    _expect("Subject", _decoded(found["Subject"]), draft.subject.encode("utf-8", "replace").decode("utf-8"))


def _expect(what: str, found: object, wanted: object) -> None:
    if found != wanted:
        raise Refused(f"{what}: the mail says something else than was meant; it is not sent.")


def _split(field: str) -> tuple[str, str]:
    name, _, value = field.partition(":")
    return name, _FOLD.sub("", value).strip(" ")


def _names(draft: Draft) -> list[str]:
    """Return the header fields that the mail must have, in order, by what the draft says."""
    is_multipart = bool(draft.html is not None or draft.attachments)
    ids = {"In-Reply-To": (draft.in_reply_to or "",), "References": draft.references}
    wanted = (
        ("Date", True),
        ("From", True),
        ("To", True),
        ("Cc", draft.cc),
        ("Reply-To", draft.reply_to),
        ("Subject", True),
        ("Message-ID", True),
        *((name, any(map(is_message_id, values))) for name, values in ids.items()),
        (LOOP_HEADER, True),
        ("Auto-Submitted", draft.auto_submitted),
        ("X-Auto-Response-Suppress", draft.auto_submitted),
        ("List-Unsubscribe", draft.list_unsubscribe),
        *((EXTRA_HEADERS[name.lower()], True) for name, _ in draft.extra),
        ("MIME-Version", True),
        ("Content-Type", True),
        ("Content-Transfer-Encoding", not is_multipart),
    )
    return [name for name, is_there in wanted if is_there]


def _address_lists(draft: Draft) -> list[tuple[str, tuple[Address, ...]]]:
    lists = [("From", (draft.sender,)), ("To", draft.to), ("Cc", draft.cc)]
    return [*((name, addresses) for name, addresses in lists if addresses)] + (
        [("Reply-To", (draft.reply_to,))] if draft.reply_to else []
    )


def _written(address: Address, draft: Draft) -> str:
    return addr_spec(address.address, is_smtputf8=draft.is_smtputf8)


def _decoded(value: str) -> str:
    if "=?" not in value:
        return value
    return "".join(
        part if isinstance(part, str) else part.decode(charset or "ascii") for part, charset in decode_header(value)
    )


def _fields(draft: Draft) -> list[bytes]:
    utf8 = draft.is_smtputf8
    fields = [
        token_field("Date", format_datetime(draft.date)),
        address_field("From", (draft.sender,), is_smtputf8=utf8),
        address_field("To", draft.to, is_smtputf8=utf8),
    ]
    if draft.cc:
        fields.append(address_field("Cc", draft.cc, is_smtputf8=utf8))
    if draft.reply_to:
        fields.append(address_field("Reply-To", (draft.reply_to,), is_smtputf8=utf8))
    fields.append(text_field("Subject", draft.subject))
    fields.append(own_message_id_field(draft.message_id))
    if draft.in_reply_to:
        fields.append(message_ids_field("In-Reply-To", (draft.in_reply_to,)))
    if draft.references:
        fields.append(message_ids_field("References", draft.references))
    fields.append(token_field(LOOP_HEADER, draft.desk))
    if draft.auto_submitted:
        fields.append(token_field("Auto-Submitted", draft.auto_submitted))
        # Microsoft [MS-OXCMAIL] 2.2.3.2.14: keeps Exchange from answering, reporting or receipting.
        fields.append(token_field("X-Auto-Response-Suppress", "All"))
    if draft.list_unsubscribe:
        fields.append(token_field("List-Unsubscribe", f"<{_url(draft.list_unsubscribe)}>"))
    extra = [_extra_field(name, value) for name, value in draft.extra]
    if len({name.lower() for name, _ in draft.extra}) < len(extra):
        raise Refused("A header field may not be added twice.")
    return fields + extra


def _extra_field(name: str, value: str) -> bytes:
    known = EXTRA_HEADERS.get(name.lower())
    if known is None:
        raise Refused(f"{name[:100]!r} is not a header field that a draft may add.")
    return text_field(known, value)


def _url(url: str) -> str:
    if not url.startswith(("https://", "mailto:")) or any(character in url for character in "<> ,"):
        raise Refused("List-Unsubscribe: only a https: or mailto: URL without spaces can stand there.")
    return url
