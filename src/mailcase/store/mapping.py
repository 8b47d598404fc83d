"""The one mapping between values and rows: a field is a column of the same name, and column types do the rest."""

from collections.abc import Iterable, Sequence
from dataclasses import fields, replace
from operator import attrgetter
from typing import Any, Generic, Protocol, TypeVar

from sqlalchemy import Row, Select, Table, bindparam, insert, select, update

from mailcase.errors import StaleWrite
from mailcase.store.tx import Tx


class Value(Protocol):
    """A frozen dataclass that is stored under an id."""

    @property
    def id(self) -> int:
        """0 until it is stored."""
        ...


V = TypeVar("V", bound=Value)


class Mapping(Generic[V]):
    """How the values of one class are the rows of one table. `omit` names the fields that other tables hold."""

    def __init__(self, table: Table, kind: type[V], *, omit: tuple[str, ...] = ()) -> None:
        self.table = table
        self.kind = kind
        self.names = tuple(field.name for field in fields(kind) if field.name not in omit)  # type: ignore[arg-type]  # a dataclass
        self.select: Select[Any] = select(*(table.c[name] for name in self.names))
        self._written = tuple(name for name in self.names if name != "id")
        self._get = attrgetter(*self._written)
        self._insert = insert(table)
        self._insert_one = self._insert.returning(table.c.id)
        self._by_id = self.select.where(table.c.id == bindparam("key"))
        self._has_version = "version" in self.names
        self._update = self._build_update()

    def row(self, value: V) -> dict[str, Any]:
        """Return the columns of `value` but its id."""
        return dict(zip(self._written, self._get(value), strict=True))

    def value(self, row: Row[Any], **others: Any) -> V:
        """Return the value of a row of `select`, with `others` for the fields that are not in it."""
        return self.kind(**dict(zip(self.names, row, strict=True)), **others)

    def insert(self, tx: Tx, value: V) -> V:
        """Store `value` as a new row and return it with its id."""
        found = tx.execute(self._insert_one, self.row(value)).scalar_one()
        return replace(value, id=found)  # type: ignore[type-var]  # a dataclass

    def insert_many(self, tx: Tx, values: Iterable[V]) -> None:
        """Store `values` as new rows, in order."""
        rows = [self.row(value) for value in values]
        if rows:
            tx.execute(self._insert, rows)

    def update(self, tx: Tx, value: V) -> V:
        """Write all columns of `value`, and return it with its new version if it has one.

        Raises StaleWrite when the row has another version than `value`, or is gone.
        """
        row = self.row(value) | {"key": value.id}
        if self._has_version:
            row |= {"old_version": row["version"], "version": row["version"] + 1}
        if tx.execute(self._update, row).rowcount != 1:
            raise StaleWrite(f"{self.table.name} {value.id} was changed by somebody else meanwhile; read it again.")
        return replace(value, version=row["version"]) if self._has_version else value  # type: ignore[type-var]

    def get(self, tx: Tx, key: int) -> V | None:
        """Return the value with the id `key`, if there is one."""
        row = tx.execute(self._by_id, {"key": key}).first()
        return None if row is None else self.value(row)

    def first(self, tx: Tx, query: Select[Any], **parameters: Any) -> V | None:
        """Return the value of the first row of `query`, made from `select`."""
        row = tx.execute(query, parameters).first()
        return None if row is None else self.value(row)

    def all(self, tx: Tx, query: Select[Any], **parameters: Any) -> list[V]:
        """Return the values of the rows of `query`, made from `select`."""
        rows: Sequence[Row[Any]] = tx.execute(query, parameters).all()
        return [self.value(row) for row in rows]

    def _build_update(self) -> Any:
        found = update(self.table).where(self.table.c.id == bindparam("key"))
        if self._has_version:
            found = found.where(self.table.c.version == bindparam("old_version"))
        return found.values({name: bindparam(name) for name in self._written})
