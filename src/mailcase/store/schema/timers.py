"""What is to happen to cases at a moment, and what failed when it was to happen."""

from sqlalchemy import Column, ForeignKey, Index, Integer, Table, UniqueConstraint

from mailcase.domain.setback import Errand
from mailcase.domain.timer import TimerKind
from mailcase.store.columns import Choice, Id, Key, Moment, String
from mailcase.store.schema.base import column, metadata, some

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

setbacks = Table(
    "setbacks",
    metadata,
    Column("id", Id, primary_key=True),
    column("errand", Choice(Errand)),
    column("about", Key),
    column("case_id", Id, ForeignKey("cases.id"), is_optional=True),
    column("failures", Integer),
    column("failed_at", Moment),
    column("again_at", Moment),
    column("error", String),
    UniqueConstraint("errand", "about"),
    some("ix_setbacks_case_id", "case_id", where="case_id IS NOT NULL"),
)
