"""The keys that sign reply tokens. The newest signs; every key that is kept still verifies."""

from datetime import datetime

from sqlalchemy import insert, select

from mailcase.store import schema
from mailcase.store.statement import Statement
from mailcase.store.tx import Tx

_keys = schema.token_keys.c
_all = Statement(select(_keys.secret).order_by(_keys.id.desc()))
_add = Statement(insert(schema.token_keys), keys=("secret", "created_at"))


def keys(tx: Tx) -> list[bytes]:
    """Return every key, the newest first."""
    return [secret for (secret,) in tx.rows(_all)]


def add(tx: Tx, secret: bytes, now: datetime) -> None:
    """Store a new key, which signs from now on."""
    tx.write(_add, {"secret": secret, "created_at": now})
