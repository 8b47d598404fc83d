"""Mail for tests, written as text."""

from textwrap import dedent

from mailcase.domain.email import InboundEmail
from mailcase.mail.parse import parse

HUMAN = {
    "Return-Path": "<ada@customer.example>",
    "From": "Ada <ada@customer.example>",
    "To": "support@desk.example",
    "Subject": "The printer is on fire",
    "Message-ID": "<first@customer.example>",
}


def letter(body: str = "It burns.\n", **fields: str | None) -> InboundEmail:
    """Return a customer's mail with some header fields changed; `_` in a name is `-`, None leaves the field out."""
    changed = {name.replace("_", "-").title(): value for name, value in fields.items()}
    header = {name.title(): value for name, value in HUMAN.items()} | changed
    lines = [f"{name}: {value}" for name, value in header.items() if value is not None]
    return parse(("\n".join(lines) + "\n\n" + dedent(body)).encode())


def raw(text: str) -> InboundEmail:
    """Return the mail that is written in `text`, indentation removed."""
    return parse(dedent(text).lstrip("\n").encode())
