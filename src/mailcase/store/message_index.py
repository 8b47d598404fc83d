"""Which case and activity a Message-ID, of mail in or out, belongs to. One id may name several: it is no identity."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, insert, select

from mailcase.store import schema
from mailcase.store.tx import Tx

_index = schema.message_index.c
_find = (
    select(_index.message_id, _index.case_id, _index.activity_id)
    .where(_index.message_id.in_(bindparam("wanted", expanding=True)))
    .order_by(_index.id)
)
_add = insert(schema.message_index)


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownMessage:
    """One mail of a case, by its Message-ID."""

    message_id: str
    """Without angle brackets."""
    case_id: int
    activity_id: int | None = None
    """None for a mail to agents, which is no activity."""


def add(tx: Tx, *messages: KnownMessage) -> None:
    """Note mails of cases."""
    if messages:
        tx.execute(
            _add, [{"message_id": m.message_id, "case_id": m.case_id, "activity_id": m.activity_id} for m in messages]
        )


def find(tx: Tx, message_ids: Sequence[str]) -> list[KnownMessage]:
    """Return the known mails with any of `message_ids` (without angle brackets), the first stored first."""
    if not message_ids:
        return []
    rows = tx.execute(_find, {"wanted": list(message_ids)})
    return [KnownMessage(message_id=row.message_id, case_id=row.case_id, activity_id=row.activity_id) for row in rows]
