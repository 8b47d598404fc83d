"""How far each mailbox was read."""

from datetime import datetime

from sqlalchemy import bindparam, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from mailcase.domain.mailbox import Cursor
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
_insert = upsert(schema.mailboxes)
_put = Statement(
    _insert.on_conflict_do_update(
        index_elements=[_mailboxes.name],
        set_={"uidvalidity": _insert.excluded.uidvalidity, "uid": _insert.excluded.uid},
    ),
    keys=("name", "uidvalidity", "uid", "first_seen_at"),
)


def get(tx: Tx, mailbox: str) -> Cursor | None:
    """Return how far `mailbox` was read, or None when it was never opened."""
    row = tx.row(_get, {"mailbox": mailbox})
    return None if row is None else Cursor(uidvalidity=row[0], uid=row[1])


def first_seen_at(tx: Tx, mailbox: str) -> datetime | None:
    """Return when `mailbox` was first opened (UTC), or None when it never was."""
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
