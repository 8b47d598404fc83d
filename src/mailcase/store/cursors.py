"""How far each mailbox was read."""

from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.dialects.postgresql import insert as upsert

from mailcase.domain.mailbox import Cursor
from mailcase.store import schema
from mailcase.store.tx import Tx

_mailboxes = schema.mailboxes.c
_get = select(_mailboxes.uidvalidity, _mailboxes.uid).where(_mailboxes.name == bindparam("mailbox"))
_first_seen = select(_mailboxes.first_seen_at).where(_mailboxes.name == bindparam("mailbox"))
_insert = upsert(schema.mailboxes)
_put = _insert.on_conflict_do_update(
    index_elements=[_mailboxes.name],
    set_={"uidvalidity": _insert.excluded.uidvalidity, "uid": _insert.excluded.uid},
)


def get(tx: Tx, mailbox: str) -> Cursor | None:
    """Return how far `mailbox` was read, or None when it was never opened."""
    row = tx.execute(_get, {"mailbox": mailbox}).first()
    return None if row is None else Cursor(uidvalidity=row.uidvalidity, uid=row.uid)


def first_seen_at(tx: Tx, mailbox: str) -> datetime | None:
    """Return when `mailbox` was first opened (UTC), or None when it never was."""
    return tx.execute(_first_seen, {"mailbox": mailbox}).scalar_one_or_none()


def put(tx: Tx, mailbox: str, cursor: Cursor, now: datetime) -> None:
    """Write how far `mailbox` was read; `now` (UTC) is kept as its first contact if it has none yet."""
    row = {"name": mailbox, "uidvalidity": cursor.uidvalidity, "uid": cursor.uid, "first_seen_at": now}
    tx.execute(_put, row)
