"""What was decided about each mail: written once with it, read to explain it and to try other rules on it."""

from datetime import datetime

from sqlalchemy import bindparam, func, select
from sqlalchemy.dialects.postgresql import insert as upsert

from mailcase.domain.ruling import Precedent, Ruling
from mailcase.store import schema
from mailcase.store.mapping import Mapping
from mailcase.store.statement import Statement
from mailcase.store.tx import Tx

_rulings = schema.rulings.c
_inbox = schema.inbox.c
_parsed = schema.parsed_mails.c
RULINGS = Mapping(schema.rulings, Ruling)

_put = Statement(upsert(schema.rulings), keys=RULINGS.written)
_put_parsed = Statement(upsert(schema.parsed_mails).on_conflict_do_nothing(), keys=("sha256", "form", "content"))
_of_mail = Statement(RULINGS.select.where(_rulings.inbox_id == bindparam("wanted")).order_by(_rulings.id))
_later = schema.rulings.alias()
_precedents = Statement(
    RULINGS.select.add_columns(_inbox.sha256, _inbox.received_at, _parsed.form, _parsed.content)
    .join(schema.inbox, _inbox.id == _rulings.inbox_id)
    .outerjoin(schema.parsed_mails, _parsed.sha256 == _inbox.sha256)
    .where(_rulings.at >= bindparam("since"), _rulings.id > bindparam("key"))
    .where(~select(_later.c.id).where(_later.c.inbox_id == _rulings.inbox_id, _later.c.id > _rulings.id).exists())
    .order_by(_rulings.id)
    .limit(bindparam("limit"))
)
_count = Statement(select(func.count(_rulings.inbox_id.distinct())).where(_rulings.at >= bindparam("since")))


def put(tx: Tx, ruling: Ruling) -> None:
    """Store what was decided about a mail."""
    tx.write(_put, RULINGS.row(ruling))


def put_parsed(tx: Tx, sha256: str, form: int, content: bytes) -> None:
    """Store the parsed form of the mail whose raw bytes have this hex digest; one that is there stays."""
    tx.write(_put_parsed, {"sha256": sha256, "form": form, "content": content})


def of_mail(tx: Tx, inbox_id: int) -> list[Ruling]:
    """Return every ruling on a mail, the oldest first."""
    return RULINGS.all(tx, _of_mail, {"wanted": inbox_id})


def precedents(tx: Tx, since: datetime, after: int, limit: int) -> list[Precedent]:
    """Return the last ruling on each mail decided at or after `since` (UTC), in the order of their ids.

    `after` is the id of the last ruling seen, 0 for the first page of `limit`.
    """
    size = len(RULINGS.names)
    found = []
    for row in tx.rows(_precedents, {"since": since, "key": after, "limit": limit}):
        sha256, received_at, form, parsed = row[size:]
        found.append(
            Precedent(
                ruling=RULINGS.value(row[:size]), sha256=sha256, received_at=received_at, form=form, parsed=parsed
            )
        )
    return found


def count(tx: Tx, since: datetime) -> int:
    """Return how many mails were decided upon at or after `since` (UTC)."""
    found: int = tx.scalar(_count, {"since": since})
    return found
