"""Mails read in processes of their own: beside the filing of the mail before, and where no mail can hurt the daemon.

Each process has one mail at a time. One that takes too much processor time or memory, or crashes, is ended; its mail
has the reason, and the next mail gets a fresh process. Processes start with the first mail and end when none came for
a while, so that a quiet desk does not keep their memory.
"""

import signal
import time
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import TypeVar

from mailcase.app import App
from mailcase.daemon.child import Child
from mailcase.daemon.reading import Answer, Bounds, Fault, Held, Read, read
from mailcase.domain.inbox import HoldReason
from mailcase.errors import MailcaseError, Unparseable

PATIENCE_S = 120.0
"""For one mail, whatever the processor time: the process is stopped, or the machine does not let it run."""
IDLE_S = 300.0
"""After so long without mail the processes end; the next mail waits a third of a second for a new one."""

Key = TypeVar("Key")
Found = Read | MailcaseError | None
"""A mail that was read, or why it was not, or None where there were no bytes."""


class ReadingFailed(MailcaseError):  # noqa: N818 - as its siblings in `errors`
    """A fault of ours, or a process that ended: the mail may be tried again."""


class Readers:
    """Some processes that read mails; with none they are read in this process. For one thread at a time."""

    def __init__(self, count: int, bounds: Bounds) -> None:
        self._bounds = bounds
        self._processes: list[_Process | None] = [None] * count
        self._last_used = time.monotonic()

    def each(
        self, mails: Iterable[tuple[Key, bytes | None]], own_addresses: frozenset[str]
    ) -> Iterator[tuple[Key, Found]]:
        """Yield what was read of each mail, in order; the next ones are read while the caller works on one.

        Raises Unavailable when no process can be started.
        """
        if not self._processes:
            yield from ((key, self._read_here(raw, own_addresses)) for key, raw in mails)
            return
        asked: deque[tuple[Key, int | None]] = deque()
        try:
            for number, (key, raw) in enumerate(mails):
                place = number % len(self._processes)
                done = self._taken(*asked.popleft()) if len(asked) == len(self._processes) else None
                asked.append((key, self._ask(place, raw, own_addresses) if raw is not None else None))
                if done is not None:
                    yield done
            while asked:
                yield self._taken(*asked.popleft())
        finally:
            for _, left in asked:  # the caller went away: nobody may take these answers for those to later questions
                self._end(left)

    def rest(self) -> None:
        """End the processes when no mail came for a while."""
        if time.monotonic() - self._last_used > IDLE_S:
            self.close()

    def close(self) -> None:
        """End all processes."""
        for place in range(len(self._processes)):
            self._end(place)

    def _read_here(self, raw: bytes | None, own_addresses: frozenset[str]) -> Found:
        try:
            return read(raw, self._bounds.limits, own_addresses) if raw is not None else None
        except Unparseable as error:
            return error

    def _ask(self, place: int, raw: bytes, own_addresses: frozenset[str]) -> int:
        process = self._processes[place] or _Process(self._bounds)
        self._processes[place] = process
        self._last_used = time.monotonic()
        process.ask(raw, own_addresses)
        return place

    def _taken(self, key: Key, place: int | None) -> tuple[Key, Found]:
        """Return the answer of the process at `place`, and end that when it gave none or its last."""
        process = self._processes[place] if place is not None else None
        if process is None:
            return key, None
        answer = process.answer()
        if answer is None or answer.is_last:
            status = self._end(place)
        if answer is None:
            return key, self._why(status)
        match answer.found:
            case Read() as found:
                return key, found
            case Held(reason, detail):
                return key, Unparseable(reason, detail)
            case Fault(traceback):
                return key, ReadingFailed(f"a fault of mailcase:\n{traceback}")

    def _end(self, place: int | None) -> int:
        """End the process at `place`, if there is one, and return its status."""
        process = self._processes[place] if place is not None else None
        if place is None or process is None:
            return 0
        self._processes[place] = None
        return process.end()

    def _why(self, status: int) -> MailcaseError:
        """Return why a process ended without an answer."""
        if status == -signal.SIGXCPU:
            seconds = self._bounds.seconds
            return Unparseable(HoldReason.TOO_SLOW, f"reading it takes more than {seconds} s of processor time")
        return ReadingFailed(f"the process that read it ended with status {status}")


class _Process:
    """One process, and the connection to it."""

    def __init__(self, bounds: Bounds) -> None:
        self._asked = 0
        self._child = Child("mailcase.daemon.reader", bounds)
        self._connection = self._child.connection

    def ask(self, raw: bytes, own_addresses: frozenset[str]) -> None:
        """Hand over a mail. A process that ended is no error here: `answer` tells."""
        self._asked += 1
        with suppress(OSError):
            self._connection.send((self._asked, own_addresses))
            self._connection.send_bytes(raw)

    def answer(self) -> Answer | None:
        """Wait for the answer to the last question; None when the process ends, or must be ended, without one."""
        try:
            if self._connection.poll(PATIENCE_S):
                answer: Answer = self._connection.recv()
                return answer if answer.number == self._asked else None
        except (EOFError, OSError):
            return None
        return None

    def end(self) -> int:
        """Let the process end, or make it; return its status."""
        return self._child.end()


def readers_of(app: App, count: int | None = None) -> Readers:
    """Return as many readers as the settings ask for, or `count`."""
    bounds = app.config.limits
    return Readers(
        bounds.readers if count is None else count,
        Bounds(limits=app.limits, seconds=bounds.reading_seconds, memory_bytes=bounds.reading_memory_bytes),
    )
