"""`mailcase inspect`: what the desk would make of a mail, read from files, without any configuration."""

import json
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from mailcase.domain.email import Address, InboundEmail


class Form(StrEnum):
    """What the files hold."""

    MAIL = "mail"
    TEXT = "text"
    HTML = "html"


def inspect(
    files: Annotated[list[Path], typer.Argument(help="Raw mails.", show_default=False)],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object a file and line.")] = False,
    form: Annotated[Form, typer.Option("--as", help="Take the files for whole mails or for bare bodies.")] = Form.MAIL,
) -> None:
    """Show what is read from mails: people, text, reply, attachments, kind."""
    for path in files:
        found = _examine(path, form)
        typer.echo(json.dumps(found, ensure_ascii=True) if as_json else _readable(found))


def _examine(path: Path, form: Form) -> dict[str, Any]:
    """Return the JSON object of one file. The mail that cannot be read has `held`."""
    import hashlib

    from mailcase.errors import Unparseable
    from mailcase.mail.parse import parse

    raw = path.read_bytes()
    about = {"path": str(path), "bytes": len(raw), "sha256": hashlib.sha256(raw).hexdigest()}
    if form is not Form.MAIL:
        raw = b"Content-Type: text/" + {Form.TEXT: b"plain", Form.HTML: b"html"}[form] + b"; charset=utf-8\n\n" + raw
    try:
        email = parse(raw)
    except Unparseable as error:
        return {**about, "held": error.reason, "detail": str(error)}
    return {**about, "held": None, **_fields(email)}


def _fields(email: "InboundEmail") -> dict[str, Any]:
    """Return the fields of a mail as JSON takes them."""
    return {
        "message_id": email.message_id,
        "in_reply_to": list(email.in_reply_to),
        "references": list(email.references),
        "date": email.date.isoformat() if email.date else None,
        "subject": email.subject,
        "from": _person(email.sender) if email.sender else None,
        "reply_to": [_person(one) for one in email.reply_to],
        "to": [_person(one) for one in email.to],
        "cc": [_person(one) for one in email.cc],
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
            }
            for one in email.attachments
        ],
    }


def _person(address: "Address") -> dict[str, str]:
    return {"name": address.name, "address": address.address}


def _readable(found: dict[str, Any]) -> str:
    """Return the object for people."""
    return "\n".join(f"{key}: {value}" for key, value in found.items())
