"""Mails, contexts and rule folders for the tests of rules: ordinary ones, each changed where a test says so."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from mailcase.domain.case import Case
from mailcase.domain.decision import Context
from mailcase.domain.email import Address, Classification, InboundEmail, Kind, Reply
from mailcase.domain.mailbox import Mailbox
from mailcase.domain.party import Agent, Contact
from mailcase.rules.load import load
from mailcase.rules.rulebook import Rulebook

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
SUPPORT = Mailbox(name="support", address="support@desk.example", queue="support")
BILLING = Mailbox(name="billing", address="billing@desk.example")
CONTACT = Contact(id=7, name="Carla", address="carla@customer.example", created_at=NOW)
ANNA = Agent(key="anna", name="Anna Berg", address="anna@desk.example")
AGENTS = "agents:\n  anna: {name: Anna Berg, address: anna@desk.example}\n  ben: {name: Ben Li, address: ben@desk.example, active: false}\n"


def email(**changes: Any) -> InboundEmail:
    text = changes.pop("text", "My parcel has not come.")
    values = {
        "sha256": "0" * 64,
        "size": 1000,
        "headers": (("From", "Carla <carla@customer.example>"),),
        "message_id": "1@customer.example",
        "in_reply_to": (),
        "references": (),
        "date": NOW,
        "subject": "Where is my parcel?",
        "senders": (Address(address="carla@customer.example", name="Carla Diaz"),),
        "reply_to": (),
        "to": (Address(address="support@desk.example"),),
        "cc": (),
        "text": text,
        "html": None,
        "reply": Reply(text=text),
        "attachments": (),
        "reports": (),
        "language": "en",
    }
    return InboundEmail(**(values | changes))


def classified(kind: Kind = Kind.HUMAN, **changes: Any) -> Classification:
    values = {"kind": kind, "may_acknowledge": kind is Kind.HUMAN, "why": ("test",)}
    return Classification(**(values | changes))


def context(**changes: Any) -> Context:
    return Context(**({"mailbox": SUPPORT, "contact": CONTACT} | changes))


def case(**changes: Any) -> Case:
    values = {
        "id": 42,
        "title": "Where is my parcel?",
        "contact_id": 7,
        "mailbox": "support",
        "created_at": NOW,
        "modified_at": NOW,
    }
    return Case(**(values | changes))


def write(folder: Path, **files: str) -> Path:
    """Write `name="content"` as name.yaml and return the folder."""
    for name, content in files.items():
        (folder / f"{name}.yaml").write_text(content, encoding="utf-8")
    return folder


def book(folder: Path, **files: str) -> Rulebook:
    return load(write(folder, **files), [SUPPORT, BILLING])
