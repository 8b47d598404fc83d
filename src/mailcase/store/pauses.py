"""The rests that mail servers asked for, known to all daemons of the desk."""

from dataclasses import asdict

from sqlalchemy import bindparam, delete, select
from sqlalchemy.dialects.postgresql import insert as upsert

from mailcase.domain.pace import Pause
from mailcase.store import schema
from mailcase.store.statement import Statement
from mailcase.store.tx import Tx

_pauses = schema.sending_pauses.c
_NAMES = ("account", "until", "times", "response")
_select = select(*(_pauses[name] for name in _NAMES))
_of_account = Statement(_select.where(_pauses.account == bindparam("wanted")))
_all = Statement(_select.order_by(_pauses.account))
_inserted = upsert(schema.sending_pauses)
_put = Statement(
    _inserted.on_conflict_do_update(
        index_elements=[_pauses.account], set_={name: _inserted.excluded[name] for name in _NAMES[1:]}
    ),
    keys=_NAMES,
)
_end = Statement(delete(schema.sending_pauses).where(_pauses.account == bindparam("wanted")))


def get(tx: Tx, account: str) -> Pause | None:
    """Return the rest of an account that was not ended by a success yet, be it over or not."""
    row = tx.row(_of_account, {"wanted": account})
    return Pause(**dict(zip(_NAMES, row, strict=True))) if row else None


def all_of(tx: Tx) -> list[Pause]:
    """Return the rests of all accounts."""
    return [Pause(**dict(zip(_NAMES, row, strict=True))) for row in tx.rows(_all)]


def put(tx: Tx, pause: Pause) -> None:
    """Begin or prolong a rest."""
    tx.write(_put, asdict(pause))


def end(tx: Tx, account: str) -> None:
    """Forget the rest of an account: the server takes mail again."""
    tx.write(_end, {"wanted": account})
