"""Queue items: which case waits in which queue, and who works on it."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import bindparam, delete, update

from mailcase.domain.queue import QueueItem
from mailcase.domain.setback import Errand
from mailcase.store import schema
from mailcase.store.mapping import Mapping
from mailcase.store.setbacks import is_ready
from mailcase.store.statement import Statement
from mailcase.store.tx import Tx

_items = schema.queue_items.c
ITEMS = Mapping(schema.queue_items, QueueItem)

_by_case = Statement(ITEMS.select.where(_items.case_id == bindparam("wanted")))
_of_queue = ITEMS.select.where(_items.queue == bindparam("wanted")).order_by(_items.entered_at, _items.id)
_by_queue = Statement(_of_queue)
_waiting = Statement(_of_queue.where(_items.worked_by.is_(None)))
_to_give = (
    ITEMS.select.join(schema.cases, schema.cases.c.id == _items.case_id)
    .where(_items.queue == bindparam("wanted"), _items.worked_by.is_(None))
    .where(is_ready(Errand.ASSIGNMENT, _items.case_id))
    .order_by(_items.entered_at, _items.id)
    .limit(bindparam("limit"))
)
_unowned = Statement(_to_give.where(schema.cases.c.owner.is_(None)))
_of_team = Statement(_to_give.where(schema.cases.c.owner == bindparam("team")))
_remove = Statement(delete(schema.queue_items).where(_items.case_id == bindparam("wanted")))
_pick = Statement(
    update(schema.queue_items)
    .where(_items.id == bindparam("key"), _items.worked_by.is_(None))
    .values(worked_by=bindparam("agent"), picked_at=bindparam("now"))
)


def put(tx: Tx, item: QueueItem) -> QueueItem:
    """Store `item`: a new one, or the changes of one that has an id. Returns it with its id.

    The transaction ends with StaleWrite when the case is in a queue already.
    """
    if item.id == 0:
        return ITEMS.insert(tx, item)
    return ITEMS.update(tx, item)


def by_case(tx: Tx, case_id: int) -> QueueItem | None:
    """Return the item of a case, if it is in a queue."""
    return ITEMS.first(tx, _by_case, {"wanted": case_id})


def remove(tx: Tx, case_id: int) -> bool:
    """Take a case out of its queue; return whether it was in one."""
    return tx.count(_remove, [{"wanted": case_id}]) == 1


def pick(tx: Tx, item: QueueItem, agent: str, now: datetime) -> QueueItem | None:
    """Let `agent` work on `item` if nobody does; return it as it is then, or None when somebody was quicker."""
    if tx.count(_pick, [{"key": item.id, "agent": agent, "now": now}]) != 1:
        return None
    return replace(item, worked_by=agent, picked_at=now)


def by_queue(tx: Tx, queue: str, *, only_waiting: bool = False) -> list[QueueItem]:
    """Return the items of a queue, the longest waiting first; `only_waiting` leaves out those somebody works on."""
    return ITEMS.all(tx, _waiting if only_waiting else _by_queue, {"wanted": queue})


def unowned(tx: Tx, queue: str, now: datetime, limit: int) -> list[QueueItem]:
    """Return up to `limit` items of a queue that nobody works on and whose case nobody owns, the longest waiting first.

    Those that are put off at `now` are left out.
    """
    return ITEMS.all(tx, _unowned, {"wanted": queue, "now": now, "limit": limit})


def of_team(tx: Tx, queue: str, team: str, now: datetime, limit: int) -> list[QueueItem]:
    """Return up to `limit` items of a queue that nobody works on and whose case a team owns, as `unowned` does."""
    return ITEMS.all(tx, _of_team, {"wanted": queue, "team": team, "now": now, "limit": limit})
