"""What a mail says, as one JSON object: what `mailcase inspect --json` prints of a file."""

import hashlib
import json
import traceback
from pathlib import Path
from typing import Any

from mailcase.domain.decoration import is_icon
from mailcase.domain.email import Address, Classification, InboundEmail, Kind
from mailcase.domain.inbox import HoldReason
from mailcase.errors import Unparseable
from mailcase.mail.classify import classify
from mailcase.mail.limits import Limits
from mailcase.mail.parse import DEFAULT, parse

HEADER = "Content-Type: {body_type}; charset=utf-8\n\n"
"""What makes a mail of a bare body."""


def line_of(found: dict[str, Any]) -> bytes:
    """Return a JSON object as a line of ASCII."""
    return (json.dumps(found) + "\n").encode("ascii")


def examine(path: Path, body_type: str = "", limits: Limits = DEFAULT) -> dict[str, Any]:
    """Return the JSON object of one file; a file or mail that cannot be read has the reason in `held`.

    `body_type`, such as `text/html`, is that of a bare body; without one the file is a whole mail.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        return held(str(path), HoldReason.UNREADABLE, error.strerror or str(error))
    about = {"path": str(path), "bytes": len(raw), "sha256": hashlib.sha256(raw).hexdigest()}
    prefix = HEADER.format(body_type=body_type).encode() if body_type else b""
    try:
        email = parse(prefix + raw, limits)
        decided = classify(email)
    except Unparseable as error:
        return {**about, "held": error.reason, "detail": str(error)}
    except MemoryError:
        detail = "reading it takes more memory than any mail should"
        return {**about, "held": HoldReason.OUT_OF_MEMORY.value, "detail": detail}
    except Exception as error:  # noqa: BLE001 - as the daemon does: a fault of ours holds one mail and stops nothing
        return {**about, "held": HoldReason.UNREADABLE.value, "detail": _fault(error)}
    return {**about, **_held(email, decided), **_people(email), **_content(email), **_decision(decided), **_ids(email)}


def _fault(error: Exception) -> str:
    """Return what went wrong and where, in a line that is of use to who mends it."""
    at = traceback.extract_tb(error.__traceback__)[-1]
    return f"{error!r} at {Path(at.filename).name}:{at.lineno}"


def held(path: str, reason: HoldReason, detail: str) -> dict[str, Any]:
    """Return the object of a file of which nothing is known but why it cannot be read."""
    return {"path": path, "held": reason.value, "detail": detail}


def _held(email: InboundEmail, decided: Classification) -> dict[str, Any]:
    """Return the reason for which the desk would hold a mail that can be read: it does not say who asks."""
    if len(email.senders) == 1 or decided.kind in (Kind.LOOP, Kind.BOUNCE, Kind.DELIVERED, Kind.COMPLAINT):
        return {"held": None}
    if email.senders:
        return {"held": HoldReason.AMBIGUOUS_SENDER.value, "detail": "it has more than one From address"}
    return {"held": HoldReason.NO_SENDER.value, "detail": "it has no From address"}


def _ids(email: InboundEmail) -> dict[str, Any]:
    """Return what tells the mail from others."""
    return {
        "message_id": email.message_id,
        "in_reply_to": list(email.in_reply_to),
        "references": list(email.references),
        "date": email.date.isoformat() if email.date else None,
        "language": email.language,
        "protection": email.protection,
    }


def _people(email: InboundEmail) -> dict[str, Any]:
    """Return who wrote to whom. A mail that names no author shows whom it wants answered (RFC 5322 section 3.6.2)."""
    author = email.sender or next(iter(email.reply_to), None)
    return {
        "subject": email.subject,
        "from": _person(author) if author else None,
        "reply_to": [_person(one) for one in email.reply_to],
        "to": [_person(one) for one in email.to],
        "cc": [_person(one) for one in email.cc],
    }


def _person(address: Address) -> dict[str, str]:
    return {"name": address.name, "address": address.address}


def _content(email: InboundEmail) -> dict[str, Any]:
    """Return what the mail says and carries."""
    return {
        "text": email.text,
        "html": email.html,
        "reply": {
            "text": email.reply.text,
            "signature": email.reply.signature,
            "quoted": email.reply.quoted,
            "confidence": email.reply.confidence.value,
        },
        "attachments": [
            {
                "name": one.name,
                "type": one.content_type,
                "size": one.size,
                "sha256": one.sha256,
                "inline": one.is_inline,
                "decoration": is_icon(one),
            }
            for one in email.attachments
        ],
    }


def _decision(decided: Classification) -> dict[str, Any]:
    """Return what kind of mail it is."""
    report = decided.report
    return {
        "kind": decided.kind.value,
        "may_acknowledge": decided.may_acknowledge,
        "why": list(decided.why),
        "report": {
            "permanent": report.permanent,
            "recipients": list(report.recipients),
            "status": list(report.status),
            "original_message_id": report.original_message_id,
        }
        if report
        else None,
    }
