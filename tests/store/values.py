"""Values to store, complete but for what a test is about."""

import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from mailcase.domain.activity import Activity, ActivityKind
from mailcase.domain.case import Case
from mailcase.domain.inbox import InboxMessage, Source
from mailcase.domain.outbox import Authorship, OutboxMessage, Recipient
from mailcase.domain.party import Contact
from mailcase.store import cases, contacts
from mailcase.store.tx import Tx

NOW = datetime(2026, 3, 14, 9, 26, 53, 589793, tzinfo=UTC)
LEASE = timedelta(minutes=15)


def a_contact(address: str = "carla@example.com", **others: Any) -> Contact:
    return Contact(**{"name": "Carla", "address": address, "created_at": NOW} | others)


def a_case(contact_id: int, **others: Any) -> Case:
    fields = {"title": "Printer on fire", "contact_id": contact_id, "mailbox": "support"}
    return Case(**fields | {"created_at": NOW, "modified_at": NOW} | others)


def an_activity(case_id: int, **others: Any) -> Activity:
    fields = {"case_id": case_id, "kind": ActivityKind.EMAIL_IN, "created_at": NOW, "created_by": "customer"}
    return Activity(**fields | others)


def a_received(uid: int = 1, raw: bytes = b"Subject: help\r\n\r\nhelp", **others: Any) -> tuple[InboxMessage, bytes]:
    message = InboxMessage(
        mailbox="support",
        source=Source.IMAP,
        uidvalidity=7,
        uid=uid,
        sha256=hashlib.sha256(raw).hexdigest(),
        size=len(raw),
        received_at=NOW,
    )
    return replace(message, **others), raw


def an_outgoing(key: str = "mail 1", **others: Any) -> OutboxMessage:
    message = OutboxMessage(
        case_id=None,
        activity_id=None,
        mailbox="support",
        authorship=Authorship.HUMAN,
        template="",
        dedupe_key=key,
        message_id=f"{key}@desk.example".replace(" ", "."),
        envelope_from="support@desk.example",
        recipients=(Recipient(address="carla@example.com"),),
        subject="Re: help",
        raw=b"Subject: Re: help\r\n\r\nDone.",
        created_at=NOW,
        due_at=NOW,
    )
    return replace(message, **others)


def stored_case(tx: Tx, address: str = "carla@example.com", **others: Any) -> Case:
    contact = contacts.by_address(tx, address) or contacts.insert(tx, a_contact(address))
    return cases.insert(tx, a_case(contact.id, **others))
