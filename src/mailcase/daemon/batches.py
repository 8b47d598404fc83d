"""Many files examined by all cores: in order, in batches, each mail within its bounds.

A process that a mail ends has had a batch of them, so the files of that batch are asked for again, one by one: then it
is certain which one it was, and that one alone is answered for with the reason.
"""

import os
import signal
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import islice
from multiprocessing.connection import wait
from typing import NamedTuple

from mailcase.daemon.child import Child
from mailcase.daemon.examine import held, line_of
from mailcase.daemon.reading import Bounds
from mailcase.domain.inbox import HoldReason
from mailcase.mail.limits import Limits

BATCH = 16
"""Files of one question: few enough that no process waits long for the last one at the end."""
ASKED = 2
"""Batches that a process has at once: while its answer is on the way, it works on the next."""
AHEAD = 8
"""Batches a process that may be done before an earlier one is: one slow mail must not fill the memory."""
PATIENCE_S = 120.0
"""Without any answer, whatever the processor time: then the processes are stopped, or the machine does not let them run."""
BOUNDS = Bounds(limits=Limits(), seconds=10, memory_bytes=512_000_000)


class Question(NamedTuple):
    """Files to be examined; small, so that asking never waits for the one that is asked."""

    paths: list[str]
    body_type: str


class Answer(NamedTuple):
    """A line for each file of a question."""

    lines: list[bytes]
    is_last: bool
    """Whether this process ends now."""


def usable_cores() -> int:
    """Return on how many cores this process may run."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def examined_lines(
    paths: Iterable[str], body_type: str = "", processes: int | None = None, bounds: Bounds = BOUNDS
) -> Iterator[bytes]:
    """Yield the JSON line of each file, in order, as `examine` makes it.

    Raises Unavailable when no process can be started.
    """
    batches = Batches(processes or usable_cores(), bounds)
    try:
        yield from batches.each(paths, body_type)
    finally:
        batches.close()


class Batches:
    """Some processes that examine files. They start with the first file."""

    def __init__(self, processes: int, bounds: Bounds = BOUNDS) -> None:
        self._bounds = bounds
        self._workers: list[_Worker | None] = [None] * processes

    def each(self, paths: Iterable[str], body_type: str = "") -> Iterator[bytes]:
        """Yield the line of each file, in order. Raises Unavailable when no process can be started."""
        questions = _questions(paths, body_type)
        done: dict[int, list[bytes]] = {}
        asked = due = 0
        try:
            while True:
                while asked < due + AHEAD * len(self._workers) and (worker := self._idle()):
                    question = next(questions, None)
                    if question is None:
                        break
                    worker.ask(asked, question)
                    asked += 1
                if due == asked:
                    return
                done.update(self._answered())
                while due in done:
                    yield from done.pop(due)
                    due += 1
        finally:
            if due < asked:
                self.close()  # the caller went away: these answers are nobody's

    def close(self) -> None:
        """End all processes."""
        for place, worker in enumerate(self._workers):
            if worker is not None:
                worker.end()
                self._workers[place] = None

    def _idle(self) -> "_Worker | None":
        """Return the process that has least to do, or None when all have enough."""
        for place, worker in enumerate(self._workers):
            if worker is None:
                self._workers[place] = found = _Worker(self._bounds)
                return found
        found = min((worker for worker in self._workers if worker), key=lambda worker: len(worker.asked))
        return found if len(found.asked) < ASKED else None

    def _answered(self) -> Iterator[tuple[int, list[bytes]]]:
        """Wait for answers; yield the number and the lines of each batch that is done."""
        busy = {place: worker for place, worker in enumerate(self._workers) if worker is not None and worker.asked}
        ready = wait([worker.connection for worker in busy.values()], PATIENCE_S)
        for place, worker in busy.items():
            if ready and worker.connection not in ready:
                continue
            answer = worker.answer() if ready else None
            number, question = worker.asked.popleft()
            if answer is None or answer.is_last:
                worker.end()
                self._workers[place] = fresh = _Worker(self._bounds)
                for other in worker.asked:
                    fresh.ask(*other)
            yield number, answer.lines if answer is not None else self._one_by_one(question)

    def _one_by_one(self, question: Question) -> list[bytes]:
        """Examine the files of a question that ended a process, each so that nothing but itself can fail."""
        lines: list[bytes] = []
        worker: _Worker | None = None
        for path in question.paths:
            worker = worker or _Worker(self._bounds)
            worker.ask(0, question._replace(paths=[path]))
            answer = worker.answer()
            if answer is not None:
                lines += answer.lines
            if answer is None or answer.is_last:
                status, worker = worker.end(), None
            if answer is None:
                lines.append(line_of(held(path, *self._why(status))))
        if worker is not None:
            worker.end()
        return lines

    def _why(self, status: int) -> tuple[HoldReason, str]:
        """Return why a process ended without an answer."""
        if status == -signal.SIGXCPU:
            return HoldReason.TOO_SLOW, f"reading it takes more than {self._bounds.seconds} s of processor time"
        return HoldReason.UNREADABLE, f"the process that read it ended with status {status}"


class _Worker:
    """One process, and what it was asked and has not answered."""

    def __init__(self, bounds: Bounds) -> None:
        self._child = Child("mailcase.daemon.batch_worker", bounds)
        self.connection = self._child.connection
        self.asked: deque[tuple[int, Question]] = deque()

    def ask(self, number: int, question: Question) -> None:
        """Hand over a question. A process that ended is no error here: `answer` tells."""
        self.asked.append((number, question))
        with suppress(OSError):
            self.connection.send(question)

    def answer(self) -> Answer | None:
        """Wait for the next answer; None when the process ends, or must be ended, without one."""
        try:
            if self.connection.poll(PATIENCE_S):
                answer: Answer = self.connection.recv()
                return answer
        except (EOFError, OSError):
            return None
        return None

    def end(self) -> int:
        """Let the process end, or make it; return its status."""
        return self._child.end()


def _questions(paths: Iterable[str], body_type: str) -> Iterator[Question]:
    """Yield the files in batches."""
    left = iter(paths)
    while some := list(islice(left, BATCH)):
        yield Question(some, body_type)
