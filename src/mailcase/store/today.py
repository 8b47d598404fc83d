"""What agents have to do by a moment: promises of their cases, their activities, and cases that come back."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, func, literal, select

from mailcase.domain.activity import ActivityState
from mailcase.domain.case import Status
from mailcase.domain.sla_clock import RUNNING
from mailcase.store import schema
from mailcase.store.columns import fixed
from mailcase.store.statement import Statement
from mailcase.store.tx import Tx

FOLLOW_UP = "follow_up"
_cases, _clocks, _activities = schema.cases.c, schema.clocks.c, schema.activities.c
_mine = (_cases.owner == bindparam("agent"), _cases.status == fixed(Status.ACTIVE))
_promises = (
    select(_cases.id, _cases.title, _cases.queue, _clocks.kpi.label("what"), _clocks.due_at.label("due_at"))
    .join_from(schema.cases, schema.clocks, _clocks.case_id == _cases.id)
    .where(*_mine, _clocks.state.in_([fixed(state) for state in sorted(RUNNING)]), _clocks.due_at < bindparam("until"))
)
_returning = select(
    _cases.id, _cases.title, _cases.queue, literal(FOLLOW_UP).label("what"), _cases.follow_up_at.label("due_at")
).where(*_mine, _cases.follow_up_at < bindparam("until"))
_tasks = (
    select(
        _cases.id,
        _cases.title,
        _cases.queue,
        func.coalesce(func.nullif(_activities.subject, ""), _activities.text).label("what"),
        _activities.due_at.label("due_at"),
    )
    .join_from(schema.activities, schema.cases, _activities.case_id == _cases.id)
    .where(
        func.coalesce(_activities.owner, _cases.owner) == bindparam("agent"),
        _activities.state == fixed(ActivityState.OPEN),
        _activities.due_at < bindparam("until"),
    )
)
_statements = tuple(
    Statement(one.order_by("due_at").limit(bindparam("limit"))) for one in (_promises, _returning, _tasks)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """One thing to do."""

    case_id: int
    title: str
    """Of the case."""
    queue: str | None
    """Where the case is."""
    what: str
    """A KPI, `follow_up`, or the words of an activity."""
    due_at: datetime
    """UTC."""


def due_of(tx: Tx, agent: str, until: datetime, limit: int) -> list[Due]:
    """Return what an agent has to do before `until` (UTC), the first due first, up to `limit` of each kind."""
    rows = [row for one in _statements for row in tx.rows(one, {"agent": agent, "until": until, "limit": limit})]
    found = [
        Due(case_id=key, title=title, queue=queue, what=what, due_at=due_at) for key, title, queue, what, due_at in rows
    ]
    return sorted(found, key=lambda one: (one.due_at, one.case_id))
