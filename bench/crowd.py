"""A desk with very many cases: the rows of a few hundred are copied inside the database until there are enough.

They are as the desk writes them, with new keys, and a million take minutes.
"""

from typing import Any

from sqlalchemy import Column, String, Table, cast, func, insert, literal, select

from mailcase.app import App
from mailcase.store import cases, schema
from mailcase.store.cases import CaseFilter
from mailcase.store.tx import Tx

COPIED = (
    schema.contacts, schema.contact_addresses, schema.raw_messages, schema.inbox, schema.cases, schema.activities,
    schema.timeline, schema.queue_items, schema.message_index, schema.clocks, schema.clock_spans, schema.audit,
    schema.outbox, schema.outbox_recipients, schema.rulings, schema.parsed_mails,
)  # fmt: skip
REFERENCES = {("activities", "inbox_id"): "inbox", ("inbox", "case_id"): "cases", ("audit", "object_id"): "cases"}
"""Columns that hold the key of another table without a constraint."""
UNIQUE = frozenset({"address", "sha256", "message_id", "dedupe_key"})
"""Text that no two rows may share, or that no two desks' rows would."""
BULK = frozenset({"raw"})
"""Bytes that are only ever found by a key: their length makes the disk full, and no query slow."""
KEPT_BYTES = 500
BEYOND_SERVER = 1_000_000
"""UIDs that the server will not give to the mails that are still to come."""


def grow(app: App, wanted: int) -> int:
    """Copy all rows until there are `wanted` cases or more; return how many there are."""
    while True:
        with app.database.begin() as tx:
            there = cases.count(tx, CaseFilter())
            if there >= wanted:
                return there
            offsets = {table.name: _highest(tx, table) for table in COPIED}
            for table in COPIED:
                _copy(tx, table, offsets)
                _count_on(tx, table)


def _highest(tx: Tx, table: Table) -> int:
    if "id" not in table.c:
        return 0
    found: int = tx.connection.execute(select(func.max(table.c.id))).scalar_one() or 0
    return found


def _copy(tx: Tx, table: Table, offsets: dict[str, int]) -> None:
    """Store each row of `table` once more, under new keys."""
    columns = [(column, _new(column, offsets)) for column in table.columns]
    rows = select(*(value for _, value in columns))
    names = [column.name for column, _ in columns]
    statement: Any = insert(table)  # a dialect adds to it
    tx.connection.execute(statement.from_select(names, rows, include_defaults=False))


def _count_on(tx: Tx, table: Table) -> None:
    """Let PostgreSQL number new rows from the highest key on; SQLite does so by itself."""
    if not tx.is_sqlite and "id" in table.c:
        sequence = func.pg_get_serial_sequence(table.name, "id")
        tx.connection.execute(select(func.setval(sequence, _highest(tx, table) + 1, literal(value=False))))


def _new(column: Column[Any], offsets: dict[str, int]) -> Any:  # an expression of the column's type
    """Return what a column holds in the copy of its row."""
    owner = next((key.column.table.name for key in column.foreign_keys), None)
    owner = owner or REFERENCES.get((column.table.name, column.name))
    if column.name == "id":
        owner = column.table.name
    if owner is not None:
        return column + offsets.get(owner, 0)
    if column.name == "uid":
        return column + (offsets["inbox"] + BEYOND_SERVER)
    if column.name in BULK:
        return func.substr(column, 1, KEPT_BYTES)
    if column.name in UNIQUE:
        return cast(column, String).concat(literal(f".{offsets['cases']}"))
    return column
