"""What is to happen to cases at a moment."""

from sqlalchemy import Column, ForeignKey, Index, Integer, Table

from mailcase.domain.timer import TimerKind
from mailcase.store.columns import Choice, Id, Moment, String
from mailcase.store.schema.base import column, metadata

timers = Table(
    "timers",
    metadata,
    Column("id", Id, primary_key=True),
    column("case_id", Id, ForeignKey("cases.id")),
    column("kind", Choice(TimerKind)),
    column("about", String),
    column("agent", String),
    column("step", Integer),
    column("since", Moment),
    column("due_at", Moment),
    Index(None, "case_id"),
    Index(None, "due_at"),
)
