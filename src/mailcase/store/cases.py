"""Cases."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, bindparam, func, or_, select, text
from sqlalchemy import insert as into

from mailcase.domain.case import Case, Status
from mailcase.store import schema
from mailcase.store.columns import fixed
from mailcase.store.mapping import Mapping
from mailcase.store.statement import Statement
from mailcase.store.tx import Tx

MANY = 10_000
"""Where all are wanted, and more would be too many for any list."""
_cases = schema.cases.c
CASES = Mapping(schema.cases, Case)
_some_of_contact = select(_cases.id).where(_cases.contact_id == bindparam("wanted")).limit(bindparam("limit"))
_count_of_contact = Statement(select(func.count()).select_from(_some_of_contact.subquery()))
_insert_as = Statement(into(schema.cases), keys=("id", *CASES.written))
_sqlite_counter = text("SELECT seq FROM sqlite_sequence WHERE name = 'cases'")
_postgres_counter = text("SELECT nextval(pg_get_serial_sequence('cases', 'id'))")
_active_of_contact = Statement(
    CASES.select.where(_cases.contact_id == bindparam("wanted"), _cases.status == fixed(Status.ACTIVE))
    .order_by(_cases.id.desc())
    .limit(bindparam("limit"))
)
_newest_of_contact = Statement(
    CASES.select.where(_cases.contact_id == bindparam("wanted")).order_by(_cases.id.desc()).limit(bindparam("limit"))
)
_merged = Statement(CASES.select.where(_cases.merged_into_id == bindparam("wanted")).order_by(_cases.id))
_children = Statement(CASES.select.where(_cases.parent_id == bindparam("wanted")).order_by(_cases.id))


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFilter:
    """Which cases are wanted: those that everything given holds for."""

    status: Status | None = None
    queue: str | None = None
    owner: str | None = None
    """Key of an agent."""
    contact_id: int | None = None
    account_id: int | None = None
    text: str = ""
    """To be found in title or description, in any case of letters."""
    hidden: frozenset[str] = frozenset()
    """Names of queues whose cases are left out."""


def insert(tx: Tx, case: Case) -> Case:
    """Store a new case and return it with its id, which no other case ever had: that of `new_id`, if it has one."""
    if not case.id:
        return CASES.insert(tx, case)
    tx.write(_insert_as, CASES.row(case) | {"id": case.id})
    return case


def new_id(tx: Tx) -> int:
    """Return an id that no case has or had, for one that is stored later in this transaction."""
    if tx.is_sqlite:  # whose one writer is this transaction
        return int(tx.execute(_sqlite_counter).scalar() or 0) + 1
    return int(tx.execute(_postgres_counter).scalar_one())


def update(tx: Tx, case: Case) -> Case:
    """Write `case` and return it with its new version. Raises StaleWrite when somebody else wrote it meanwhile."""
    return CASES.update(tx, case)


def get(tx: Tx, key: int) -> Case | None:
    """Return the case with the id `key`."""
    return CASES.get(tx, key)


def find(tx: Tx, wanted: CaseFilter, *, limit: int = 50, before_id: int | None = None) -> list[Case]:
    """Return the `wanted` cases, the newest first; `before_id` (the last id of a page) gives the next page."""
    query = CASES.select.where(*_conditions(wanted)).order_by(_cases.id.desc()).limit(limit)
    if before_id is not None:
        query = query.where(_cases.id < before_id)
    return CASES.find(tx, query)


def opened_since(tx: Tx, since: datetime, *, limit: int, before_id: int | None = None) -> list[Case]:
    """Return cases that were opened at or after `since` (UTC), the newest first, below the last id of a page."""
    query = CASES.select.where(_cases.created_at >= since).order_by(_cases.id.desc()).limit(limit)
    return CASES.find(tx, query if before_id is None else query.where(_cases.id < before_id))


def count_since(tx: Tx, since: datetime) -> int:
    """Return how many cases were opened at or after `since` (UTC)."""
    found: int = tx.execute(
        select(func.count()).select_from(schema.cases).where(_cases.created_at >= since)
    ).scalar_one()
    return found


def count(tx: Tx, wanted: CaseFilter) -> int:
    """Return how many cases are `wanted`."""
    found: int = tx.execute(select(func.count()).select_from(schema.cases).where(*_conditions(wanted))).scalar_one()
    return found


def count_of_contact(tx: Tx, contact_id: int, most: int) -> int:
    """Return how many cases a contact has, `most` at most: every letter says it, also one about a contact of a million."""
    found: int = tx.scalar(_count_of_contact, {"wanted": contact_id, "limit": most})
    return found


def children(tx: Tx, case_id: int) -> list[Case]:
    """Return the child cases of a case, the oldest first."""
    return CASES.all(tx, _children, {"wanted": case_id})


def active_of_contact(tx: Tx, contact_id: int, limit: int) -> list[Case]:
    """Return up to `limit` active cases of a contact, the newest first."""
    return CASES.all(tx, _active_of_contact, {"wanted": contact_id, "limit": limit})


def newest_of_contact(tx: Tx, contact_id: int, limit: int) -> list[Case]:
    """Return up to `limit` cases of a contact, open or closed, the newest first."""
    return CASES.all(tx, _newest_of_contact, {"wanted": contact_id, "limit": limit})


def merged_into(tx: Tx, case_id: int) -> list[Case]:
    """Return the cases that were merged into a case itself, not into one that it took over; the oldest first."""
    return CASES.all(tx, _merged, {"wanted": case_id})


def _conditions(wanted: CaseFilter) -> Iterator[ColumnElement[bool]]:
    if wanted.status is not None:
        yield _cases.status == fixed(wanted.status)
    if wanted.queue is not None:
        yield _cases.queue == wanted.queue
    if wanted.owner is not None:
        yield _cases.owner == wanted.owner
    if wanted.contact_id is not None:
        yield _cases.contact_id == wanted.contact_id
    if wanted.account_id is not None:
        yield _cases.account_id == wanted.account_id
    if wanted.hidden:
        yield or_(_cases.queue.is_(None), _cases.queue.not_in(sorted(wanted.hidden)))
    if wanted.text:
        in_title = _cases.title.icontains(wanted.text, autoescape=True)
        yield or_(in_title, _cases.description.icontains(wanted.text, autoescape=True))
