"""The mail that this process has in hand: claimed for a short while, and renewed as long as somebody works on it.

The claims of a daemon that dies run out within a minute, on the clock of the database, and another daemon carries on
(GUARANTEES G18). A daemon that was stopped and wakes up late learns here, before the database could tell it, that its
claims may be another's by now; whatever it still writes bears an old fence and is refused. On SQLite there is no other
daemon, and nothing to renew: what is in hand here is nobody else's, however long it takes, and however far the clock
jumps meanwhile (G19).
"""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from mailcase.app import App
from mailcase.clock import uptime
from mailcase.domain.inbox import InboxMessage
from mailcase.domain.outbox import Delivery, OutboxMessage
from mailcase.errors import Unavailable
from mailcase.log import get_logger
from mailcase.store import inbox, outbox
from mailcase.store.tx import Tx

LEASE = timedelta(seconds=40)
"""On a mail that is sent: with a tick until it is noticed, others carry on within a minute (GUARANTEES G18)."""
FILING_LEASE = timedelta(seconds=20)
"""On a mail that is filed: shorter, since it may have waited for the lease of its mailbox (`daemon.sharing`) before."""
RENEW_EVERY = timedelta(seconds=5)
RESUMED_AT_MOST = 3  # times that an attempt goes on after the database was away
log = get_logger(__name__)

Renewal = Callable[[Tx, Mapping[int, int], timedelta, datetime], frozenset[int]]
"""Extends claims, given by id with their fences, and returns the ids of those that are still ours."""


@dataclass(frozen=True, slots=True)
class _Kept:
    fence: int
    until: float
    """On `uptime`, counted from before the database was asked."""


class Kept:
    """The claims on one kind of mail. For all threads of the process."""

    def __init__(self, app: App, renewal: Renewal, lease: timedelta) -> None:
        self._app = app
        self._renewal = renewal
        self._lease = lease
        self._kept: dict[int, _Kept] = {}
        self._lock = threading.Lock()

    def keep(self, claimed: Mapping[int, int], asked_at: float) -> None:
        """Note mails, claimed by id with these fences, that the database was asked for at `asked_at`."""
        until = asked_at + self._lease.total_seconds()
        with self._lock:
            self._kept |= {key: _Kept(fence, until) for key, fence in claimed.items()}

    def drop(self, key: int) -> None:
        """Renew the claim on a mail no more: it is settled, or another's, or shall run out."""
        with self._lock:
            self._kept.pop(key, None)

    def holds(self, key: int) -> bool:
        """Return whether no other daemon can have claimed a mail by now."""
        if self._app.database.is_sqlite:
            return True
        with self._lock:
            kept = self._kept.get(key)
        return kept is not None and uptime() < kept.until

    def in_hand(self) -> frozenset[int]:
        """Return the mails that no other daemon can have claimed by now, whatever the time of day says."""
        with self._lock:
            kept = dict(self._kept)
        return frozenset(key for key, one in kept.items() if self._app.database.is_sqlite or uptime() < one.until)

    def renew(self) -> None:
        """Extend what is kept. Raises Unavailable."""
        with self._lock:
            kept = dict(self._kept)
        if not kept or self._app.database.is_sqlite:
            return
        asked_at = uptime()
        with self._app.database.begin() as tx:
            ours = self._renewal(tx, {key: one.fence for key, one in kept.items()}, self._lease, self._app.now())
        until = asked_at + self._lease.total_seconds()
        with self._lock:
            still = {key: one for key, one in kept.items() if key in ours and self._kept.get(key) is one}
            self._kept |= {key: _Kept(one.fence, until) for key, one in still.items()}


@dataclass(frozen=True, slots=True)
class _Unfinished:
    message: InboxMessage
    resumed: int = 0


class Claims:
    """All claims of one process, and the work that waits for a database that was away."""

    def __init__(self, app: App) -> None:
        self.inbox = Kept(app, inbox.renew, FILING_LEASE)
        self.outbox = Kept(app, outbox.renew, LEASE)
        self._unfinished: dict[int, _Unfinished] = {}
        self._ended: list[tuple[OutboxMessage, Delivery]] = []
        self._left: list[OutboxMessage] = []
        self._lock = threading.Lock()

    def renew(self) -> None:
        """Extend every claim on which somebody works. Raises Unavailable."""
        self.inbox.renew()
        self.outbox.renew()

    @contextmanager
    def renewed(self) -> Iterator["Claims"]:
        """Extend the claims within the block from time to time: for a process that has no ticks."""
        end = threading.Event()

        def keep_renewing() -> None:
            while not end.wait(RENEW_EVERY.total_seconds()):
                try:
                    self.renew()
                except Unavailable as error:
                    log.warning("claims.not_renewed", error=str(error), remedy=error.remedy)

        thread = threading.Thread(target=keep_renewing, name="claims", daemon=True)
        thread.start()
        try:
            yield self
        finally:
            end.set()
            thread.join()

    def take(self, messages: list[InboxMessage], asked_at: float) -> None:
        """Note received mails that were taken, to be worked on until `finish`."""
        self.inbox.keep({message.id: message.attempts for message in messages}, asked_at)
        self._unfinished |= {message.id: _Unfinished(message) for message in messages}

    def finish(self, message: InboxMessage) -> None:
        """Forget a received mail: what became of it is in the database."""
        self.inbox.drop(message.id)
        self._unfinished.pop(message.id, None)

    def unfinished(self) -> list[InboxMessage]:
        """Return the mails that were taken before the database went away: the same attempt goes on.

        A mail that takes the database away each time is let go, and counts as one whose daemon died.
        """
        for key, one in tuple(self._unfinished.items()):
            if one.resumed == RESUMED_AT_MOST or not self.inbox.holds(key):
                self.finish(one.message)
            else:
                self._unfinished[key] = _Unfinished(one.message, one.resumed + 1)
        return [one.message for one in self._unfinished.values()]

    def let_go(self, messages: list[OutboxMessage]) -> None:
        """Renew no more what nobody is at any more; a claim whose outcome is still to be written is kept."""
        with self._lock:
            ended = {message.id for message, _ in self._ended}
        for message in messages:
            if message.id not in ended:
                self.outbox.drop(message.id)

    def note_ended(self, *ended: tuple[OutboxMessage, Delivery]) -> None:
        """Keep how attempts to send ended, until that is written."""
        with self._lock:
            self._ended += ended

    def take_ended(self) -> list[tuple[OutboxMessage, Delivery]]:
        """Return and forget what has ended; whoever cannot write it notes it again."""
        with self._lock:
            ended, self._ended = self._ended, []
        return ended

    def note_left(self, messages: list[OutboxMessage]) -> None:
        """Keep claimed mails on which nobody works, until they are given back."""
        with self._lock:
            self._left += messages

    def take_left(self) -> list[OutboxMessage]:
        """Return and forget what is to be given back; whoever cannot write it notes it again."""
        with self._lock:
            left, self._left = self._left, []
        return left
