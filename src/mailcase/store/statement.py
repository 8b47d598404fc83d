"""Core statements that are compiled once and then given to the driver itself.

SQLAlchemy's execution costs 40 to 80 µs a statement, SQLite's own work 5 to 15: at sixteen statements a mail that is
most of the transaction. So SQLAlchemy writes the SQL and knows the types, and the driver's cursor runs it.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Dialect, bindparam
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.expression import UpdateBase

from mailcase.store.columns import Processor

Parameters = Mapping[str, Any]  # a value of any column type by the name of its parameter
Rows = list[tuple[Any, ...]]  # a value of any column type per column

MAX_LISTED = 256
"""Values in one `IN (…)`; more are asked for in several queries."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Compiled:
    """A statement in the SQL of one kind of database."""

    sql: str
    is_positional: bool
    parameters: tuple[tuple[str, Processor | None], ...]
    """Name and conversion, in the order of the SQL."""
    constants: Mapping[str, Any]
    results: tuple[tuple[int, Processor], ...]
    """Column and conversion, of those that need one."""

    def arrange(self, given: Parameters) -> Any:  # a tuple or a dict, as the driver's style wants it
        """Return the parameters as the driver takes them."""
        if self.constants:
            given = {**self.constants, **given}
        if self.is_positional:
            return [given[name] if convert is None else convert(given[name]) for name, convert in self.parameters]
        return {name: given[name] if convert is None else convert(given[name]) for name, convert in self.parameters}

    def convert(self, rows: Rows) -> Rows:
        """Return the driver's rows with the values of our types."""
        if not self.results:
            return rows
        converted = []
        for row in rows:
            values = list(row)
            for index, convert in self.results:
                values[index] = convert(values[index])
            converted.append(tuple(values))
        return converted


class Statement:
    """One Core statement with named parameters: a select, or a change whose `keys` are the columns that it inserts."""

    def __init__(self, expression: Any, *, keys: Sequence[str] = ()) -> None:  # Select and UpdateBase share no base
        self._expression = expression
        self._keys = list(keys)
        self._compiled: dict[str, Compiled] = {}

    def compiled(self, dialect: Dialect) -> Compiled:
        """Return the statement in the SQL of `dialect`."""
        found = self._compiled.get(dialect.name)
        if found is None:
            found = self._compiled[dialect.name] = self._compile(dialect)
        return found

    def _compile(self, dialect: Dialect) -> Compiled:
        done: SQLCompiler = self._expression.compile(dialect=dialect, column_keys=self._keys or None)
        names = done.positiontup if done.positiontup is not None else list(done.binds)
        return Compiled(
            sql=str(done),
            is_positional=done.positiontup is not None,
            parameters=tuple((name, _to_driver(done.binds[name], dialect)) for name in names),
            constants={name: bind.effective_value for name, bind in done.binds.items() if not bind.required},
            results=tuple(_from_driver(_columns(self._expression), dialect)),
        )


class Listed:
    """A select over a list of values, compiled for 1, 2, 4, … of them: a shorter list repeats its last value."""

    def __init__(self, build: Callable[[list[BindParameter[Any]]], Any]) -> None:
        self._build = build
        self._by_size: dict[int, Statement] = {}

    def batches(self, values: Sequence[Any]) -> Iterator[tuple[Statement, dict[str, Any]]]:
        """Yield statements with their parameters that together ask for all `values`."""
        for start in range(0, len(values), MAX_LISTED):
            batch = values[start : start + MAX_LISTED]
            size = 1 << (len(batch) - 1).bit_length()
            padded = [*batch, *[batch[-1]] * (size - len(batch))]
            yield self._of_size(size), {f"listed_{index}": value for index, value in enumerate(padded)}

    def _of_size(self, size: int) -> Statement:
        if size not in self._by_size:
            self._by_size[size] = Statement(self._build([bindparam(f"listed_{index}") for index in range(size)]))
        return self._by_size[size]


def _columns(expression: Any) -> Sequence[ColumnElement[Any]]:
    if isinstance(expression, UpdateBase):
        return list(expression.exported_columns) if expression._returning else []  # noqa: SLF001 - no public question
    return list(expression.selected_columns)


def _to_driver(bind: BindParameter[Any], dialect: Dialect) -> Processor | None:
    return bind.type.dialect_impl(dialect).bind_processor(dialect)


def _from_driver(columns: Sequence[ColumnElement[Any]], dialect: Dialect) -> Iterator[tuple[int, Processor]]:
    for index, column in enumerate(columns):
        convert = column.type.dialect_impl(dialect).result_processor(dialect, None)
        if convert is not None:
            yield index, convert
