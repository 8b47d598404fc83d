"""One transaction: what every query takes first.

On PostgreSQL the round trips are what costs, so a write whose answer nobody waits for goes into a pipeline, and is
answered together with the next query or the commit. Such a write may thus fail later than where it stands, but always
inside the block of the transaction. SQLite has no round trips: there every statement runs at once.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, CursorResult, Executable, func, select

from mailcase.errors import StaleWrite
from mailcase.store.failures import translate
from mailcase.store.statement import Listed, Parameters, Rows, Statement

_clock = Statement(select(func.clock_timestamp()))


class Tx:
    """An open transaction of one thread, ended by the block of `Database.begin` or `Database.read` that made it."""

    __slots__ = ("_dialect", "_driver", "_expected", "_pipeline", "connection", "is_sqlite")

    def __init__(self, connection: Connection, *, is_sqlite: bool) -> None:
        self.connection = connection
        self.is_sqlite = is_sqlite
        self._dialect = connection.dialect
        self._driver: Any = connection.connection.driver_connection  # of either driver
        self._pipeline: AbstractContextManager[Any] | None = None
        self._expected: list[tuple[Any, int, str]] = []

    def rows(self, statement: Statement, parameters: Parameters | None = None) -> Rows:
        """Run a query, or a change that returns rows."""
        compiled = statement.compiled(self._dialect)
        cursor = self._driver.cursor()
        cursor.execute(compiled.sql, compiled.arrange(parameters or {}))
        found: Rows = compiled.convert(cursor.fetchall())
        cursor.close()
        return found

    def row(self, statement: Statement, parameters: Parameters | None = None) -> tuple[Any, ...] | None:
        """Run a query and return its first row, if it has one."""
        rows = self.rows(statement, parameters)
        return rows[0] if rows else None

    def scalar(self, statement: Statement, parameters: Parameters | None = None) -> Any:  # of the column's type
        """Run a query and return the first column of its first row, or None when it has none."""
        row = self.row(statement, parameters)
        return None if row is None else row[0]

    def listed(self, statement: Listed, values: Sequence[Any], others: Parameters | None = None) -> Rows:
        """Run a query over `values`; its rows come in its order for up to `statement.MAX_LISTED` values."""
        more = others or {}
        return [row for part, listed in statement.batches(values) for row in self.rows(part, {**more, **listed})]

    def write(self, statement: Statement, parameters: Parameters, *, stale: str | None = None) -> None:
        """Run a change. One that changes no row ends the transaction with StaleWrite, saying `stale`, if that is given."""
        compiled = statement.compiled(self._dialect)
        cursor = self._deferred()
        cursor.execute(compiled.sql, compiled.arrange(parameters))
        if stale is not None:
            self._expect(cursor, 1, stale)

    def write_many(self, statement: Statement, parameters: Sequence[Parameters], *, stale: str | None = None) -> None:
        """Run a change for each of `parameters`, in order. If `stale` is given, each has to change one row, as in `write`."""
        if not parameters:
            return
        compiled = statement.compiled(self._dialect)
        cursor = self._deferred()
        cursor.executemany(compiled.sql, [compiled.arrange(row) for row in parameters])
        if stale is not None:
            self._expect(cursor, len(parameters), stale)

    def count(self, statement: Statement, parameters: Sequence[Parameters]) -> int:
        """Run a change for each of `parameters` and return how many rows it changed in all."""
        self._sync()
        compiled = statement.compiled(self._dialect)
        cursor = self._driver.cursor()
        if len(parameters) == 1:
            cursor.execute(compiled.sql, compiled.arrange(parameters[0]))
        else:
            cursor.executemany(compiled.sql, [compiled.arrange(row) for row in parameters])
        changed: int = cursor.rowcount
        cursor.close()
        return changed

    def execute(self, statement: Executable, parameters: Mapping[str, Any] | None = None) -> CursorResult[Any]:
        """Run a statement that is made for one occasion, by SQLAlchemy."""
        self._sync()
        return self.connection.execute(statement, parameters)

    def clock(self, now: datetime) -> datetime:
        """Return the time (UTC) that leases run on: of the PostgreSQL server, which all its daemons share, else `now`."""
        if self.is_sqlite:
            return now
        shared: datetime = self.scalar(_clock)
        return shared.astimezone(UTC)

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """Do what is in the block, or, when it raises, nothing of it: the transaction goes on as it was before.

        Not to be nested. Raises what the block raises, errors of the driver as the database's own are (`store.engine`).
        """
        self._sync()
        self._run("SAVEPOINT part")
        try:
            yield
            self._sync()
        except Exception as error:
            self.abandon()
            if self.is_lost(error):
                raise
            self._run("ROLLBACK TO SAVEPOINT part")
            raise (translate(error, "the database") or error) from error
        self._run("RELEASE SAVEPOINT part")

    def _run(self, sql: str) -> None:
        cursor = self._driver.cursor()
        cursor.execute(sql)
        cursor.close()

    def finish(self) -> None:
        """Wait for all that was written. Raises StaleWrite, and the errors of the driver."""
        self._sync()

    def abolish(self) -> None:
        """Take back all that was done so far; nothing more can be done in this transaction."""
        self._sync()
        self.connection.rollback()

    def abandon(self) -> None:
        """Leave the pipeline of a transaction that failed, whatever is in it."""
        self._expected.clear()
        if self._pipeline is not None:
            pipeline, self._pipeline = self._pipeline, None
            error = ConnectionError("the transaction failed")
            pipeline.__exit__(type(error), error, None)

    def is_lost(self, error: Exception) -> bool:
        """Return whether `error` means that the connection is gone."""
        return bool(self._dialect.is_disconnect(error, self._driver, None))  # type: ignore[arg-type]  # any error

    def _deferred(self) -> Any:
        if not self.is_sqlite and self._pipeline is None:
            self._pipeline = self._driver.pipeline()
            self._pipeline.__enter__()
        return self._driver.cursor()

    def _expect(self, cursor: Any, changed: int, stale: str) -> None:
        if not self.is_sqlite:
            self._expected.append((cursor, changed, stale))
        elif cursor.rowcount != changed:
            raise StaleWrite(stale)

    def _sync(self) -> None:
        if self._pipeline is not None:
            pipeline, self._pipeline = self._pipeline, None
            pipeline.__exit__(None, None, None)
        for cursor, changed, stale in self._expected:
            if cursor.rowcount != changed:
                raise StaleWrite(stale)
        self._expected.clear()
