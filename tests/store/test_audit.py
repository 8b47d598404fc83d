"""The audit log in the database."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from mailcase.domain.activity import AuditRecord
from mailcase.store import audit
from mailcase.store.engine import Database
from store.values import NOW


def records(count: int) -> list[AuditRecord]:
    return [
        AuditRecord(at=NOW, actor="anna", action="case.update", object_type="case", object_id=n, changes="{}")
        for n in range(count)
    ]


def test_records_are_found_by_their_object_and_in_order(database: Database) -> None:
    with database.begin() as tx:
        audit.append(tx, records(3) + records(2))
        assert [record.id for record in audit.of_object(tx, "case", 1)] == [2, 5]
        assert [record.id for record in audit.after(tx, 2, 2)] == [3, 4]


@pytest.mark.parametrize("change", ["UPDATE audit SET actor = 'nobody'", "DELETE FROM audit"])
def test_the_database_refuses_to_change_what_was_recorded(database: Database, change: str) -> None:
    with database.begin() as tx:
        audit.append(tx, records(1))
    with pytest.raises(DBAPIError, match="append-only"), database.begin() as tx:
        tx.execute(text(change))
