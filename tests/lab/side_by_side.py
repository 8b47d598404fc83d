"""Experiments side by side, as many at once as do not disturb each other; and one in a process of its own.

What one experiment does to the machine may not decide what another finds. So those that measure times run alone, and the
others share the machine by how much of it they take (`lab.experiment.Load`). A process that dies or hangs is a fault of
its own experiment; the others go on.
"""

import contextlib
import json
import os
import signal
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from pathlib import Path

from lab.experiment import Experiment, Findings

PLACES = 6
"""On a machine of two cores; `Load.MEASURES` takes them all."""
LONGEST_S = 1_800.0
"""After which an experiment is taken to hang; the longest takes a third of that."""
LAST_WORDS_S = 2.0
"""For what a process said before it ended; something that it left behind may hold its output open."""
ROOT = Path(__file__).parents[2]

Unit = tuple[Experiment, ...]
"""Experiments that need one process."""
Found = dict[str, Findings]


def units(chosen: Sequence[Experiment]) -> list[Unit]:
    """Return what is run in a process each, in the order of `chosen`."""
    made: dict[str, list[Experiment]] = {}
    for one in chosen:
        made.setdefault(one.after if one.after in made else one.name, []).append(one)
    return [tuple(some) for some in made.values()]


def run(
    waiting: Sequence[Unit], start: Callable[[Unit], Found], stop: Callable[[], None] = lambda: None
) -> Iterator[Found]:
    """Let `start` run every unit, on threads, and yield what each found as it is known.

    Those that measure times come last, each alone: then nothing that could run beside others waits for them. When it is
    ended early, `stop` is to end what runs.
    """
    left = sorted(waiting, key=lambda unit: (_load(unit) == PLACES, -sum(one.lasts_s for one in unit)))
    running: dict[Future[Found], Unit] = {}
    with ThreadPoolExecutor(PLACES) as pool:
        try:
            while left or running:
                for unit in tuple(left):
                    if sum(map(_load, running.values())) + _load(unit) <= PLACES:
                        left.remove(unit)
                        running[pool.submit(start, unit)] = unit
                for future in wait(running, return_when=FIRST_COMPLETED).done:
                    del running[future]
                    yield future.result()
        except BaseException:
            stop()
            raise


def _load(unit: Unit) -> int:
    return max(one.load for one in unit)


@dataclass(kw_only=True)
class Apart:
    """Runs units in processes of their own, whose lines are shown as they come."""

    command: Sequence[str]
    """The lab's command line, without what names experiments."""
    show: Callable[[str], None]
    """Takes each line that a process says."""
    longest_s: float = LONGEST_S
    _living: set[subprocess.Popen[str]] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def start(self, unit: Unit) -> Found:
        """Run a unit to its end, and return what it found, or why it found nothing."""
        names = [one.name for one in unit]
        with tempfile.TemporaryDirectory(prefix="mailcase-lab-") as folder:
            told = Path(folder) / "found.json"
            ended = self._run([*self.command, "--only", ",".join(names), "--json", str(told)], names[0])
            found = json.loads(told.read_text(encoding="utf-8")) if told.exists() else {}
        fault = Findings(trials=(), faults=(f"The experiment itself {ended}.",))
        return {name: Findings.from_json(found[name]) if name in found else fault for name in names}

    def _run(self, command: Sequence[str], name: str) -> str:
        """Run a process with all that it starts; return how it ended, in words that go on after `it`."""
        process = subprocess.Popen(
            command, cwd=ROOT, env=os.environ | {"COLUMNS": "140"}, text=True, errors="replace", start_new_session=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        with self._lock:
            self._living.add(process)
        reader = threading.Thread(target=self._read, args=(process, name), daemon=True)
        reader.start()
        try:
            process.wait(self.longest_s)
        except subprocess.TimeoutExpired:
            return f"hung for {self.longest_s:.0f} s"
        else:
            return f"ended with code {process.returncode}"
        finally:
            end(process)  # and what it left behind
            process.wait()
            reader.join(LAST_WORDS_S)
            with self._lock:
                self._living.discard(process)

    def _read(self, process: "subprocess.Popen[str]", name: str) -> None:
        with process.stdout or contextlib.nullcontext(()) as lines:
            for line in lines:
                self.show(f"{name:4}{line.rstrip()}")

    def stop(self) -> None:
        """End every process that still runs, with all that it started."""
        with self._lock:
            living = tuple(self._living)
        for process in living:
            end(process)


def end(process: "subprocess.Popen[str]") -> None:
    """End all processes of the session of `process`."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
