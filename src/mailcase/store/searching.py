"""A search through every text and every content that the database holds, whatever table it is in.

It reads the tables from their declarations, so that one that is added later is searched too.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from sqlalchemy import Column, LargeBinary, Table, Text, func, or_, select, type_coerce, update

from mailcase.store import schema
from mailcase.store.erasing import NOTHING
from mailcase.store.tx import Tx

BATCH = 100
IN_PLACE_OF = "[erased]"
"""What stands in a text of others where the address stood."""
Holds = Callable[[bytes], bool]


def texts_with(tx: Tx, needles: Sequence[str]) -> Counter[str]:
    """Count the rows whose texts hold any of `needles` (lower case), by `table.column`."""
    found: Counter[str] = Counter()
    for table, column in _columns_of(Text):
        count = select(func.count()).select_from(table).where(_mentions(column, needles))
        found[f"{table.name}.{column.name}"] = int(tx.execute(count).scalar_one())
    return +found


def contents_with(tx: Tx, holds: Holds) -> Iterator[tuple[Table, Column[Any], tuple[Any, ...]]]:
    """Yield where a content is that `holds` says yes to: its table, its column, and the primary key of its row."""
    for table, column in _columns_of(LargeBinary):
        keys = list(table.primary_key.columns)
        rows = tx.connection.execution_options(yield_per=BATCH).execute(select(*keys, column))
        for row in rows:
            if row[-1] is not None and holds(bytes(row[-1])):
                yield table, column, tuple(row[:-1])


def redact(tx: Tx, needles: Sequence[str]) -> Counter[str]:
    """Write `[erased]` wherever a text has any of `needles`, in any case of letters; return rows by table.

    What an audit record says of changes goes as a whole: the log is not rewritten.
    """
    pattern = re.compile("|".join(map(re.escape, needles)), re.IGNORECASE)
    done: Counter[str] = Counter()
    for table, column in _columns_of(Text):
        if column.primary_key:
            continue  # a name that others refer to; the search at the end tells when there is one
        for key, text in _texts(tx, table, column, needles):
            value = NOTHING if table is schema.audit else pattern.sub(IN_PLACE_OF, text)
            of_row = [one == value for one, value in zip(table.primary_key.columns, key, strict=True)]
            tx.execute(update(table).where(*of_row).values({column: type_coerce(value, Text)}))
            done[table.name] += 1
    return done


def _texts(tx: Tx, table: Table, column: Column[Any], needles: Sequence[str]) -> list[tuple[tuple[Any, ...], str]]:
    keys = list(table.primary_key.columns)
    rows = tx.execute(select(*keys, type_coerce(column, Text)).where(_mentions(column, needles)))
    return [(tuple(row[:-1]), row[-1]) for row in rows]


def _mentions(column: Column[Any], needles: Sequence[str]) -> Any:  # a condition over several columns' types
    text = func.lower(type_coerce(column, Text))
    return or_(*(text.contains(needle, autoescape=True) for needle in needles))


def _columns_of(kind: type[Any]) -> Iterator[tuple[Table, Column[Any]]]:
    """Yield the columns whose values the database holds as texts, or as bytes."""
    for table in schema.metadata.sorted_tables:
        for column in table.columns:
            stored = getattr(column.type, "impl_instance", column.type)
            if isinstance(stored, kind):
                yield table, column


def count_columns() -> int:
    """Return how many columns of texts are searched."""
    return sum(1 for _ in _columns_of(Text))
