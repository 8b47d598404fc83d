"""Which case and activity a Message-ID, of mail in or out, belongs to. One id may name several: it is no identity."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import insert, select

from mailcase.store import schema
from mailcase.store.statement import Listed, Statement
from mailcase.store.tx import Tx

_index = schema.message_index.c
_find = Listed(
    lambda listed: (
        select(_index.message_id, _index.case_id, _index.activity_id)
        .where(_index.message_id.in_(listed))
        .order_by(_index.id)
    )
)
_add = Statement(insert(schema.message_index), keys=("message_id", "case_id", "activity_id"))


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
    rows = [{"message_id": m.message_id, "case_id": m.case_id, "activity_id": m.activity_id} for m in messages]
    tx.write_many(_add, rows)


def find(tx: Tx, message_ids: Sequence[str]) -> list[KnownMessage]:
    """Return the known mails with any of `message_ids` (without angle brackets), the first stored first."""
    return [
        KnownMessage(message_id=message_id, case_id=case_id, activity_id=activity_id)
        for message_id, case_id, activity_id in tx.listed(_find, message_ids)
    ]
