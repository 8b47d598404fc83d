"""When the desk was founded: the moment from which mail is new to it."""

from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.dialects.postgresql import insert as upsert

from mailcase.store import schema
from mailcase.store.statement import Statement
from mailcase.store.tx import Tx

_found = Statement(upsert(schema.desk).on_conflict_do_nothing(), keys=("id", "founded_at"))
_founded_at = Statement(select(schema.desk.c.founded_at).where(schema.desk.c.id == bindparam("key")))


def found(tx: Tx, now: datetime) -> None:
    """Found the desk at `now`, unless it was founded before."""
    tx.write(_found, {"id": 1, "founded_at": now})


def founded_at(tx: Tx) -> datetime | None:
    """Return when the desk was founded, UTC; None before that."""
    moment: datetime | None = tx.scalar(_founded_at, {"key": 1})
    return moment
