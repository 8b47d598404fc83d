"""Cases and all that belongs to one."""

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, Table, UniqueConstraint

from mailcase.domain.activity import ActivityKind, ActivityState
from mailcase.domain.case import CaseType, FlowState, Origin, Priority, Status
from mailcase.domain.draft import DraftReason, DraftState
from mailcase.store.columns import Bytes, Choice, Id, Key, Moment, Pairs, String, Strings
from mailcase.store.schema.base import column, metadata, some

cases = Table(
    "cases",
    metadata,
    Column("id", Id, primary_key=True),
    column("title", String),
    column("contact_id", Id, ForeignKey("contacts.id")),
    column("account_id", Id, ForeignKey("accounts.id"), is_optional=True),
    column("mailbox", String),
    column("subject", String),
    column("product", String),
    column("case_type", Choice(CaseType), is_optional=True),
    column("priority", Choice(Priority)),
    column("origin", Choice(Origin)),
    column("status", Choice(Status)),
    column("status_reason", String),
    column("owner", String, is_optional=True),
    column("queue", String, is_optional=True),
    column("tags", Strings),
    column("cc", Strings),
    column("custom", Pairs),
    column("is_escalated", Boolean),
    column("is_unverified", Boolean),
    column("language", String, is_optional=True),
    column("parent_id", Id, ForeignKey("cases.id"), is_optional=True),
    column("merged_into_id", Id, ForeignKey("cases.id"), is_optional=True),
    column("related_id", Id, ForeignKey("cases.id"), is_optional=True),
    column("sla", String, is_optional=True),
    column("entitlement_id", Id, is_optional=True),  # no reference: SQLite adds none to a table that holds rows
    column("is_exempt", Boolean),
    column("flow", String, is_optional=True),
    column("stage", String, is_optional=True),
    column("flow_state", Choice(FlowState), is_optional=True),
    column("flow_path", Strings),
    column("follow_up_at", Moment, is_optional=True),
    column("billable_minutes", Integer, is_optional=True),
    column("created_at", Moment),
    column("modified_at", Moment),
    column("last_customer_mail_at", Moment, is_optional=True),
    column("unanswered_since", Moment, is_optional=True),
    column("last_update_at", Moment, is_optional=True),
    column("escalated_at", Moment, is_optional=True),
    column("first_response_at", Moment, is_optional=True),
    column("resolved_at", Moment, is_optional=True),
    column("reactivated_at", Moment, is_optional=True),
    column("version", Integer),
    column("resolution", String),
    column("description", String),  # last: SQLite walks through a long value to what is behind it
    Index(None, "contact_id"),
    some("ix_cases_active_queue", "queue", where="status = 'active'"),
    some("ix_cases_active_owner", "owner", where="status = 'active' AND owner IS NOT NULL"),
    some("ix_cases_parent_id", "parent_id", where="parent_id IS NOT NULL"),
    some("ix_cases_merged_into_id", "merged_into_id", where="merged_into_id IS NOT NULL"),
    some("ix_cases_flow", "flow", "stage", where="flow_state = 'active'"),
    sqlite_autoincrement=True,  # a number once given is never given again
)

activities = Table(
    "activities",
    metadata,
    Column("id", Id, primary_key=True),
    column("case_id", Id, ForeignKey("cases.id")),
    column("kind", Choice(ActivityKind)),
    column("state", Choice(ActivityState)),
    column("subject", String),
    column("sender", String),
    column("reply_to", String),
    column("recipients", Strings),
    column("message_id", String, is_optional=True),
    column("inbox_id", Id, is_optional=True),
    column("owner", String, is_optional=True),
    column("queue", String, is_optional=True),
    column("due_at", Moment, is_optional=True),
    column("duration_minutes", Integer, is_optional=True),
    column("billable_minutes", Integer, is_optional=True),
    column("remind_at", Moment, is_optional=True),
    column("response", String),
    column("created_at", Moment),
    column("created_by", String),
    column("is_automatic", Boolean),
    column("is_unverified", Boolean),
    column("text", String),  # last: SQLite walks through a long value to what is behind it
    some(
        "ix_activities_inbox_id", "inbox_id", where="inbox_id IS NOT NULL", unique=True
    ),  # a mail becomes one activity at most, whatever crashed where
    Index(None, "case_id"),
    some("ix_activities_remind_at", "remind_at", where="remind_at IS NOT NULL"),
)

