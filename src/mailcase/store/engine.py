"""Opens the database that a URL names, and its transactions.

SQLite has one writer at a time, so a `Database` has one writing connection, for which threads queue in the pool: a
queue wakes the next at once, where SQLite's own busy handler sleeps. `BEGIN IMMEDIATE` takes the write lock before
anything is read, because a transaction that reads first and writes then fails at once when another wrote in between.
"""

import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from mailcase.errors import Invalid, Unavailable
from mailcase.store.failures import translate
from mailcase.store.tx import Tx

LOCK_TIMEOUT_S = 30
"""How long a transaction waits for the lock of another before `Unavailable`."""
CONNECT_TIMEOUT_S = 10
READERS = 8
PRAGMAS = {
    "busy_timeout": str(LOCK_TIMEOUT_S * 1000),
    "journal_mode": "WAL",
    "synchronous": "FULL",
    "foreign_keys": "ON",
}
PAGE_BYTES = 4096
LEAST_LOG_PAGES, MOST_LOG_PAGES = 1_000, 16_000
"""How long SQLite's log of changes gets before whoever commits writes it into the file, which takes as long as ten
transactions where that is big. The daemon does so beside the work (`Database.checkpoint`)."""
LOG_SHARE = 8
"""The log may take one in so many of the free bytes: a full disk has no room for what the log that filled it holds."""
EXAMPLES = "sqlite:///desk.db or postgresql://user@host/desk"
# Sessions of a daemon that died or was stopped must not keep their locks.
POSTGRES_OPTIONS = {
    "timezone": "UTC",
    "lock_timeout": f"{LOCK_TIMEOUT_S}s",
    "idle_in_transaction_session_timeout": "15s",  # less than LOCK_TIMEOUT_S: others wait for its locks, then go on
    "tcp_keepalives_idle": "30",
    "tcp_keepalives_interval": "10",
    "tcp_keepalives_count": "3",
}


class Database:
    """A database of one desk, for all threads of the process. Made by `open_database`."""

    def __init__(self, url: URL, writer: Engine, reader: Engine) -> None:
        self._url = url
        self._writer = writer
        self._reader = reader
        # The driver that the URL needs, and no other: psycopg alone takes 9 MB.
        self._errors: tuple[type[Exception], ...] = (DBAPIError, writer.dialect.loaded_dbapi.Error)

    @property
    def url(self) -> str:
        """The URL without its password."""
        return self._url.set(drivername=self._url.get_backend_name()).render_as_string(hide_password=True)

    @property
    def is_sqlite(self) -> bool:
        """Whether it is a SQLite file: one daemon at a time."""
        return self._url.get_backend_name() == "sqlite"

    @property
    def path(self) -> Path | None:
        """The SQLite file; None on PostgreSQL."""
        return Path(self._url.database or "").absolute() if self.is_sqlite else None

    @contextmanager
    def outside(self) -> Iterator[Connection]:
        """Open a connection to PostgreSQL without a transaction, for what it does in none. Raises Unavailable."""
        with self._translated(), self._writer.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
            yield connection

    @contextmanager
    def begin(self) -> Iterator[Tx]:
        """Open one transaction: committed at the end of the block, rolled back when the block raises.

        Raises Unavailable when the database does not do its work, StaleWrite when another transaction stored the same
        key first. One in another of the same thread waits for itself on SQLite: never nest them.
        """
        with self._translated(), self._writer.begin() as connection, self._transaction(connection) as tx:
            yield tx

    @contextmanager
    def read(self) -> Iterator[Tx]:
        """Open one read-only transaction that sees the database as it was at its first query. Raises Unavailable."""
        with self._translated(), self._reader.begin() as connection, self._transaction(connection) as tx:
            yield tx

    def checkpoint(self) -> int:
        """Write SQLite's log of changes into its file while others go on; return how many pages somebody still reads.

        PostgreSQL does so by itself. Raises Unavailable.
        """
        if not self.is_sqlite:
            return 0
        with self._translated(), closing(self._reader.raw_connection()) as connection:
            driver: Any = connection.driver_connection
            _, logged, written = driver.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
        left: int = logged - written
        return left

    def close(self) -> None:
        """Close every connection that is not in use."""
        self._reader.dispose()
        self._writer.dispose()

    @contextmanager
    def _transaction(self, connection: Connection) -> Iterator[Tx]:
        tx = Tx(connection, is_sqlite=self.is_sqlite)
        try:
            yield tx
            tx.finish()
        except BaseException as error:
            tx.abandon()
            if isinstance(error, Exception) and tx.is_lost(error):
                # SQLAlchemy does this for errors that it sees; ours come from the driver itself (`statement`).
                connection.invalidate(error)
                self._writer.dispose()
            raise

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except self._errors as error:
            translated = translate(error.orig if isinstance(error, DBAPIError) else error, self.url)
            if translated is None:
                raise
            raise translated from error
        except PoolTimeout as error:
            raise Unavailable(
                f"No connection to {self.url} became free.", remedy="A transaction is stuck; restart mailcase."
            ) from error


