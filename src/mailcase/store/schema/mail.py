"""Mail on its way in and out."""

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, Table, UniqueConstraint

from mailcase.domain.inbox import InboxState, Source
from mailcase.domain.outbox import Authorship, OutboxState, RecipientState
from mailcase.store.columns import Bytes, Choice, Id, Key, Moment, String
from mailcase.store.schema.base import column, metadata, some

HAS_SENDER = "sender <> ''"
"""A mail that was read at least once."""
IS_SENT = "sent_at IS NOT NULL"
"""Outgoing mail that a server accepted."""
STUCK = "state IN ('dead', 'uncertain')"
"""Outgoing mail that only a person moves on."""

mailboxes = Table(
    "mailboxes",
    metadata,
    Column("name", String, primary_key=True),
    column("uidvalidity", BigInteger),
    column("uid", BigInteger),
    column("first_seen_at", Moment),
    column("first_uid", BigInteger, is_optional=True),
)

raw_messages = Table(
    "raw_messages",
    metadata,
    Column("sha256", String, primary_key=True),
    column("raw", Bytes),
)

inbox = Table(
    "inbox",
    metadata,
    Column("id", Id, primary_key=True),
    column("mailbox", String),
    column("source", Choice(Source)),
    column("uidvalidity", BigInteger),
    column("uid", BigInteger),
    column("sha256", String),
    column("size", BigInteger),
    column("received_at", Moment),
    column("internal_date", Moment, is_optional=True),
    column("state", Choice(InboxState)),
    column("reason", String),
    column("detail", String),
    column("attempts", Integer),
    column("next_attempt_at", Moment, is_optional=True),
    column("lease_until", Moment, is_optional=True),
    column("message_id", Key, is_optional=True),
    column("sender", Key),
    column("subject", String),
    column("kind", String),
    column("case_id", Id, is_optional=True),
    column("rule", String),
    column("rulebook", String),
    column("acknowledged_at", Moment, is_optional=True),
    column("is_quiet", Boolean),
    column("is_truncated", Boolean),
    column("settled_at", Moment, is_optional=True),
    UniqueConstraint("mailbox", "uidvalidity", "uid"),
    Index(None, "sha256"),
    some("ix_inbox_message_id", "message_id", where="message_id IS NOT NULL"),
    some("ix_inbox_received", "id", where="state = 'received'"),
    some("ix_inbox_sender", "sender", "id", where=HAS_SENDER),
    some("ix_inbox_held", "id", where="state = 'held'"),
    some(
        "ix_inbox_unacknowledged",
        "mailbox",
        "uidvalidity",
        "uid",
        where="acknowledged_at IS NULL AND source = 'imap'",
    ),
)

fingerprints = Table(
    "fingerprints",
    metadata,
    Column("fingerprint", String, primary_key=True),
    Column("scope", String, primary_key=True),
    column("inbox_id", Id, ForeignKey("inbox.id", ondelete="CASCADE")),
    Index(None, "inbox_id"),
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", Id, primary_key=True),
    column("case_id", Id, ForeignKey("cases.id"), is_optional=True),
    column("activity_id", Id, ForeignKey("activities.id"), is_optional=True),
    column("mailbox", String),
    column("authorship", Choice(Authorship)),
    column("template", String),
    column("dedupe_key", Key),
    column("message_id", Key),
    column("envelope_from", String),
    column("subject", String),
    column("created_at", Moment),
    column("state", Choice(OutboxState)),
    column("due_at", Moment, is_optional=True),
    column("attempts", Integer),
    column("lease_until", Moment, is_optional=True),
    column("fence", Integer),
    column("response", String),
    column("sent_at", Moment, is_optional=True),
    column("raw", Bytes),  # last: SQLite walks through a long value to what is behind it
    UniqueConstraint("dedupe_key"),
    Index(None, "message_id"),
    some("ix_outbox_case_id", "case_id", where="case_id IS NOT NULL"),
    some("ix_outbox_queued", "mailbox", "authorship", "due_at", where="state = 'queued'"),
    some("ix_outbox_sent", "mailbox", "sent_at", where=IS_SENT),
    some("ix_outbox_stuck", "state", where=STUCK),
    some("ix_outbox_sending", "lease_until", where="state = 'sending'"),
)

outbox_recipients = Table(
    "outbox_recipients",
    metadata,
    Column("outbox_id", Id, ForeignKey("outbox.id"), primary_key=True, autoincrement=False),
    Column("position", Integer, primary_key=True, autoincrement=False),
    column("address", Key),
    column("state", Choice(RecipientState)),
    column("response", String),
    column("domain", Key),
    column("automatic_at", Moment, is_optional=True),
    some("ix_outbox_recipients_automatic_address", "address", "automatic_at", where="automatic_at IS NOT NULL"),
    some("ix_outbox_recipients_automatic_domain", "domain", "automatic_at", where="automatic_at IS NOT NULL"),
    some("ix_outbox_recipients_automatic", "automatic_at", where="automatic_at IS NOT NULL"),
)

sending_pauses = Table(
    "sending_pauses",
    metadata,
    Column("account", Key, primary_key=True),
    column("until", Moment),
    column("times", Integer),
    column("response", String),
)
