"""The one mapping between values and rows: a field is a column of the same name, and column types do the rest."""

from collections.abc import Iterable
from dataclasses import fields, replace
from operator import attrgetter
from typing import Any, Generic, Protocol, TypeVar

from sqlalchemy import Select, Table, bindparam, insert, select, update

from mailcase.store.statement import Parameters, Statement
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
        self.written = tuple(name for name in self.names if name != "id")
        self.select: Select[Any] = select(*(table.c[name] for name in self.names))
        self._get = attrgetter(*self.written)
        self._insert = Statement(insert(table), keys=self.written)
        self._insert_one = Statement(insert(table).returning(table.c.id), keys=self.written)
        self._by_id = Statement(self.select.where(table.c.id == bindparam("key")))
        self._has_version = "version" in self.names
        self._update = self._build_update()

    def row(self, value: V) -> dict[str, Any]:
        """Return the columns of `value` but its id."""
        return dict(zip(self.written, self._get(value), strict=True))

    def value(self, row: tuple[Any, ...], **others: Any) -> V:
        """Return the value of a row of `select`, with `others` for the fields that are not in it."""
        return self.kind(**dict(zip(self.names, row, strict=True)), **others)

    def insert(self, tx: Tx, value: V) -> V:
        """Store `value` as a new row and return it with its id."""
        key = tx.scalar(self._insert_one, self.row(value))
        return replace(value, id=key)  # type: ignore[type-var]  # a dataclass

    def insert_many(self, tx: Tx, values: Iterable[V]) -> None:
        """Store `values` as new rows, in order."""
        tx.write_many(self._insert, [self.row(value) for value in values])

    def update(self, tx: Tx, value: V) -> V:
        """Write all columns of `value`, and return it with its new version if it has one.

        The transaction ends with StaleWrite when the row has another version than `value`, or is gone.
        """
        row = self.row(value) | {"key": value.id}
        if self._has_version:
            row |= {"old_version": row["version"], "version": row["version"] + 1}
        stale = f"{self.table.name} {value.id} was changed by somebody else meanwhile; read it again."
        tx.write(self._update, row, stale=stale)
        return replace(value, version=row["version"]) if self._has_version else value  # type: ignore[type-var]

    def get(self, tx: Tx, key: int) -> V | None:
        """Return the value with the id `key`, if there is one."""
        return self.first(tx, self._by_id, {"key": key})

    def first(self, tx: Tx, query: Statement, parameters: Parameters) -> V | None:
        """Return the value of the first row of `query`, made from `select`."""
        row = tx.row(query, parameters)
        return None if row is None else self.value(row)

    def all(self, tx: Tx, query: Statement, parameters: Parameters) -> list[V]:
        """Return the values of the rows of `query`, made from `select`."""
        return [self.value(row) for row in tx.rows(query, parameters)]

    def find(self, tx: Tx, query: Select[Any]) -> list[V]:
        """Return the values of the rows of a query that is made, from `select`, for one occasion."""
        return [self.value(tuple(row)) for row in tx.execute(query)]

    def _build_update(self) -> Statement:
        found = update(self.table).where(self.table.c.id == bindparam("key"))
        if self._has_version:
            found = found.where(self.table.c.version == bindparam("old_version"))
        return Statement(found.values({name: bindparam(name) for name in self.written}))
