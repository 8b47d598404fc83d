"""The first tables."""

import sqlalchemy as sa
from alembic import op

from mailcase.store.migrations.vocabulary import BIGINT, BOOLEAN, BYTES, ID, INTEGER, MOMENT, TEXT, columns, index

revision = "0001"
down_revision = None

APPEND_ONLY = {
    "sqlite": (
        "CREATE TRIGGER audit_refuses_update BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END",
        "CREATE TRIGGER audit_refuses_delete BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END",
    ),
    "postgresql": (
        "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'the audit log is append-only'; END $$",
        "CREATE TRIGGER audit_refuses_change BEFORE UPDATE OR DELETE OR TRUNCATE ON audit FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
    ),
}


def upgrade() -> None:
    _customers()
    _cases()
    _mail()
    _clocks()
    _desk()
    for statement in APPEND_ONLY[op.get_bind().dialect.name]:
        op.execute(statement)


def _customers() -> None:
    op.create_table(
        "accounts", sa.Column("id", ID, primary_key=True), *columns(TEXT, "name"), *columns(MOMENT, "created_at")
    )
    op.create_table(
        "account_domains",
        sa.Column("domain", TEXT, primary_key=True),
        sa.Column("account_id", ID, sa.ForeignKey("accounts.id"), nullable=False),
    )
    index("ix_account_domains_account_id", "account_domains", "account_id")
    op.create_table(
        "contacts",
        sa.Column("id", ID, primary_key=True),
        *columns(TEXT, "name", "address"),
        sa.Column("account_id", ID, sa.ForeignKey("accounts.id"), nullable=True),
        *columns(TEXT, "language", nullable=True),
        *columns(BOOLEAN, "is_provisional"),
        *columns(MOMENT, "created_at"),
    )
    index("ix_contacts_account_id", "contacts", "account_id", where="account_id IS NOT NULL")
    op.create_table(
        "contact_addresses",
        sa.Column("address", TEXT, primary_key=True),
        sa.Column("contact_id", ID, sa.ForeignKey("contacts.id"), nullable=False),
    )
    index("ix_contact_addresses_contact_id", "contact_addresses", "contact_id")


