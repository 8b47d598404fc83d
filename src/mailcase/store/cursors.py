"""How far each mailbox was read."""

from datetime import datetime

from sqlalchemy import bindparam, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from mailcase.domain.mailbox import NO_SERVER, Cursor
from mailcase.store import schema
from mailcase.store.statement import Statement
from mailcase.store.tx import Tx

_mailboxes = schema.mailboxes.c
_get = Statement(select(_mailboxes.uidvalidity, _mailboxes.uid).where(_mailboxes.name == bindparam("mailbox")))
_first_seen = Statement(select(_mailboxes.first_seen_at).where(_mailboxes.name == bindparam("mailbox")))
_first_uid = Statement(select(_mailboxes.first_uid).where(_mailboxes.name == bindparam("mailbox")))
_begin = Statement(
    update(schema.mailboxes).where(_mailboxes.name == bindparam("mailbox")).values(first_uid=bindparam("number"))
)
_names = Statement(select(_mailboxes.name))
_meet = Statement(
    upsert(schema.mailboxes).on_conflict_do_nothing(), keys=("name", "uidvalidity", "uid", "first_seen_at")
)
_insert = upsert(schema.mailboxes)
_put = Statement(
    _insert.on_conflict_do_update(
        index_elements=[_mailboxes.name],
        set_={"uidvalidity": _insert.excluded.uidvalidity, "uid": _insert.excluded.uid},
    ),
    keys=("name", "uidvalidity", "uid", "first_seen_at"),
)


def names(tx: Tx) -> frozenset[str]:
    """Return the mailboxes that the desk has had, whether it still has them or not."""
    return frozenset(row[0] for row in tx.rows(_names))


def meet(tx: Tx, mailbox: str, now: datetime) -> None:
    """Note that the desk has `mailbox` from `now` (UTC) on, unless it had it before; nothing of it was read yet."""
    tx.write(_meet, {"name": mailbox, "uidvalidity": NO_SERVER, "uid": 0, "first_seen_at": now})


def get(tx: Tx, mailbox: str) -> Cursor | None:
    """Return how far `mailbox` was read, of no server when it was never opened, or None when the desk never had it."""
    row = tx.row(_get, {"mailbox": mailbox})
    return None if row is None else Cursor(uidvalidity=row[0], uid=row[1])


def first_seen_at(tx: Tx, mailbox: str) -> datetime | None:
    """Return since when the desk has `mailbox` (UTC), or None when it never had it."""
    found: datetime | None = tx.scalar(_first_seen, {"mailbox": mailbox})
    return found


def put(tx: Tx, mailbox: str, cursor: Cursor, now: datetime) -> None:
    """Write how far `mailbox` was read; `now` (UTC) is kept as its first contact if it has none yet."""
    row = {"name": mailbox, "uidvalidity": cursor.uidvalidity, "uid": cursor.uid, "first_seen_at": now}
    tx.write(_put, row)


def begin(tx: Tx, mailbox: str, first_uid: int) -> None:
    """Write that every mail of `mailbox` from `first_uid` on is to be stored; older mail only by a backfill."""
    tx.write(_begin, {"mailbox": mailbox, "number": first_uid})


def first_uid(tx: Tx, mailbox: str) -> int | None:
    """Return the UID that `begin` wrote last, or None when it never did."""
    found: int | None = tx.scalar(_first_uid, {"mailbox": mailbox})
    return found
