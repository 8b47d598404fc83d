"""Every table of the desk. A column is named as the field of the value that it holds (`mapping`)."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    UniqueConstraint,
    text,
)

from mailcase.domain.activity import ActivityKind, ActivityState
from mailcase.domain.case import CaseType, Origin, Priority, Status
from mailcase.domain.inbox import InboxState, Source
from mailcase.domain.outbox import Authorship, OutboxState, RecipientState
from mailcase.store.columns import Bytes, Choice, Id, Key, Moment, String, Strings

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _column(name: str, kind: object, *keys: ForeignKey, is_optional: bool = False) -> Column[object]:
    return Column(name, kind, *keys, nullable=is_optional)  # type: ignore[arg-type]  # instances and classes of types


def _some(name: str, *columns: str, where: str) -> Index:
    """An index of only the rows that `where` holds for: small however many rows are done with (PERFORMANCE)."""
    return Index(name, *columns, sqlite_where=text(where), postgresql_where=text(where))


accounts = Table(
    "accounts",
    metadata,
    Column("id", Id, primary_key=True),
    _column("name", String),
    _column("created_at", Moment),
)

account_domains = Table(
    "account_domains",
    metadata,
    Column("domain", Key, primary_key=True),
    _column("account_id", Id, ForeignKey("accounts.id")),
    Index(None, "account_id"),
)

contacts = Table(
    "contacts",
    metadata,
    Column("id", Id, primary_key=True),
    _column("name", String),
    _column("address", Key),
    _column("account_id", Id, ForeignKey("accounts.id"), is_optional=True),
    _column("language", String, is_optional=True),
    _column("is_provisional", Boolean),
    _column("created_at", Moment),
    _some("ix_contacts_account_id", "account_id", where="account_id IS NOT NULL"),
)

contact_addresses = Table(
    "contact_addresses",
    metadata,
    Column("address", Key, primary_key=True),
    _column("contact_id", Id, ForeignKey("contacts.id")),
    Index(None, "contact_id"),
)

cases = Table(
    "cases",
    metadata,
    Column("id", Id, primary_key=True),
    _column("title", String),
    _column("description", String),
    _column("contact_id", Id, ForeignKey("contacts.id")),
    _column("account_id", Id, ForeignKey("accounts.id"), is_optional=True),
    _column("mailbox", String),
    _column("subject", String),
    _column("product", String),
    _column("case_type", Choice(CaseType), is_optional=True),
    _column("priority", Choice(Priority)),
    _column("origin", Choice(Origin)),
    _column("status", Choice(Status)),
    _column("status_reason", String),
    _column("owner", String, is_optional=True),
    _column("queue", String, is_optional=True),
    _column("tags", Strings),
    _column("is_escalated", Boolean),
    _column("is_unverified", Boolean),
    _column("language", String, is_optional=True),
    _column("parent_id", Id, ForeignKey("cases.id"), is_optional=True),
    _column("merged_into_id", Id, ForeignKey("cases.id"), is_optional=True),
    _column("related_id", Id, ForeignKey("cases.id"), is_optional=True),
    _column("sla", String, is_optional=True),
    _column("resolution", String),
    _column("billable_minutes", Integer, is_optional=True),
    _column("created_at", Moment),
    _column("modified_at", Moment),
    _column("last_customer_mail_at", Moment, is_optional=True),
    _column("first_response_at", Moment, is_optional=True),
    _column("resolved_at", Moment, is_optional=True),
    _column("reactivated_at", Moment, is_optional=True),
    _column("version", Integer),
    Index(None, "contact_id"),
    _some("ix_cases_active_queue", "queue", where="status = 'active'"),
    _some("ix_cases_active_owner", "owner", where="status = 'active' AND owner IS NOT NULL"),
    _some("ix_cases_parent_id", "parent_id", where="parent_id IS NOT NULL"),
    _some("ix_cases_merged_into_id", "merged_into_id", where="merged_into_id IS NOT NULL"),
    sqlite_autoincrement=True,  # a number once given is never given again
)

activities = Table(
    "activities",
    metadata,
    Column("id", Id, primary_key=True),
    _column("case_id", Id, ForeignKey("cases.id")),
    _column("kind", Choice(ActivityKind)),
    _column("state", Choice(ActivityState)),
    _column("subject", String),
    _column("text", String),
    _column("sender", String),
    _column("recipients", Strings),
    _column("message_id", String, is_optional=True),
    _column("inbox_id", Id, is_optional=True),
    _column("owner", String, is_optional=True),
    _column("due_at", Moment, is_optional=True),
    _column("duration_minutes", Integer, is_optional=True),
    _column("created_at", Moment),
    _column("created_by", String),
    _column("is_automatic", Boolean),
    _column("is_unverified", Boolean),
    UniqueConstraint("inbox_id"),  # a mail becomes one activity at most, whatever crashed where
    Index(None, "case_id"),
)

blobs = Table(
    "blobs",
    metadata,
    Column("sha256", String, primary_key=True),
    _column("content", Bytes),
)

attached_files = Table(
    "attached_files",
    metadata,
    Column("id", Id, primary_key=True),
    _column("activity_id", Id, ForeignKey("activities.id")),
    _column("name", String),
    _column("content_type", String),
    _column("size", BigInteger),
    _column("sha256", String, ForeignKey("blobs.sha256")),
    _column("is_inline", Boolean),
    Index(None, "activity_id"),
    Index(None, "sha256"),
)

raw_messages = Table(
    "raw_messages",
    metadata,
    Column("sha256", String, primary_key=True),
    _column("raw", Bytes),
)

timeline = Table(
    "timeline",
    metadata,
    Column("id", Id, primary_key=True),
    _column("case_id", Id, ForeignKey("cases.id")),
    _column("at", Moment),
    _column("event", String),
    _column("actor", String),
    _column("cause", String),
    _column("summary", String),
    _column("activity_id", Id, ForeignKey("activities.id"), is_optional=True),
    Index(None, "case_id"),
)

audit = Table(
    "audit",
    metadata,
    Column("id", Id, primary_key=True),
    _column("at", Moment),
    _column("actor", String),
    _column("action", String),
    _column("object_type", String),
    _column("object_id", Id),
    _column("changes", String),
    Index(None, "object_type", "object_id"),
)

queue_items = Table(
    "queue_items",
    metadata,
    Column("id", Id, primary_key=True),
    _column("case_id", Id, ForeignKey("cases.id")),
    _column("queue", String),
    _column("entered_at", Moment),
    _column("worked_by", String, is_optional=True),
    _column("picked_at", Moment, is_optional=True),
    UniqueConstraint("case_id"),
    Index(None, "queue"),
)

inbox = Table(
    "inbox",
    metadata,
    Column("id", Id, primary_key=True),
    _column("mailbox", String),
    _column("source", Choice(Source)),
    _column("uidvalidity", BigInteger),
    _column("uid", BigInteger),
    _column("sha256", String),
    _column("size", BigInteger),
    _column("received_at", Moment),
    _column("internal_date", Moment, is_optional=True),
    _column("state", Choice(InboxState)),
    _column("reason", String),
    _column("detail", String),
    _column("attempts", Integer),
    _column("next_attempt_at", Moment, is_optional=True),
    _column("message_id", Key, is_optional=True),
    _column("sender", String),
    _column("subject", String),
    _column("kind", String),
    _column("case_id", Id, is_optional=True),
    _column("rule", String),
    _column("rulebook", String),
    _column("acknowledged_at", Moment, is_optional=True),
    UniqueConstraint("mailbox", "uidvalidity", "uid"),
    Index(None, "sha256"),
    _some("ix_inbox_message_id", "message_id", where="message_id IS NOT NULL"),
    _some("ix_inbox_received", "id", where="state = 'received'"),
    _some("ix_inbox_held", "id", where="state = 'held'"),
    _some(
        "ix_inbox_unacknowledged",
        "mailbox",
        "uidvalidity",
        "uid",
        where="acknowledged_at IS NULL AND source = 'imap'",
    ),
)

message_index = Table(
    "message_index",
    metadata,
    Column("id", Id, primary_key=True),
    _column("message_id", Key),
    _column("case_id", Id, ForeignKey("cases.id")),
    _column("activity_id", Id, ForeignKey("activities.id"), is_optional=True),
    Index(None, "message_id"),
    Index(None, "case_id"),
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", Id, primary_key=True),
    _column("case_id", Id, ForeignKey("cases.id"), is_optional=True),
    _column("activity_id", Id, ForeignKey("activities.id"), is_optional=True),
    _column("mailbox", String),
    _column("authorship", Choice(Authorship)),
    _column("template", String),
    _column("dedupe_key", Key),
    _column("message_id", Key),
    _column("envelope_from", String),
    _column("subject", String),
    _column("raw", Bytes),
    _column("created_at", Moment),
    _column("state", Choice(OutboxState)),
    _column("due_at", Moment, is_optional=True),
    _column("attempts", Integer),
    _column("lease_until", Moment, is_optional=True),
    _column("fence", Integer),
    _column("response", String),
    _column("sent_at", Moment, is_optional=True),
    UniqueConstraint("dedupe_key"),
    Index(None, "message_id"),
    _some("ix_outbox_case_id", "case_id", where="case_id IS NOT NULL"),
    _some("ix_outbox_queued", "due_at", where="state = 'queued'"),
    _some("ix_outbox_sending", "lease_until", where="state = 'sending'"),
)

outbox_recipients = Table(
    "outbox_recipients",
    metadata,
    Column("outbox_id", Id, ForeignKey("outbox.id"), primary_key=True, autoincrement=False),
    Column("position", Integer, primary_key=True, autoincrement=False),
    _column("address", Key),
    _column("state", Choice(RecipientState)),
    _column("response", String),
    _column("domain", Key),
    _column("automatic_at", Moment, is_optional=True),
    _some("ix_outbox_recipients_automatic_address", "address", "automatic_at", where="automatic_at IS NOT NULL"),
    _some("ix_outbox_recipients_automatic_domain", "domain", "automatic_at", where="automatic_at IS NOT NULL"),
    _some("ix_outbox_recipients_automatic", "automatic_at", where="automatic_at IS NOT NULL"),
)

mailboxes = Table(
    "mailboxes",
    metadata,
    Column("name", String, primary_key=True),
    _column("uidvalidity", BigInteger),
    _column("uid", BigInteger),
    _column("first_seen_at", Moment),
)

token_keys = Table(
    "token_keys",
    metadata,
    Column("id", Id, primary_key=True),
    _column("secret", Bytes),
    _column("created_at", Moment),
)

leases = Table(
    "leases",
    metadata,
    Column("name", String, primary_key=True),
    _column("holder", String),
    _column("fence", BigInteger),
    _column("until", Moment),
)

desk = Table(
    "desk",
    metadata,
    Column("id", Integer, CheckConstraint("id = 1", name="single"), primary_key=True, autoincrement=False),
    _column("founded_at", Moment),
)
