"""`mailcase inspect`: what the desk would make of a mail, read from files, without any configuration."""

import hashlib
import json
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from mailcase.domain.email import Address, Classification, InboundEmail

HEADER = "Content-Type: text/{form}; charset=utf-8\n\n"
"""What makes a mail of a bare body."""


class Form(StrEnum):
    """What the files hold."""

    MAIL = "mail"
    TEXT = "text"
    HTML = "html"


def inspect(
    files: Annotated[list[Path], typer.Argument(help="Raw mails, one a file.", show_default=False)],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object a file and line.")] = False,
    form: Annotated[Form, typer.Option("--as", help="Take the files for whole mails or for bare bodies.")] = Form.MAIL,
) -> None:
    """Show what the desk reads from mails: people, text, reply, attachments, kind. Needs no configuration."""
    if as_json:
        for path in files:
            typer.echo(json.dumps(examine(path, form)))
        return
    from rich.console import Console

    from mailcase.cli import inspect_view

    console = Console()
    for path in files:
        console.print(inspect_view.view(examine(path, form)))


def examine(path: Path, form: Form = Form.MAIL) -> dict[str, Any]:
    """Return the JSON object of one file; a file or mail that cannot be read has the reason in `held`."""
    from mailcase.domain.inbox import HoldReason
    from mailcase.errors import Unparseable
    from mailcase.mail.classify import classify
    from mailcase.mail.parse import parse

    try:
        raw = path.read_bytes()
    except OSError as error:
        return {"path": str(path), "held": HoldReason.UNREADABLE.value, "detail": error.strerror}
    about = {"path": str(path), "bytes": len(raw), "sha256": hashlib.sha256(raw).hexdigest()}
    prefix = "" if form is Form.MAIL else HEADER.format(form="plain" if form is Form.TEXT else "html")
    try:
        email = parse(prefix.encode() + raw)
        decided = classify(email)
    except Unparseable as error:
        return {**about, "held": error.reason, "detail": str(error)}
    except Exception as error:  # noqa: BLE001 - as the daemon does: a fault of ours holds one mail and stops nothing
        return {**about, "held": HoldReason.UNREADABLE.value, "detail": repr(error)}
    return {**about, **_held(email, decided), **_people(email), **_content(email), **_decision(decided), **_ids(email)}


def _held(email: "InboundEmail", decided: "Classification") -> dict[str, Any]:
    """Return the reason for which the desk would hold a mail that can be read: it does not say who asks."""
    from mailcase.domain.email import Kind
    from mailcase.domain.inbox import HoldReason

    if len(email.senders) == 1 or decided.kind in (Kind.LOOP, Kind.BOUNCE, Kind.DELIVERED, Kind.COMPLAINT):
        return {"held": None}
    if email.senders:
        return {"held": HoldReason.AMBIGUOUS_SENDER.value, "detail": "it has more than one From address"}
    return {"held": HoldReason.NO_SENDER.value, "detail": "it has no From address"}


def _ids(email: "InboundEmail") -> dict[str, Any]:
    """Return what tells the mail from others."""
    return {
        "message_id": email.message_id,
        "in_reply_to": list(email.in_reply_to),
        "references": list(email.references),
        "date": email.date.isoformat() if email.date else None,
        "language": email.language,
        "protection": email.protection,
    }


def _people(email: "InboundEmail") -> dict[str, Any]:
    """Return who wrote to whom. A mail that names no author shows whom it wants answered (RFC 5322 section 3.6.2)."""
    author = email.sender or next(iter(email.reply_to), None)
    return {
        "subject": email.subject,
        "from": _person(author) if author else None,
        "reply_to": [_person(one) for one in email.reply_to],
        "to": [_person(one) for one in email.to],
        "cc": [_person(one) for one in email.cc],
    }


def _person(address: "Address") -> dict[str, str]:
    return {"name": address.name, "address": address.address}


def _content(email: "InboundEmail") -> dict[str, Any]:
    """Return what the mail says and carries."""
    from mailcase.domain.decoration import is_icon

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


def _decision(decided: "Classification") -> dict[str, Any]:
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
