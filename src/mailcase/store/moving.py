"""A desk that moves from one database to another: every row of every table, counted and compared by its hash.

The source is read as it was at one moment; the target is written in one transaction, so it holds all of the desk or
nothing. Values go through the column types, so that SQLite's integers become PostgreSQL's timestamps and back.
"""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Integer, Table, bindparam, func, insert, select, text, update

from mailcase.errors import Invalid, Refused
from mailcase.store import leases, migrations, schema
from mailcase.store.engine import Database
from mailcase.store.tx import Tx

BATCH_ROWS = 500
BATCH_BYTES = 16_000_000
Row = dict[str, Any]  # values of any column type
Told = Callable[[str, int, int], None]
"""Takes a table, its rows that are done, and all it has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What a table holds, whatever the order of its rows."""

    rows: int
    sha256: str
    """The hashes of all rows, added up."""


def move(source: Database, target: Database, now: datetime, told: Told) -> dict[str, Content]:
    """Copy everything from `source` to the empty `target`, verify it, and return what each table holds.

    Raises Invalid when the source is of another version or the target is not empty, Refused when a daemon is at work on
    the source, or when the target turned out to hold something else than was copied.
    """
    migrations.check(source)
    migrations.prepare(target)
    with source.read() as old, target.begin() as new:
        _require_idle(old, source, now)
        _require_empty(new, target)
        copied = {table.name: _copy(old, new, table, told) for table in schema.metadata.sorted_tables}
        _set_counters(old, new)
    with target.read() as new:
        found = {table.name: _content(new, table) for table in schema.metadata.sorted_tables}
    differing = [name for name, content in copied.items() if found[name] != content]
    if differing:
        raise Refused(f"{target.url}: differs from what was copied, in {', '.join(differing)}; do not use it.")
    return found


def _require_idle(tx: Tx, source: Database, now: datetime) -> None:
    held = leases.held(tx, now)
    if held:
        raise Refused(f"{source.url}: {held[0].holder} holds {held[0].name}; stop every daemon first.")


def _require_empty(tx: Tx, target: Database) -> None:
    for table in schema.metadata.sorted_tables:
        if tx.execute(select(func.count()).select_from(table)).scalar_one():
            raise Invalid(f"{target.url}: is not empty, there is something in {table.name}; give it a new database.")


def _copy(old: Tx, new: Tx, table: Table, told: Told) -> Content:
    """Copy one table in batches; references of its rows to each other are set when all of them are there."""
    total = old.execute(select(func.count()).select_from(table)).scalar_one()
    own = _references_to_itself(table)
    later: list[Row] = []
    rows = digest = 0
    for batch in _batches(old, table):
        digest = (digest + sum(_hash(table, row) for row in batch)) % 2**256
        later += [row for row in batch if any(row[name] is not None for name in own)]
        new.connection.execute(insert(table), [row | dict.fromkeys(own) for row in batch])
        rows += len(batch)
        told(table.name, rows, total)
    if later:
        (key,) = table.primary_key.columns
        values: Row = {name: bindparam(f"new_{name}") for name in own}
        link = update(table).where(key == bindparam("row_key")).values(values)
        new.connection.execute(
            link, [{"row_key": row[key.name]} | {f"new_{name}": row[name] for name in own} for row in later]
        )
    return Content(rows=rows, sha256=f"{digest:064x}")


def _content(tx: Tx, table: Table) -> Content:
    rows = digest = 0
    for batch in _batches(tx, table):
        rows += len(batch)
        digest = (digest + sum(_hash(table, row) for row in batch)) % 2**256
    return Content(rows=rows, sha256=f"{digest:064x}")


def _batches(tx: Tx, table: Table) -> Iterator[list[Row]]:
    """Yield the rows of a table in parts of bounded size."""
    ordered = select(table).order_by(*table.primary_key.columns)
    found = tx.connection.execution_options(yield_per=BATCH_ROWS).execute(ordered)
    batch: list[Row] = []
    size = 0
    for row in found.mappings():
        batch.append(dict(row))
        size += sum(len(value) for value in row.values() if isinstance(value, bytes | str))
        if len(batch) == BATCH_ROWS or size > BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _hash(table: Table, row: Row) -> int:
    said = [(column.name, _plain(row[column.name])) for column in table.columns]
    return int.from_bytes(hashlib.sha256(repr(said).encode()).digest())


def _plain(value: object) -> object:
    return hashlib.sha256(value).hexdigest() if isinstance(value, bytes) else value


def _references_to_itself(table: Table) -> list[str]:
    return [key.parent.name for key in table.foreign_keys if key.column.table is table]


def _set_counters(old: Tx, new: Tx) -> None:
    """Let the next row of each table have a number that was never given, as it would have had in the old database."""
    for table in schema.metadata.sorted_tables:
        (key, *more) = table.primary_key.columns
        if more or not isinstance(key.type, Integer) or key.autoincrement is False:
            continue
        highest = max(_counter(old, table), new.execute(select(func.max(key))).scalar() or 0)
        if highest:
            _set_counter(new, table, key, highest)


def _counter(tx: Tx, table: Table) -> int:
    """Return the highest number that `table` ever gave, where the database knows it."""
    if tx.is_sqlite:
        if not table.dialect_options["sqlite"]["autoincrement"]:
            return 0
        query = text("SELECT seq FROM sqlite_sequence WHERE name = :table")
        return int(tx.execute(query, {"table": table.name}).scalar() or 0)
    query = text(f"SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM {table.name}_id_seq")  # noqa: S608 - a name of ours
    return int(tx.execute(query).scalar_one())


def _set_counter(tx: Tx, table: Table, key: Column[Any], highest: int) -> None:
    if not tx.is_sqlite:
        query = text("SELECT setval(pg_get_serial_sequence(:table, :key), :highest)")
        tx.execute(query, {"table": table.name, "key": key.name, "highest": highest})
    elif table.dialect_options["sqlite"]["autoincrement"]:
        known = text("UPDATE sqlite_sequence SET seq = :highest WHERE name = :table")
        fresh = text("INSERT INTO sqlite_sequence (name, seq) VALUES (:table, :highest)")
        values = {"table": table.name, "highest": highest}
        if not tx.execute(known, values).rowcount:
            tx.execute(fresh, values)