def open_database(url: str) -> Database:
    """Return the database at `url`: `sqlite:///relative/or//absolute/path.db` or `postgresql://user@host/name`.

    A SQLite file that is missing is made, readable by its owner only; its folder has to be there. PostgreSQL is not
    connected to yet. Raises Invalid when the URL, the folder or the file is wrong, Unavailable when the file is locked.
    """
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError) as error:  # the second for a port that is no number
        raise Invalid(f"the database URL cannot be read; write it like {EXAMPLES}") from error
    backend = parsed.get_backend_name()
    if backend == "sqlite":
        return _open_sqlite(parsed)
    if parsed.drivername in ("postgresql", "postgresql+psycopg"):
        return _open_postgres(parsed.set(drivername="postgresql+psycopg"))
    raise Invalid(f"{parsed.drivername} is not a database that mailcase can use; write {EXAMPLES}")


def _open_sqlite(url: URL) -> Database:
    if not url.database or url.database == ":memory:" or url.database.startswith("file:"):
        raise Invalid("the database URL names no file; write it like sqlite:///desk.db")
    path = Path(url.database).absolute()  # a later change of the working directory must not open another file
    if not path.parent.is_dir():
        raise Invalid(f"{path.parent}: no such folder for the database; make it, or mend the database URL")
    url = url.set(drivername="sqlite+pysqlite", database=str(path))
    database = Database(url, _sqlite_engine(url, path, is_writer=True), _sqlite_engine(url, path, is_writer=False))
    with database._translated():  # noqa: SLF001 - the constructor's other half
        _create_private(path)
        with database._writer.connect():  # noqa: SLF001
            pass  # the pragmas of a new connection read the file: what is no database fails here
    return database


def _create_private(path: Path) -> None:
    if path.exists():
        return
    try:
        path.touch(mode=0o600)
    except OSError as error:
        raise Invalid(f"{path}: cannot be made: {error.strerror}; mend the folder's owner or permissions") from error


def log_pages(free_bytes: int) -> int:
    """Return how many pages SQLite's log of changes may have on a disk with so much free space."""
    return min(max(LEAST_LOG_PAGES, free_bytes // PAGE_BYTES // LOG_SHARE), MOST_LOG_PAGES)


def _sqlite_engine(url: URL, path: Path, *, is_writer: bool) -> Engine:
    engine = create_engine(
        url,
        pool_size=1 if is_writer else READERS,
        max_overflow=0,
        pool_timeout=LOCK_TIMEOUT_S,
        # The driver must not begin transactions by itself: the event below does.
        connect_args={"isolation_level": None, "timeout": LOCK_TIMEOUT_S, "check_same_thread": False},
    )
    begin = "BEGIN IMMEDIATE" if is_writer else "BEGIN"

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: object) -> None:  # the driver's connection has no type of its own here
        for name, value in PRAGMAS.items():
            connection.execute(f"PRAGMA {name} = {value}")
        connection.execute(f"PRAGMA wal_autocheckpoint = {log_pages(shutil.disk_usage(path.parent).free)}")
        if not is_writer:
            connection.execute("PRAGMA query_only = ON")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        # To the driver itself: by way of SQLAlchemy it takes as long as half of the transaction's statements.
        driver: Any = connection.connection.driver_connection
        driver.execute(begin)

    return engine


def _open_postgres(url: URL) -> Database:
    arguments: dict[str, Any] = {}
    if "connect_timeout" not in url.query:
        arguments["connect_timeout"] = CONNECT_TIMEOUT_S
    if "application_name" not in url.query:
        arguments["application_name"] = "mailcase"
    if "options" not in url.query:
        arguments["options"] = " ".join(f"-c {name}={value}" for name, value in POSTGRES_OPTIONS.items())
    writer = create_engine(
        url, pool_size=10, max_overflow=40, pool_timeout=LOCK_TIMEOUT_S, pool_use_lifo=True, connect_args=arguments
    )
    reader = writer.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    return Database(url, writer, reader)