blobs = Table(
    "blobs",
    metadata,
    Column("sha256", String, primary_key=True),
    column("content", Bytes),
)

attached_files = Table(
    "attached_files",
    metadata,
    Column("id", Id, primary_key=True),
    column("activity_id", Id, ForeignKey("activities.id")),
    column("name", String),
    column("content_type", String),
    column("size", BigInteger),
    column("sha256", String, ForeignKey("blobs.sha256")),
    column("is_inline", Boolean),
    Index(None, "activity_id"),
    Index(None, "sha256"),
)

timeline = Table(
    "timeline",
    metadata,
    Column("id", Id, primary_key=True),
    column("case_id", Id, ForeignKey("cases.id")),
    column("at", Moment),
    column("event", String),
    column("actor", String),
    column("cause", String),
    column("summary", String),
    column("activity_id", Id, ForeignKey("activities.id"), is_optional=True),
    Index(None, "case_id"),
)

queue_items = Table(
    "queue_items",
    metadata,
    Column("id", Id, primary_key=True),
    column("case_id", Id, ForeignKey("cases.id")),
    column("queue", String),
    column("entered_at", Moment),
    column("worked_by", String, is_optional=True),
    column("picked_at", Moment, is_optional=True),
    column("skills", Strings),
    UniqueConstraint("case_id"),
    Index(None, "queue"),
)

case_links = Table(
    "case_links",
    metadata,
    Column("id", Id, primary_key=True),
    column("case_id", Id, ForeignKey("cases.id")),
    column("other_id", Id, ForeignKey("cases.id")),
    column("created_at", Moment),
    column("created_by", String),
    UniqueConstraint("case_id", "other_id"),
    Index(None, "other_id"),
)

stage_visits = Table(
    "stage_visits",
    metadata,
    Column("id", Id, primary_key=True),
    column("case_id", Id, ForeignKey("cases.id")),
    column("flow", String),
    column("stage", String),
    column("entered_at", Moment),
    column("left_at", Moment, is_optional=True),
    column("business_seconds", BigInteger, is_optional=True),
    Index(None, "case_id"),
    some("ix_stage_visits_open", "case_id", where="left_at IS NULL", unique=True),  # a case is in one stage at most
)

transcripts = Table(
    "transcripts",
    metadata,
    Column("id", Id, primary_key=True),
    column("case_id", Id, ForeignKey("cases.id")),
    column("at", Moment),
    column("actor", String),
    column("cause", String),
    column("change", String),
    column("final", String),
    column("undone_at", Moment, is_optional=True),
    Index(None, "case_id"),
)

drafts = Table(
    "drafts",
    metadata,
    Column("id", Id, primary_key=True),
    column("activity_id", Id, ForeignKey("activities.id")),
    column("agent", String),
    column("reason", Choice(DraftReason)),
    column("outsiders", Strings),
    column("asked_as", Key),
    column("created_at", Moment),
    column("expires_at", Moment, is_optional=True),
    column("state", Choice(DraftState)),
    column("settled_at", Moment, is_optional=True),
    UniqueConstraint("activity_id"),
    Index(None, "asked_as"),
)

turns = Table(
    "turns",
    metadata,
    Column("agent", String, primary_key=True),
    column("turn", BigInteger),
    column("at", Moment),
)

message_index = Table(
    "message_index",
    metadata,
    Column("id", Id, primary_key=True),
    column("message_id", Key),
    column("case_id", Id, ForeignKey("cases.id")),
    column("activity_id", Id, ForeignKey("activities.id"), is_optional=True),
    column("is_alias", Boolean),
    column("shown_id", Id, is_optional=True),  # no reference: SQLite adds none to a table that holds rows
    Index(None, "message_id"),
    Index(None, "case_id"),
)
