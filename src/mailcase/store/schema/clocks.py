"""SLA clocks and their ledgers."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, Table

from mailcase.domain.sla_clock import ClockState
from mailcase.store.columns import Choice, Duration, Id, Moment, String, Strings
from mailcase.store.schema.base import column, metadata, some

clocks = Table(
    "clocks",
    metadata,
    Column("id", Id, primary_key=True),
    column("case_id", Id, ForeignKey("cases.id")),
    column("sla", String),
    column("item", String),
    column("kpi", String),
    column("calendar", String),
    column("warn_after", Duration, is_optional=True),
    column("fail_after", Duration),
    column("pause_reasons", Strings),
    column("state", Choice(ClockState)),
    column("started_at", Moment),
    column("since", Moment),
    column("cause", String),
    column("warn_at", Moment, is_optional=True),
    column("due_at", Moment),
    column("paused_for", Duration),
    column("stopped_at", Moment, is_optional=True),
    column("warned_at", Moment, is_optional=True),
    column("breached_at", Moment, is_optional=True),
    column("next_due_at", Moment, is_optional=True),
    column("version", Integer),
    Index(None, "case_id"),
    some("ix_clocks_next_due_at", "next_due_at", where="next_due_at IS NOT NULL"),
)

clock_spans = Table(
    "clock_spans",
    metadata,
    Column("id", Id, primary_key=True),
    column("clock_id", Id, ForeignKey("clocks.id")),
    column("start", Moment),
    column("until", Moment),
    column("counted", Boolean),
    column("cause", String),
    Index(None, "clock_id"),
)
