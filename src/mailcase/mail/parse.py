"""Raw bytes to an `InboundEmail`: the one way in for mail from everywhere. Pure, bounded, and picklable at both ends.

prescan   size, emptiness, what stands before the header
headers   fields over bytes, their limits
mime      the tree of parts, its limits
body      text, HTML, attachments, reports
reply     what the writer added
"""

import hashlib

from mailcase.domain.email import Address, Confidence, InboundEmail, Reply
from mailcase.domain.inbox import HoldReason
from mailcase.mail import addresses, body, headers, identifiers, language, mime, prescan, protection
from mailcase.mail.headers import Block
from mailcase.mail.limits import Limits, hold
from mailcase.mail.reply import split_calm, split_text

DEFAULT = Limits()
MAX_SUBJECT = 10_000  # characters; a header field may be longer, a subject that anyone reads is not


def parse(raw: bytes, limits: Limits = DEFAULT) -> InboundEmail:
    """Read a mail.

    Raises Unparseable, with a `HoldReason`, for a mail that is empty or past a limit; nothing else.
    """
    scanned, start = prescan.scan(raw, limits)
    block = headers.split(scanned, start, len(scanned), limits)
    _check_hops(block, limits)
    root = mime.tree(scanned, block, len(scanned), limits)
    hint = mime.charset_of(root)
    content = body.collect(root, hint, limits)
    text, shown, calm = body.render(content)
    reply = _reply(text, calm, limits)
    people = _people(block, hint, limits)
    return InboundEmail(
        sha256=hashlib.sha256(raw, usedforsecurity=False).hexdigest(),
        size=len(raw),
        headers=tuple((field.name, headers.readable(field, hint)) for field in block.fields),
        message_id=_first_id(block),
        in_reply_to=_ids(block, "in-reply-to"),
        references=_ids(block, "references"),
        date=identifiers.date(headers.value(block.first("date") or b"")),
        subject=headers.value(block.first("subject") or b"", hint)[:MAX_SUBJECT],
        senders=people["from"],
        reply_to=people["reply-to"],
        to=people["to"],
        cc=people["cc"],
        text=text,
        html=shown,
        reply=reply,
        attachments=tuple(content.attachments),
        reports=tuple(content.reports),
        language=language.detect(reply.text),
        protection=protection.of(root, text),
    )


def recipients(raw: bytes, limits: Limits = DEFAULT) -> tuple[Address, ...]:
    """Return to whom a mail is addressed (To and Cc), by its header block alone.

    Raises Unparseable for what stands there, as `parse` does.
    """
    scanned, start = prescan.scan(raw, limits)
    people = _people(headers.split(scanned, start, len(scanned), limits), None, limits)
    return (*people["to"], *people["cc"])


def _reply(text: str, calm: str | None, limits: Limits) -> Reply:
    """Return what the writer added, told by the HTML where there is some: it has the marks of mail clients."""
    if text.count("\n") > limits.max_reply_lines:
        return Reply(text=text, confidence=Confidence.LOW)
    return split_calm(calm, text) if calm else split_text(text)


def _check_hops(block: Block, limits: Limits) -> None:
    """Raise Unparseable for a mail that has gone round in circles."""
    hops = len(block.all("received"))
    if hops > limits.max_hops:
        raise hold(HoldReason.TOO_MANY_HOPS, f"{hops} Received fields, more than {limits.max_hops}")


def _people(block: Block, hint: str | None, limits: Limits) -> dict[str, tuple[Address, ...]]:
    """Return the addresses of the four fields that name people."""
    found: dict[str, tuple[Address, ...]] = {}
    total = 0
    for key in ("from", "reply-to", "to", "cc"):
        values = [headers.unfold(raw, hint) for raw in block.all(key)]
        total += sum(value.count("@") for value in values)
        if total > limits.max_addresses * 4:  # a name or comment may hold an @ too: counted again below
            raise hold(HoldReason.TOO_MANY_ADDRESSES, f"more than {limits.max_addresses} addresses")
        found[key] = addresses.parse(values, hint)
    if sum(len(some) for some in found.values()) > limits.max_addresses:
        raise hold(HoldReason.TOO_MANY_ADDRESSES, f"more than {limits.max_addresses} addresses")
    return found


def _first_id(block: Block) -> str | None:
    """Return the id of the mail, the first that is one."""
    found = (identifiers.message_id(headers.unfold(raw)) for raw in block.all("message-id"))
    return next((item for item in found if item), None)


def _ids(block: Block, key: str) -> tuple[str, ...]:
    """Return the message ids of all fields `key`, in order."""
    values = (identifiers.message_ids(headers.unfold(raw)) for raw in block.all(key))
    return tuple(dict.fromkeys(item for some in values for item in some))
