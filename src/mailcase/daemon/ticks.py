"""What is done again and again, each on a thread of its own, so that a slow one holds up no other.

The intervals are those of a clock that nobody can set: when the time of day jumps, leases are still renewed and clocks
still looked at (GUARANTEES G19). APScheduler knows only the time of day, and would sleep through a day put back; it
drives what is due at a time of day.
"""

import threading
from collections.abc import Callable
from datetime import timedelta

from mailcase.errors import Unavailable
from mailcase.log import get_logger

log = get_logger(__name__)


class Ticks:
    """The recurring jobs of one process."""

    def __init__(self, stop: threading.Event) -> None:
        """Tick until `stop` is set."""
        self._stop = stop
        self._threads: list[threading.Thread] = []

    def add(self, name: str, job: Callable[[], object], every: timedelta) -> None:
        """Do `job` each time that `every` has passed since its last end."""
        target = guarded(name, job)
        thread = threading.Thread(target=self._keep_ticking, args=(target, every), name=f"tick {name}", daemon=True)
        self._threads.append(thread)

    def start(self) -> None:
        """Begin; the first tick of each comes after its interval."""
        for thread in self._threads:
            thread.start()

    @property
    def is_alive(self) -> bool:
        """Whether every thread lives."""
        return all(thread.is_alive() for thread in self._threads)

    def _keep_ticking(self, job: Callable[[], None], every: timedelta) -> None:
        while not self._stop.wait(every.total_seconds()):
            job()


def guarded(name: str, job: Callable[[], object]) -> Callable[[], None]:
    """Return a job that is simply done again at its next tick, whatever goes wrong."""

    def run() -> None:
        try:
            job()
        except Unavailable as error:
            log.warning("tick.unavailable", tick=name, error=str(error), remedy=error.remedy)
        except Exception:
            log.exception("tick.failed", tick=name)

    return run
