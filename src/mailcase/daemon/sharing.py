"""Which daemon polls which mailbox: a lease on PostgreSQL, where several share them; on SQLite there is only one.

A lease is short and renewed often, so that another daemon takes over within a minute when one dies. A daemon that was
stopped in the midst of a batch and goes on after its lease ran out does no harm: what it stores, the other has stored,
and each UID is stored once.
"""

import os
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from mailcase.app import App
from mailcase.clock import uptime
from mailcase.errors import Unavailable
from mailcase.log import get_logger
from mailcase.store import leases
from mailcase.store.leases import Lease

LEASE = timedelta(seconds=20)
RENEW_EVERY = timedelta(seconds=5)
log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Held:
    lease: Lease
    until: float
    """On the `uptime` of this machine: counted from before the database was asked."""


class Shares:
    """The mailboxes that this process may poll. Threads take and give back; a tick renews."""

    def __init__(self, app: App, lost: Callable[[str], None]) -> None:
        """Call `lost` with the name of a mailbox that another daemon has taken over."""
        self._app = app
        self._lost = lost
        self._holder = f"{socket.gethostname()}:{os.getpid()}"
        self._held: dict[str, _Held] = {}
        self._lock = threading.Lock()

    def take(self, mailbox: str) -> bool:
        """Take a mailbox if no other daemon has it; return whether it is ours. Raises Unavailable."""
        if self._app.database.is_sqlite:
            return True
        asked_at = uptime()
        with self._app.database.begin() as tx:
            lease = leases.acquire(tx, _name(mailbox), self._holder, LEASE, self._app.now())
        if lease is not None:
            self._keep(mailbox, lease, asked_at)
            log.info("mailbox.taken", mailbox=mailbox, fence=lease.fence)
        return lease is not None

    def holds(self, mailbox: str) -> bool:
        """Return whether a mailbox that was taken is still ours."""
        if self._app.database.is_sqlite:
            return True
        with self._lock:
            held = self._held.get(mailbox)
        return held is not None and uptime() < held.until

    def renew(self) -> None:
        """Hold on to every mailbox that was taken; those that were lost are told. Raises Unavailable."""
        with self._lock:
            held = dict(self._held)
        for mailbox, one in held.items():
            asked_at = uptime()
            with self._app.database.begin() as tx:
                lease = leases.renew(tx, one.lease, LEASE, self._app.now())
            if lease is not None:
                self._keep(mailbox, lease, asked_at, instead_of=one)
                continue
            with self._lock:
                self._held.pop(mailbox, None)
            log.warning("mailbox.lost", mailbox=mailbox, remedy="Another daemon polls it now.")
            self._lost(mailbox)

    def give_back(self, mailbox: str) -> None:
        """Let another daemon have a mailbox at once; when the database does not answer, the lease runs out by itself."""
        with self._lock:
            held = self._held.pop(mailbox, None)
        if held is None:
            return
        try:
            with self._app.database.begin() as tx:
                leases.release(tx, held.lease, self._app.now())
        except Unavailable as error:
            log.warning("mailbox.not_given_back", mailbox=mailbox, error=str(error), remedy=error.remedy)

    def _keep(self, mailbox: str, lease: Lease, asked_at: float, instead_of: _Held | None = None) -> None:
        """Note a lease; a renewed one only while it was not given back meanwhile."""
        with self._lock:
            if instead_of is None or self._held.get(mailbox) is instead_of:
                self._held[mailbox] = _Held(lease, asked_at + LEASE.total_seconds())


def _name(mailbox: str) -> str:
    return f"mailbox {mailbox}"
