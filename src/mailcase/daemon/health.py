"""How each thread of the daemon does: read by the pages of `web` and by the alarms, written by the threads."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

LMTP = "lmtp"
"""Name of the thread that takes mail which is handed over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """How one thread does. Times are UTC."""

    name: str
    """Such as `poll support`, `intake`, `deliver support`."""
    mailbox: str = ""
    """The mailbox that it polls, or empty."""
    is_elsewhere: bool = False
    """Another daemon polls the mailbox."""
    connected_since: datetime | None = None
    looked_at: datetime | None = None
    """When the mailbox was last found to be read to its end."""
    last_mail_at: datetime | None = None
    """When new mail was last stored."""
    failing_since: datetime | None = None
    """When the first of the failures was that no success has followed yet; None when all is well."""
    error: str = ""
    remedy: str = ""
    failures: int = 0
    """Since the daemon began."""


@dataclass(slots=True)
class Health:
    """The conditions of all threads by name."""

    started_at: datetime
    _conditions: dict[str, Condition] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, name: str, mailbox: str = "") -> None:
        """Begin to watch a thread."""
        with self._lock:
            self._conditions[name] = Condition(name=name, mailbox=mailbox)

    def remove(self, name: str) -> None:
        """Watch a thread no more."""
        with self._lock:
            self._conditions.pop(name, None)

    def all(self) -> Mapping[str, Condition]:
        """Return every condition as it is now."""
        with self._lock:
            return dict(self._conditions)

    def connected(self, name: str, now: datetime) -> None:
        """Note that the thread has reached its mailbox."""
        self._change(name, connected_since=now, is_elsewhere=False)

    def elsewhere(self, name: str) -> None:
        """Note that another daemon polls the mailbox: nothing is expected of this thread."""
        self._change(name, is_elsewhere=True, connected_since=None, failing_since=None, error="", remedy="")

    def looked(self, name: str, stored: int, now: datetime) -> None:
        """Note that the mailbox was read to its end and that `stored` mails were new."""
        newest = {"last_mail_at": now} if stored else {}
        self._change(name, looked_at=now, failing_since=None, error="", remedy="", **newest)

    def went_well(self, name: str) -> None:
        """Note that a round of work ended without an error."""
        self._change(name, failing_since=None, error="", remedy="")

    def failed(self, name: str, error: str, remedy: str, now: datetime) -> None:
        """Note a failure. Its words are for people."""
        with self._lock:
            before = self._conditions.get(name)
            if before is None:
                return  # it ends, and nobody asks for it any more
            self._conditions[name] = replace(
                before,
                connected_since=None,
                failing_since=before.failing_since or now,
                error=error,
                remedy=remedy,
                failures=before.failures + 1,
            )

    def _change(self, name: str, **changes: object) -> None:
        with self._lock:
            if name in self._conditions:
                self._conditions[name] = replace(self._conditions[name], **changes)  # type: ignore[arg-type]  # named by our own callers
