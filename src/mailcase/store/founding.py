"""When the desk was founded: the moment from which mail is new to it."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert as upsert

from mailcase.store import schema
from mailcase.store.tx import Tx

_found = upsert(schema.desk).on_conflict_do_nothing()
_founded_at = select(schema.desk.c.founded_at)


def found(tx: Tx, now: datetime) -> None:
    """Found the desk at `now`, unless it was founded before."""
    tx.execute(_found, {"id": 1, "founded_at": now})


def founded_at(tx: Tx) -> datetime | None:
    """Return when the desk was founded, UTC; None before that."""
    return tx.execute(_founded_at).scalar_one_or_none()
