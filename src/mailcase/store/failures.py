"""What an error of a database driver means to the desk: one table for SQLite, one for PostgreSQL."""

import re
import sqlite3

from mailcase.errors import Invalid, MailcaseError, StaleWrite, Unavailable

SQLITE_UNAVAILABLE = {
    sqlite3.SQLITE_BUSY: ("is locked by another program", "Close what keeps the file open for writing."),
    sqlite3.SQLITE_LOCKED: ("is locked by another program", "Close what keeps the file open for writing."),
    sqlite3.SQLITE_FULL: ("cannot grow: the disk is full", "Free space on its disk; mailcase goes on by itself."),
    sqlite3.SQLITE_IOERR: ("cannot be read or written", "Look at the disk and at the system's log."),
    sqlite3.SQLITE_READONLY: ("cannot be written", "Give the file and its folder to the user who runs mailcase."),
    sqlite3.SQLITE_CANTOPEN: ("cannot be opened", "Give the file and its folder to the user who runs mailcase."),
    sqlite3.SQLITE_CORRUPT: ("is damaged", "Stop mailcase and restore the last backup."),
    sqlite3.SQLITE_NOMEM: ("has no memory left", "Give the machine more memory."),
}
SQLITE_TAKEN = {sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY}

UNREACHABLE = ("cannot be reached", "Start PostgreSQL, or mend host and port of the database URL.")
# SQLSTATE, or its first two characters, from the PostgreSQL manual, appendix A.
POSTGRES_UNAVAILABLE = {
    "08": UNREACHABLE,
    "28": ("refuses the login", "Mend user and password of the database URL, or pg_hba.conf."),
    "53100": ("has a full disk", "Free space on the server's disk; mailcase goes on by itself."),
    "53300": ("has no connection left", "Raise max_connections of the server."),
    "53": ("has too few resources", "Look at the server's memory and disk."),
    "55P03": ("is locked by another session", "Look into pg_stat_activity for what holds the lock."),
    "57014": ("cancelled the query", "Look at statement_timeout and at the server's log."),
    "57": ("is being stopped or started", "Wait for it, or look at the server's log."),
    "58": ("has trouble with its disk", "Look at the server's log."),
    "25P03": ("ended a transaction that stood idle", "The machine is overloaded or was suspended."),
    "25006": ("is read-only", "Connect to the primary server, not to a standby."),
    "42501": ("does not permit it", "Grant the user the rights on the tables and the schema."),
}
# A row that was referred to is gone (its contact was merged), a key is taken, a serialization failure, a deadlock.
POSTGRES_AGAIN = {"23503", "23505", "40001", "40P01"}
# A connection that fails has no SQLSTATE in libpq, only the server's words.
REFUSED_LOGIN = re.compile(r"authentication|no password supplied|no pg_hba\.conf entry|role \"[^\"]*\" does not exist")
NO_DATABASE = re.compile(r"database \"[^\"]*\" does not exist")


def translate(error: BaseException | None, url: str) -> MailcaseError | None:
    """Return what the driver's `error` on the database at `url` means, or None when it is a fault of the program."""
    if isinstance(error, sqlite3.Error):
        return _of_sqlite(error, url)
    if isinstance(error, Exception) and hasattr(error, "sqlstate"):  # psycopg.Error
        return _of_postgres(error, error.sqlstate or "", url)
    return None


def _of_sqlite(cause: sqlite3.Error, url: str) -> MailcaseError | None:
    extended = getattr(cause, "sqlite_errorcode", None)  # absent when the module itself complains
    if extended is None:
        return None
    code = extended & 0xFF
    if extended in SQLITE_TAKEN:
        return StaleWrite(f"another transaction stored it first: {cause}")
    if code == sqlite3.SQLITE_NOTADB:
        return Invalid(f"{url}: the file is not a SQLite database; move it away, or mend the database URL")
    if code in SQLITE_UNAVAILABLE:
        what, remedy = SQLITE_UNAVAILABLE[code]
        return Unavailable(f"{url} {what}: {cause}", remedy=remedy)
    return None


def _of_postgres(cause: Exception, state: str, url: str) -> MailcaseError | None:
    message = " ".join(str(cause).split())
    if state in POSTGRES_AGAIN:
        return StaleWrite(f"another transaction was first: {message}")
    if NO_DATABASE.search(message):
        return Invalid(f"{url}: there is no such database on the server; create it, or mend the database URL")
    known = POSTGRES_UNAVAILABLE.get(state) or POSTGRES_UNAVAILABLE.get(state[:2])
    if known is None and not state and _is_operational(cause):
        known = POSTGRES_UNAVAILABLE["28"] if REFUSED_LOGIN.search(message) else UNREACHABLE
    if known is None:
        return None
    what, remedy = known
    return Unavailable(f"{url} {what}: {message}", remedy=remedy)


def _is_operational(cause: Exception) -> bool:
    """Tell whether PEP 249 has the server at fault, or the way to it; the driver is not imported only to ask."""
    return any(kind.__name__ == "OperationalError" for kind in type(cause).__mro__)
