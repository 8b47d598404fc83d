"""How much there is to do, and whose it is: active cases, queue items and open activities, counted."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, func, select, union

from mailcase.domain.activity import ActivityState
from mailcase.domain.case import Status
from mailcase.store import schema
from mailcase.store.columns import fixed
from mailcase.store.statement import Statement
from mailcase.store.turns import Owned
from mailcase.store.tx import Tx

_cases, _items, _activities = schema.cases.c, schema.queue_items.c, schema.activities.c
_is_active = _cases.status == fixed(Status.ACTIVE)
_is_open = _activities.state == fixed(ActivityState.OPEN)
_owned = Statement(
    select(_cases.owner, _cases.queue, func.count())
    .where(_is_active, _cases.owner.is_not(None))
    .group_by(_cases.owner, _cases.queue)
)
_picked = Statement(
    select(_items.worked_by, func.count()).where(_items.worked_by.is_not(None)).group_by(_items.worked_by)
)
_to_do = Statement(
    select(_activities.owner, func.count()).where(_is_open, _activities.owner.is_not(None)).group_by(_activities.owner)
)
_waiting = Statement(
    select(_items.queue, func.count(), func.count(_items.worked_by), func.min(_items.entered_at)).group_by(_items.queue)
)
_mine = union(
    select(_cases.id.label("id")).where(_is_active, _cases.owner == bindparam("key")),
    select(_items.case_id).where(_items.worked_by == bindparam("key")),
    select(_activities.case_id)
    .join(schema.cases, _cases.id == _activities.case_id)
    .where(_is_active, _is_open, _activities.owner == bindparam("key")),
).subquery()
_cases_of = Statement(select(_mine.c.id).order_by(_mine.c.id))


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """What a queue holds."""

    queue: str
    items: int
    picked: int
    """Items that somebody works on."""
    oldest: datetime
    """When the item that is there for longest came, UTC."""


def owned(tx: Tx) -> list[Owned]:
    """Return how many active cases each agent or team owns, by queue."""
    return [Owned(agent=agent, queue=queue, cases=number) for agent, queue, number in tx.rows(_owned)]


def picked(tx: Tx) -> dict[str, int]:
    """Return how many queue items each agent works on."""
    return dict(tx.rows(_picked))


def to_do(tx: Tx) -> dict[str, int]:
    """Return how many open activities each agent has."""
    return dict(tx.rows(_to_do))


def waiting(tx: Tx) -> dict[str, Waiting]:
    """Return what each queue holds, by its name; without those that hold nothing."""
    rows = tx.rows(_waiting)
    return {name: Waiting(queue=name, items=items, picked=taken, oldest=oldest) for name, items, taken, oldest in rows}


def cases_of(tx: Tx, key: str) -> list[int]:
    """Return the ids of the active cases that an agent or team owns, works on, or has something to do on."""
    return [row[0] for row in tx.rows(_cases_of, {"key": key})]