def _cases() -> None:
    op.create_table(
        "cases",
        sa.Column("id", ID, primary_key=True),
        *columns(
            TEXT,
            "title",
            "mailbox",
            "subject",
            "product",
            "priority",
            "origin",
            "status",
            "status_reason",
            "tags",
            "custom",
        ),
        sa.Column("contact_id", ID, sa.ForeignKey("contacts.id"), nullable=False),
        sa.Column("account_id", ID, sa.ForeignKey("accounts.id"), nullable=True),
        *columns(TEXT, "case_type", "owner", "queue", "language", "sla", nullable=True),
        *columns(BOOLEAN, "is_escalated", "is_unverified"),
        sa.Column("parent_id", ID, sa.ForeignKey("cases.id"), nullable=True),
        sa.Column("merged_into_id", ID, sa.ForeignKey("cases.id"), nullable=True),
        sa.Column("related_id", ID, sa.ForeignKey("cases.id"), nullable=True),
        *columns(INTEGER, "billable_minutes", nullable=True),
        *columns(MOMENT, "created_at", "modified_at"),
        *columns(MOMENT, "last_customer_mail_at", "unanswered_since", "last_update_at", "escalated_at", nullable=True),
        *columns(MOMENT, "first_response_at", "resolved_at", "reactivated_at", nullable=True),
        *columns(INTEGER, "version"),
        *columns(TEXT, "resolution"),
        *columns(TEXT, "description"),
        sqlite_autoincrement=True,
    )
    index("ix_cases_active_owner", "cases", "owner", where="status = 'active' AND owner IS NOT NULL")
    index("ix_cases_active_queue", "cases", "queue", where="status = 'active'")
    index("ix_cases_contact_id", "cases", "contact_id")
    index("ix_cases_merged_into_id", "cases", "merged_into_id", where="merged_into_id IS NOT NULL")
    index("ix_cases_parent_id", "cases", "parent_id", where="parent_id IS NOT NULL")
    op.create_table(
        "activities",
        sa.Column("id", ID, primary_key=True),
        sa.Column("case_id", ID, sa.ForeignKey("cases.id"), nullable=False),
        *columns(TEXT, "kind", "state", "subject", "sender", "recipients", "created_by"),
        *columns(TEXT, "message_id", "owner", nullable=True),
        *columns(ID, "inbox_id", nullable=True),
        *columns(MOMENT, "due_at", nullable=True),
        *columns(INTEGER, "duration_minutes", nullable=True),
        *columns(MOMENT, "created_at"),
        *columns(BOOLEAN, "is_automatic", "is_unverified"),
        *columns(TEXT, "text"),
    )
    index("ix_activities_case_id", "activities", "case_id")
    index("ix_activities_inbox_id", "activities", "inbox_id", where="inbox_id IS NOT NULL", unique=True)
    op.create_table("blobs", sa.Column("sha256", TEXT, primary_key=True), *columns(BYTES, "content"))
    op.create_table(
        "attached_files",
        sa.Column("id", ID, primary_key=True),
        sa.Column("activity_id", ID, sa.ForeignKey("activities.id"), nullable=False),
        *columns(TEXT, "name", "content_type"),
        *columns(BIGINT, "size"),
        sa.Column("sha256", TEXT, sa.ForeignKey("blobs.sha256"), nullable=False),
        *columns(BOOLEAN, "is_inline"),
    )
    index("ix_attached_files_activity_id", "attached_files", "activity_id")
    index("ix_attached_files_sha256", "attached_files", "sha256")
    op.create_table(
        "timeline",
        sa.Column("id", ID, primary_key=True),
        sa.Column("case_id", ID, sa.ForeignKey("cases.id"), nullable=False),
        *columns(MOMENT, "at"),
        *columns(TEXT, "event", "actor", "cause", "summary"),
        sa.Column("activity_id", ID, sa.ForeignKey("activities.id"), nullable=True),
    )
    index("ix_timeline_case_id", "timeline", "case_id")
    op.create_table(
        "queue_items",
        sa.Column("id", ID, primary_key=True),
        sa.Column("case_id", ID, sa.ForeignKey("cases.id"), nullable=False),
        *columns(TEXT, "queue", "skills"),
        *columns(MOMENT, "entered_at"),
        *columns(TEXT, "worked_by", nullable=True),
        *columns(MOMENT, "picked_at", nullable=True),
        sa.UniqueConstraint("case_id"),
    )
    index("ix_queue_items_queue", "queue_items", "queue")
    op.create_table(
        "message_index",
        sa.Column("id", ID, primary_key=True),
        *columns(TEXT, "message_id"),
        sa.Column("case_id", ID, sa.ForeignKey("cases.id"), nullable=False),
        sa.Column("activity_id", ID, sa.ForeignKey("activities.id"), nullable=True),
        *columns(BOOLEAN, "is_alias"),
    )
    index("ix_message_index_case_id", "message_index", "case_id")
    index("ix_message_index_message_id", "message_index", "message_id")


