"""One thread of the daemon: it does its work again and again, and after a failure waits and tries again, alone."""

import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from mailcase.clock import Clock
from mailcase.daemon.health import Health
from mailcase.errors import MailcaseError, Unavailable
from mailcase.log import get_logger

FIRST_BACK_OFF_S = 1.0
LONGEST_BACK_OFF_S = 120.0
log = get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What all threads of a daemon share."""

    health: Health
    now: Clock
    stop: threading.Event
    """Set when the daemon ends."""


class Worker:
    """A thread with a name. It is not alive before `start`."""

    def __init__(
        self, name: str, work: Callable[[], None], around: Surroundings, *, wake: Callable[[], None], mailbox: str = ""
    ) -> None:
        """Do `work` until the daemon or this thread is to end; `wake` lets it return early when it waits for something."""
        self.name = name
        self._work = work
        self._around = around
        self._wake = wake
        self._is_ended = threading.Event()
        self._bell = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        around.health.add(name, mailbox)

    def start(self) -> None:
        """Begin to work."""
        self._thread.start()

    def end(self) -> None:
        """Let it finish what it holds and end; returns at once."""
        self._is_ended.set()
        self._around.health.remove(self.name)
        self.hurry()

    def hurry(self) -> None:
        """End its waits, also that after a failure."""
        self._bell.set()
        self._wake()

    def join(self, timeout_s: float) -> None:
        """Wait for its end."""
        self._thread.join(timeout_s)

    def cut(self) -> None:
        """Let go of what it holds open, at its end or, from another thread, to make it end."""

    @property
    def is_alive(self) -> bool:
        """Whether it works."""
        return self._thread.is_alive()

    @property
    def is_ending(self) -> bool:
        """Whether it should begin nothing more."""
        return self._around.stop.is_set() or self._is_ended.is_set()

    def _run(self) -> None:
        """Work; after a failure wait with jitter, longer each time (at most two minutes)."""
        pause = FIRST_BACK_OFF_S
        while not self.is_ending:
            self._bell.clear()
            began = time.monotonic()
            try:
                self._work()
            except Exception as error:  # noqa: BLE001 - whatever it is, the thread goes on
                self._note_failure(error, round(pause))
            else:
                self._around.health.went_well(self.name)
                pause = FIRST_BACK_OFF_S
                continue
            if time.monotonic() - began > LONGEST_BACK_OFF_S:
                pause = FIRST_BACK_OFF_S
            if not self.is_ending:
                self._bell.wait(pause * random.uniform(0.5, 1.0))  # noqa: S311 - jitter, not a secret
            pause = min(2 * pause, LONGEST_BACK_OFF_S)
        self.cut()

    def _note_failure(self, error: Exception, retry_in_s: int) -> None:
        """Say what failed in the log, and to those who ask how the thread does."""
        remedy = "The log has the traceback; please report it."
        if isinstance(error, Unavailable):
            remedy = error.remedy
            log.warning("thread.unavailable", thread=self.name, error=str(error), remedy=remedy, retry_in_s=retry_in_s)
        elif isinstance(error, MailcaseError):
            remedy = ""
            log.error("thread.refused", thread=self.name, error=str(error), retry_in_s=retry_in_s)
        else:
            log.error("thread.failed", thread=self.name, retry_in_s=retry_in_s, exc_info=error)
        self._around.health.failed(self.name, str(error) or type(error).__name__, remedy, self._around.now())
