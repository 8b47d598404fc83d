"""A desk with very many cases: the rows that it has are copied inside the database until there are enough.

They are as the desk writes them, with new keys; nothing here names a column that the schema does not have, so that what
is seeded changes with the schema. A million cases take minutes.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Column, ColumnElement, String, Table, cast, func, insert, literal, select, text

from mailcase.store import cases, schema
from mailcase.store.cases import CaseFilter
from mailcase.store.engine import Database
from mailcase.store.tx import Tx

COPIED = (
    schema.contacts, schema.contact_addresses, schema.raw_messages, schema.inbox, schema.cases, schema.activities,
    schema.timeline, schema.queue_items, schema.message_index, schema.clocks, schema.clock_spans, schema.timers,
    schema.audit, schema.outbox, schema.outbox_recipients, schema.rulings, schema.parsed_mails,
)  # fmt: skip
REFERENCES = {("activities", "inbox_id"): "inbox", ("inbox", "case_id"): "cases", ("audit", "object_id"): "cases"}
"""Columns that hold the key of another table without a constraint."""
UNIQUE = frozenset({"address", "sha256", "message_id", "dedupe_key"})
"""Text that no two rows may share, or that no two desks' rows would."""
BULK = frozenset({"raw", "content", "traces", "grounds", "changes"})
"""What is only ever found by a key: its length makes the disk full, and no query slow."""
KEPT_BYTES = 500
BEYOND_SERVER = 100_000_000
"""UIDs that the server will not give to the mails that are still to come."""
AT_ONCE = 25_000
"""Cases of one transaction."""
CACHE_KB = 500_000
"""SQLite's, while rows go into indexes whose pages lie everywhere."""


def grow(database: Database, wanted: int) -> int:
    """Copy the rows of all cases until there are `wanted` or a few more; return how many there are.

    There have to be some. Every case is copied as often as the others, so that what they are like on average stays.
    """
    with database.read() as tx:
        there = cases.count(tx, CaseFilter())
    if there < AT_ONCE < wanted // 2:
        grow(database, AT_ONCE)  # few large copies are faster than many small ones
    with database.read() as tx:
        there = cases.count(tx, CaseFilter())
        last = {table.name: _highest(tx, table) for table in COPIED}
    copies = max(0, -(-wanted // there) - 1)
    with _roomy(database), _unindexed(database):
        for first in range(1, copies + 1, max(1, AT_ONCE // there)):
            with database.begin() as tx:
                for number in range(first, min(first + max(1, AT_ONCE // there), copies + 1)):
                    for table in COPIED:
                        _copy(tx, table, last, number)
    with database.begin() as tx:
        for table in COPIED:
            _count_on(tx, table)
        if not tx.is_sqlite:
            tx.execute(text("ANALYZE"))
    return there * (copies + 1)


@contextmanager
def _roomy(database: Database) -> Iterator[None]:
    """Let SQLite keep the pages of its indexes in memory, instead of the 2 MB that it keeps by itself."""
    if not database.is_sqlite:
        yield
        return
    with database.begin() as tx:  # the one connection that writes
        before = tx.execute(text("PRAGMA cache_size")).scalar_one()
        tx.execute(text(f"PRAGMA cache_size = -{CACHE_KB}"))
    yield
    with database.begin() as tx:
        tx.execute(text(f"PRAGMA cache_size = {before}"))


@contextmanager
def _unindexed(database: Database) -> Iterator[None]:
    """Make the indexes of large tables anew at the end: that is faster than to keep them, row by row."""
    indexes = [index for table in COPIED if "id" in table.c for index in table.indexes]  # others are searched meanwhile
    with database.begin() as tx:
        for index in indexes:
            index.drop(tx.connection)
    yield
    for index in indexes:
        with database.begin() as tx:
            index.create(tx.connection)


def _highest(tx: Tx, table: Table) -> int:
    if "id" not in table.c:
        return 0
    found: int = tx.connection.execute(select(func.max(table.c.id))).scalar_one() or 0
    return found


def _copy(tx: Tx, table: Table, last: dict[str, int], number: int) -> None:
    """Store each row that was there at first once more, under the keys of copy `number`."""
    columns = [(column, _new(column, last, number)) for column in table.columns]
    rows = select(*(value for _, value in columns)).where(_is_first(table, last))
    names = [column.name for column, _ in columns]
    statement: Any = insert(table)  # a dialect adds to it
    tx.connection.execute(statement.from_select(names, rows, include_defaults=False))


def _is_first(table: Table, last: dict[str, int]) -> ColumnElement[bool]:
    """Return the condition that a row is no copy."""
    key = next((column for column in table.columns if _owner(column) is not None), None)
    if key is not None:
        return key <= last[_owner(key) or ""]
    inbox = schema.inbox.c
    return table.c.sha256.in_(select(inbox.sha256).where(inbox.id <= last["inbox"]))


def _owner(column: Column[Any]) -> str | None:
    """Return the table whose key a column holds, if it is always there."""
    if column.name == "id":
        return column.table.name
    if column.nullable:
        return None
    return next((key.column.table.name for key in column.foreign_keys if "id" in key.column.table.c), None)


def _count_on(tx: Tx, table: Table) -> None:
    """Let PostgreSQL number new rows from the highest key on; SQLite does so by itself."""
    if not tx.is_sqlite and "id" in table.c:
        sequence = func.pg_get_serial_sequence(table.name, "id")
        tx.connection.execute(select(func.setval(sequence, _highest(tx, table) + 1, literal(value=False))))


def _new(column: Column[Any], last: dict[str, int], number: int) -> Any:  # an expression of the column's type
    """Return what a column holds in copy `number` of its row."""
    owner = next((key.column.table.name for key in column.foreign_keys), None)
    owner = owner or REFERENCES.get((column.table.name, column.name))
    if column.name == "id":
        owner = column.table.name
    if owner is not None:
        return column + last.get(owner, 0) * number
    if column.name == "uid":
        return column + (last["inbox"] * number + BEYOND_SERVER)
    if column.name in BULK:
        return func.substr(column, 1, KEPT_BYTES)
    if column.name in UNIQUE:
        return cast(column, String).concat(f".{last['cases']}.{number}")
    return column
