"""One transaction: what every query takes first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, CursorResult, Executable, func, select

_clock = select(func.clock_timestamp())

Parameters = Mapping[str, Any] | Sequence[Mapping[str, Any]]  # as SQLAlchemy takes them


@dataclass(frozen=True, slots=True, kw_only=True)
class Tx:
    """An open transaction of one thread, ended by the block of `Database.begin` or `Database.read` that made it."""

    connection: Connection
    is_sqlite: bool

    def execute(self, statement: Executable, parameters: Parameters | None = None) -> CursorResult[Any]:
        """Run `statement`, once for each of several sets of `parameters`."""
        return self.connection.execute(statement, parameters)

    def clock(self, now: datetime) -> datetime:
        """Return the time (UTC) that leases run on: of the PostgreSQL server, which all its daemons share, else `now`."""
        if self.is_sqlite:
            return now
        shared: datetime = self.execute(_clock).scalar_one()
        return shared.astimezone(UTC)
