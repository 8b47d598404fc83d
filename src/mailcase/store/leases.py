"""Who may do what only one may do at a time: leases among daemons of one PostgreSQL, a lock file beside SQLite.

A lease is held until a moment and bears a fence, a number that rises with each new holder. A holder that was stopped
and wakes up late is told by its fence that others went on. Leases run on the clock of the database (`Tx.clock`).
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import bindparam, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from mailcase.errors import Invalid, Refused
from mailcase.store import schema
from mailcase.store.statement import Statement
from mailcase.store.tx import Tx

_leases = schema.leases.c
_insert = upsert(schema.leases)
_acquire = Statement(
    _insert.on_conflict_do_update(
        index_elements=[_leases.name],
        set_={"holder": _insert.excluded.holder, "until": _insert.excluded.until, "fence": _leases.fence + 1},
        where=_leases.until <= bindparam("moment"),
    ).returning(_leases.fence),
    keys=("name", "holder", "fence", "until"),
)
_is_mine = (_leases.name == bindparam("key")) & (_leases.fence == bindparam("held"))
_renew = Statement(
    update(schema.leases).where(_is_mine, _leases.until > bindparam("moment")).values(until=bindparam("new_until"))
)
_held = Statement(
    select(_leases.name, _leases.holder, _leases.fence, _leases.until)
    .where(_leases.until > bindparam("moment"))
    .order_by(_leases.name)
)
_release = Statement(update(schema.leases).where(_is_mine).values(until=bindparam("moment")))


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """The right to do one thing, for a while."""

    name: str
    """What it is for, such as `mailbox support`."""
    holder: str
    """Who has it: host and process, for people."""
    fence: int
    """Rises with each new holder."""
    until: datetime
    """UTC, on the clock of the database."""


def acquire(tx: Tx, name: str, holder: str, duration: timedelta, now: datetime) -> Lease | None:
    """Take the lease `name` for `duration` if nobody holds it; None when somebody does, even the same holder."""
    moment = tx.clock(now)
    row = {"name": name, "holder": holder, "fence": 1, "until": moment + duration, "moment": moment}
    fence = tx.scalar(_acquire, row)
    return None if fence is None else Lease(name=name, holder=holder, fence=fence, until=moment + duration)


def renew(tx: Tx, lease: Lease, duration: timedelta, now: datetime) -> Lease | None:
    """Hold `lease` for `duration` from now; None when it ran out, or somebody else has it: stop what it was for."""
    moment = tx.clock(now)
    row = {"key": lease.name, "held": lease.fence, "moment": moment, "new_until": moment + duration}
    if tx.count(_renew, [row]) != 1:
        return None
    return Lease(name=lease.name, holder=lease.holder, fence=lease.fence, until=moment + duration)


def release(tx: Tx, lease: Lease, now: datetime) -> None:
    """Give `lease` back, if it is still held, so that the next need not wait until it runs out."""
    tx.write(_release, {"key": lease.name, "held": lease.fence, "moment": tx.clock(now)})


def held(tx: Tx, now: datetime) -> list[Lease]:
    """Return every lease that somebody holds."""
    rows = tx.rows(_held, {"moment": tx.clock(now)})
    return [Lease(name=name, holder=holder, fence=fence, until=until) for name, holder, fence, until in rows]


@contextmanager
def daemon_lock(path: Path | None, name: str) -> Iterator[None]:
    """Be the only daemon on the SQLite file `path` within the block; None, for PostgreSQL, needs no lock.

    The operating system frees the lock when the process dies, however it dies. Raises Refused, naming the other
    process, when there is one, and Invalid when the lock file cannot be made.
    """
    if path is None:
        yield
        return
    lock = path.with_name(f"{path.name}.lock")
    try:
        handle = os.open(lock, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise Invalid(f"{lock}: cannot be made: {error.strerror}; mend the folder's owner or permissions") from error
    try:
        _lock(handle, path)
        os.truncate(handle, 0)
        os.write(handle, f"{name}, process {os.getpid()}\n".encode())
        yield
    finally:
        os.close(handle)  # the file stays: removing it would let two processes lock two files of one name


def daemon_on(path: Path) -> str:
    """Return who is the daemon on the SQLite file `path`, such as `mailcase, process 17`; empty when there is none."""
    try:
        handle = os.open(path.with_name(f"{path.name}.lock"), os.O_RDONLY)
    except OSError:  # nobody ever made it, or it is another user's
        return ""
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return os.read(handle, 500).decode(errors="replace").strip() or "another process"
    else:
        return ""
    finally:
        os.close(handle)


def _lock(handle: int, path: Path) -> None:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        holder = os.read(handle, 500).decode(errors="replace").strip() or "another process"
        raise Refused(
            f"{path} is in use by {holder}; stop that first, or use PostgreSQL to run several daemons."
        ) from error
