"""The audit log: appended to; the database itself refuses any change of it."""

from collections.abc import Iterable

from sqlalchemy import bindparam

from mailcase.domain.activity import AuditRecord
from mailcase.store import schema
from mailcase.store.mapping import Mapping
from mailcase.store.statement import Statement
from mailcase.store.tx import Tx

_audit = schema.audit.c
RECORDS = Mapping(schema.audit, AuditRecord)
_of_object = Statement(
    RECORDS.select.where(_audit.object_type == bindparam("kind"), _audit.object_id == bindparam("key")).order_by(
        _audit.id
    )
)
_after = Statement(RECORDS.select.where(_audit.id > bindparam("key")).order_by(_audit.id).limit(bindparam("limit")))


def append(tx: Tx, records: Iterable[AuditRecord]) -> None:
    """Store new records, in this order."""
    RECORDS.insert_many(tx, records)


def of_object(tx: Tx, object_type: str, object_id: int) -> list[AuditRecord]:
    """Return the records of one object, the oldest first."""
    return RECORDS.all(tx, _of_object, {"kind": object_type, "key": object_id})


def after(tx: Tx, key: int, limit: int) -> list[AuditRecord]:
    """Return up to `limit` records with an id above `key`, the oldest first."""
    return RECORDS.all(tx, _after, {"key": key, "limit": limit})
