"""A copy of a SQLite database as it is at one moment, made while the daemon works on it."""

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from mailcase.errors import Invalid, Unavailable
from mailcase.store.engine import Database

PAGES = 2_000
"""Copied between two calls of `told`: 8 MB with SQLite's usual pages."""
Told = Callable[[int, int], None]
"""Takes the pages that are done and all there are."""


def backup(database: Database, target: Path, told: Told) -> int:
    """Write a checked copy of the SQLite `database` to the new file `target` and return its bytes.

    It holds everything that was committed when it began; nobody waits for it. The file appears under its name only when
    it is complete and on the disk, readable by its owner alone. Raises Invalid when it is there already or the database
    is no SQLite file, Unavailable when the disk is full or the copy is damaged.
    """
    if not database.is_sqlite:
        raise Invalid(
            f"{database.url}: PostgreSQL has a better tool for this: pg_dump --format=custom --file={target} "
            "and the name of the database."
        )
    if target.exists():
        raise Invalid(f"{target}: is there already; name a new file, or remove it first.")
    part = target.with_name(f"{target.name}.part")
    try:
        os.close(os.open(part, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600))
    except OSError as error:
        raise Invalid(f"{part}: cannot be made: {error.strerror}.") from error
    try:
        _copy(database, part, told)
        _flush(part)
        part.rename(target)
        _flush(target.parent)
    finally:
        part.unlink(missing_ok=True)
    return target.stat().st_size


def _copy(database: Database, part: Path, told: Told) -> None:
    with database.read() as tx, closing(sqlite3.connect(part)) as copied:
        # A read transaction of the source's own connection holds one state of it: else each commit of
        # the daemon would make the copy begin anew.
        tx.connection.exec_driver_sql("SELECT count(*) FROM sqlite_schema")
        source = tx.connection.connection.driver_connection
        assert isinstance(source, sqlite3.Connection), "it is SQLite"
        try:
            source.backup(copied, pages=PAGES, progress=lambda _status, left, total: told(total - left, total))
            copied.execute("PRAGMA journal_mode = DELETE")  # one file, without a WAL beside it
            (found,) = copied.execute("PRAGMA quick_check").fetchone()
        except sqlite3.Error as error:
            raise Unavailable(f"{part}: the copy failed: {error}", remedy="Look at the disk it goes to.") from error
    if found != "ok":
        raise Unavailable(f"{part}: the copy is damaged: {found}", remedy="Check the disk, and the database itself.")


def _flush(path: Path) -> None:
    """Wait until a file or folder is on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
