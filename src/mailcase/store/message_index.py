"""Which case and activity a Message-ID, of mail in or out, belongs to. One id may name several: it is no identity."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from operator import attrgetter

from sqlalchemy import insert, select

from mailcase.store import schema
from mailcase.store.statement import Listed, Statement
from mailcase.store.tx import Tx

_index = schema.message_index.c
_find = Listed(
    lambda listed: (
        select(_index.message_id, _index.case_id, _index.activity_id, _index.is_alias, _index.shown_id)
        .where(_index.message_id.in_(listed))
        .order_by(_index.id)
    )
)
_add = Statement(insert(schema.message_index), keys=("message_id", "case_id", "activity_id", "is_alias", "shown_id"))


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownMessage:
    """One mail of a case, by its Message-ID."""

    message_id: str
    """Without angle brackets."""
    case_id: int
    activity_id: int | None = None
    """None for a mail to agents, which is no activity, and for one that we never saw."""
    is_alias: bool = False
    """The name that a provider gave to a mail of ours in place of its Message-ID (Amazon SES does so)."""
    shown_id: int | None = None
    """Mail to agents: the newest activity that there was when it was written; who answers it knows of no later one."""


_FIELDS = [field.name for field in fields(KnownMessage)]
_values = attrgetter(*_FIELDS)


def add(tx: Tx, *messages: KnownMessage) -> None:
    """Note mails of cases."""
    tx.write_many(_add, [dict(zip(_FIELDS, _values(message), strict=True)) for message in messages])


def find(tx: Tx, message_ids: Sequence[str]) -> list[KnownMessage]:
    """Return the known mails with any of `message_ids` (without angle brackets), the first stored first."""
    return [
        KnownMessage(message_id=name, case_id=case_id, activity_id=activity_id, is_alias=is_alias, shown_id=shown_id)
        for name, case_id, activity_id, is_alias, shown_id in tx.listed(_find, message_ids)
    ]