def _mail() -> None:
    op.create_table(
        "mailboxes",
        sa.Column("name", TEXT, primary_key=True),
        *columns(BIGINT, "uidvalidity", "uid"),
        *columns(MOMENT, "first_seen_at"),
    )
    op.create_table("raw_messages", sa.Column("sha256", TEXT, primary_key=True), *columns(BYTES, "raw"))
    op.create_table(
        "inbox",
        sa.Column("id", ID, primary_key=True),
        *columns(
            TEXT,
            "mailbox",
            "source",
            "sha256",
            "state",
            "reason",
            "detail",
            "sender",
            "subject",
            "kind",
            "rule",
            "rulebook",
        ),
        *columns(BIGINT, "uidvalidity", "uid", "size"),
        *columns(MOMENT, "received_at"),
        *columns(MOMENT, "internal_date", "next_attempt_at", "acknowledged_at", nullable=True),
        *columns(INTEGER, "attempts"),
        *columns(TEXT, "message_id", nullable=True),
        *columns(ID, "case_id", nullable=True),
        sa.UniqueConstraint("mailbox", "uidvalidity", "uid"),
    )
    index("ix_inbox_held", "inbox", "id", where="state = 'held'")
    index("ix_inbox_message_id", "inbox", "message_id", where="message_id IS NOT NULL")
    index("ix_inbox_received", "inbox", "id", where="state = 'received'")
    index("ix_inbox_sha256", "inbox", "sha256")
    index(
        "ix_inbox_unacknowledged",
        "inbox",
        "mailbox",
        "uidvalidity",
        "uid",
        where="acknowledged_at IS NULL AND source = 'imap'",
    )
    op.create_table(
        "outbox",
        sa.Column("id", ID, primary_key=True),
        sa.Column("case_id", ID, sa.ForeignKey("cases.id"), nullable=True),
        sa.Column("activity_id", ID, sa.ForeignKey("activities.id"), nullable=True),
        *columns(
            TEXT,
            "mailbox",
            "authorship",
            "template",
            "dedupe_key",
            "message_id",
            "envelope_from",
            "subject",
            "state",
            "response",
        ),
        *columns(MOMENT, "created_at"),
        *columns(MOMENT, "due_at", "lease_until", "sent_at", nullable=True),
        *columns(INTEGER, "attempts", "fence"),
        *columns(BYTES, "raw"),
        sa.UniqueConstraint("dedupe_key"),
    )
    index("ix_outbox_case_id", "outbox", "case_id", where="case_id IS NOT NULL")
    index("ix_outbox_message_id", "outbox", "message_id")
    index("ix_outbox_queued", "outbox", "due_at", where="state = 'queued'")
    index("ix_outbox_sending", "outbox", "lease_until", where="state = 'sending'")
    op.create_table(
        "outbox_recipients",
        sa.Column("outbox_id", ID, sa.ForeignKey("outbox.id"), primary_key=True, autoincrement=False),
        sa.Column("position", INTEGER, primary_key=True, autoincrement=False),
        *columns(TEXT, "address", "state", "response", "domain"),
        *columns(MOMENT, "automatic_at", nullable=True),
    )
    index("ix_outbox_recipients_automatic", "outbox_recipients", "automatic_at", where="automatic_at IS NOT NULL")
    index(
        "ix_outbox_recipients_automatic_address",
        "outbox_recipients",
        "address",
        "automatic_at",
        where="automatic_at IS NOT NULL",
    )
    index(
        "ix_outbox_recipients_automatic_domain",
        "outbox_recipients",
        "domain",
        "automatic_at",
        where="automatic_at IS NOT NULL",
    )


def _clocks() -> None:
    op.create_table(
        "clocks",
        sa.Column("id", ID, primary_key=True),
        sa.Column("case_id", ID, sa.ForeignKey("cases.id"), nullable=False),
        *columns(TEXT, "sla", "item", "kpi", "calendar", "pause_reasons", "state", "cause"),
        *columns(BIGINT, "warn_after", nullable=True),
        *columns(BIGINT, "fail_after", "paused_for"),
        *columns(MOMENT, "started_at", "since", "due_at"),
        *columns(MOMENT, "warn_at", "stopped_at", "warned_at", "breached_at", "next_due_at", nullable=True),
        *columns(INTEGER, "version"),
    )
    index("ix_clocks_case_id", "clocks", "case_id")
    index("ix_clocks_next_due_at", "clocks", "next_due_at", where="next_due_at IS NOT NULL")
    op.create_table(
        "clock_spans",
        sa.Column("id", ID, primary_key=True),
        sa.Column("clock_id", ID, sa.ForeignKey("clocks.id"), nullable=False),
        *columns(MOMENT, "start", "until"),
        *columns(BOOLEAN, "counted"),
        *columns(TEXT, "cause"),
    )
    index("ix_clock_spans_clock_id", "clock_spans", "clock_id")


def _desk() -> None:
    op.create_table(
        "audit",
        sa.Column("id", ID, primary_key=True),
        *columns(MOMENT, "at"),
        *columns(TEXT, "actor", "action", "object_type", "changes"),
        *columns(ID, "object_id"),
    )
    index("ix_audit_object_type_object_id", "audit", "object_type", "object_id")
    op.create_table(
        "token_keys", sa.Column("id", ID, primary_key=True), *columns(BYTES, "secret"), *columns(MOMENT, "created_at")
    )
    op.create_table(
        "leases",
        sa.Column("name", TEXT, primary_key=True),
        *columns(TEXT, "holder"),
        *columns(BIGINT, "fence"),
        *columns(MOMENT, "until"),
    )
    op.create_table(
        "desk",
        sa.Column("id", INTEGER, primary_key=True, autoincrement=False),
        *columns(MOMENT, "founded_at"),
        sa.CheckConstraint("id = 1", name="single"),
    )
