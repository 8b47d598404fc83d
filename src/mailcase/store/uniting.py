"""One record made of several: whatever refers to the others refers to the one that stays, in every table that there is.

The tables are read from their declarations, so that one that is added later is not forgotten. Where a table keeps one row
for each (a case has a contact once among those who take part), the row of the one that stays goes before.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Column, Table, UniqueConstraint, delete, exists, select, update

from mailcase.domain.case import Status
from mailcase.store import schema
from mailcase.store.columns import fixed
from mailcase.store.tx import Tx

_cases = schema.cases.c


def lock(tx: Tx, table: Table, ids: Sequence[int]) -> None:
    """Let nobody refer to these rows, or change them, until `tx` ends."""
    tx.execute(select(table.c.id).where(table.c.id.in_(ids)).order_by(table.c.id).with_for_update())


def references(table: Table) -> Iterator[Column[Any]]:
    """Yield the columns, of all tables, that refer to the rows of `table`."""
    for other in schema.metadata.sorted_tables:
        for key in other.foreign_keys:
            if key.column.table is table:
                yield key.parent


def redirect(tx: Tx, table: Table, loser: int, survivor: int) -> Counter[str]:
    """Let all that refers to the row `loser` refer to `survivor`, delete the loser, and return moved rows by table.

    Rows with a version get a new one: whoever read them before has to read them again.
    """
    moved: Counter[str] = Counter()
    for column in references(table):
        _drop_twins(tx, column, loser, survivor)
        values: dict[str, Any] = {column.name: survivor}  # of whatever type the column has
        if "version" in column.table.c:
            values["version"] = column.table.c.version + 1
        moved[column.table.name] += tx.execute(update(column.table).where(column == loser).values(values)).rowcount
    tx.execute(delete(table).where(table.c.id == loser))
    return +moved


def _drop_twins(tx: Tx, column: Column[Any], loser: int, survivor: int) -> None:
    """Delete the rows of the loser that would be there twice after it."""
    for names in unique_with(column):
        twin = column.table.alias()
        same = (twin.c[name] == column.table.c[name] for name in names)
        has_twin = exists().where(twin.c[column.name] == survivor, *same)
        tx.execute(delete(column.table).where(column == loser, has_twin))


def unique_with(column: Column[Any]) -> Iterator[tuple[str, ...]]:
    """Yield, for each set of columns that is unique and holds `column`, the names of the others."""
    table = column.table
    constraints = (one for one in table.constraints if isinstance(one, UniqueConstraint) or one is table.primary_key)
    for columns in (*(one.columns for one in constraints), *(one.columns for one in table.indexes if one.unique)):
        if column.name in columns:
            yield tuple(other.name for other in columns if other.name != column.name)


def cases_of(tx: Tx, contact_id: int) -> list[tuple[int, bool, int | None]]:
    """Return every case of a contact: its id, whether it is active, and its account."""
    query = select(_cases.id, _cases.status, _cases.account_id).where(_cases.contact_id == contact_id)
    return [(row.id, row.status == Status.ACTIVE, row.account_id) for row in tx.execute(query.order_by(_cases.id))]


def give_account(tx: Tx, contact_id: int, account_id: int | None) -> None:
    """Let the active cases of a contact be an account's."""
    of_these = (_cases.contact_id == contact_id) & (_cases.status == fixed(Status.ACTIVE))
    tx.execute(update(schema.cases).where(of_these).values(account_id=account_id))
