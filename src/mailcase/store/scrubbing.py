"""What a deletion leaves in the files of a database, and how it is taken out of them.

A deleted row is gone for every query at once, but its bytes may lie in free pages, and in the log of changes, until they
are written over.
"""

import sqlite3
import time
from contextlib import closing
from pathlib import Path

from mailcase.errors import Unavailable
from mailcase.store.engine import LOCK_TIMEOUT_S, Database

TRIES = 75
RETRY_S = 0.2  # so readers have 15 s to end
_FULL_TEXT = "SELECT name FROM sqlite_schema WHERE type = 'table' AND sql LIKE 'CREATE VIRTUAL TABLE%USING fts5%'"


def scrub(database: Database) -> str:
    """Write the database anew without what was deleted, also beside a daemon; return what is left to do, or nothing.

    It takes as much free space as the database has. Raises Unavailable when others hold the database for too long.
    """
    if database.path is not None:
        return _scrub_sqlite(database.path)
    with database.outside() as connection:
        connection.exec_driver_sql("VACUUM")
    return (
        "PostgreSQL overwrites freed pages in time, and its log of changes with the next checkpoints; "
        "`VACUUM FULL` in quiet hours frees them at once."
    )


def _scrub_sqlite(path: Path) -> str:
    try:
        with closing(sqlite3.connect(path, timeout=LOCK_TIMEOUT_S, isolation_level=None)) as connection:
            connection.execute("PRAGMA secure_delete = ON")
            for (index,) in connection.execute(_FULL_TEXT).fetchall():
                # What was deleted stays in the segments of an index, behind a mark, until it is made anew.
                connection.execute(f'INSERT INTO "{index}" ("{index}") VALUES (\'rebuild\')')  # noqa: S608 - a name of ours
            connection.execute("VACUUM")
            for _ in range(TRIES):
                if not _is_busy(connection):
                    return ""
                time.sleep(RETRY_S)
    except sqlite3.Error as error:
        raise Unavailable(
            f"{path}: what was deleted could not be overwritten: {error}",
            remedy="Free as much space as the file takes, and run the command again.",
        ) from error
    return f"{path}-wal is in use and still holds old pages; run the command again, or restart the daemon."


def _is_busy(connection: sqlite3.Connection) -> bool:
    """Try to empty the log of changes; return whether somebody reads from it."""
    busy, _, _ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    return bool(busy)
