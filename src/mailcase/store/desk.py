"""The single row about the desk itself."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from mailcase.store import schema
from mailcase.store.statement import Statement
from mailcase.store.tx import Tx

_found = Statement(upsert(schema.desk).on_conflict_do_nothing(), keys=("id", "founded_at", "agreements"))
_founded_at = Statement(select(schema.desk.c.founded_at))
_agreements = Statement(select(schema.desk.c.agreements))
_take_over = Statement(update(schema.desk), keys=("agreements",))
_lock = Statement(select(schema.desk.c.id).with_for_update())


def found(tx: Tx, now: datetime) -> datetime:
    """Found the desk at `now` (UTC) unless it is founded already; return when it was."""
    tx.write(_found, {"id": 1, "founded_at": now, "agreements": ""})
    moment = founded_at(tx)
    assert moment is not None
    return moment


def founded_at(tx: Tx) -> datetime | None:
    """Return when the desk was founded (UTC), or None."""
    found_at: datetime | None = tx.scalar(_founded_at)
    return found_at


def lock(tx: Tx) -> None:
    """Let no other daemon past here until `tx` ends: for what the first of several founds for all."""
    tx.rows(_lock)


def agreements(tx: Tx) -> str:
    """Return the hash of the agreements that were taken over last, or empty text."""
    return str(tx.scalar(_agreements) or "")


def set_agreements(tx: Tx, digest: str) -> None:
    """Note that the agreements with this hash were taken over."""
    tx.write(_take_over, {"agreements": digest})
