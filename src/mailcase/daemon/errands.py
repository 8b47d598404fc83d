"""What time brings about, done in batches: many errands in one transaction, each in a part of it that may fail alone.

An errand that fails for a reason that nobody foresaw is put off (`domain.setback`), logged, and the admin is told once a
day for each cause; the others of its batch are done. A batch ends after `SPAN_S` at the latest, so that what it did is
committed, and the database is free for the mail that comes in meanwhile.
"""

import time
from collections.abc import Iterable
from dataclasses import dataclass, field

from mailcase.app import App
from mailcase.daemon.alarms import tell
from mailcase.desk.task import Find, Task
from mailcase.domain.number import format_number
from mailcase.domain.setback import Errand, Setback, put_off
from mailcase.errors import StaleWrite, Unavailable
from mailcase.log import get_logger
from mailcase.store import setbacks
from mailcase.store.tx import Tx

BATCH = 100
"""Errands that are looked for at once."""
SPAN_S = 0.25
"""After so long a transaction takes up no further errand."""
REMEDY = "Look into the log, and mend the template or rule that it names; `mailcase status` lists what is put off."
log = get_logger(__name__)


@dataclass(slots=True)
class Batch:
    """What became of one transaction's errands."""

    found: int = 0
    tried: int = 0
    done: int = 0
    failed: list[tuple[Setback, Exception]] = field(default_factory=list)

    @property
    def has_more(self) -> bool:
        """Whether there is more to do at once; where nothing came of anything, the next tick is soon enough."""
        return (self.found >= BATCH or self.tried < self.found) and (self.done > 0 or bool(self.failed))


def run_all(app: App, errand: Errand, find: Find) -> int:
    """Do all errands of a kind that are due; return of how many something came. Raises Unavailable when the database is."""
    total = 0
    while True:
        batch = run_batch(app, errand, find)
        total += batch.done
        if not batch.has_more:
            return total


def run_batch(app: App, errand: Errand, find: Find) -> Batch:
    """Do the first errands of a kind that are due, in one transaction. Raises Unavailable when the database is."""
    batch = _run(app, errand, find)
    _tell(app, batch.failed)
    return batch


def _run(app: App, errand: Errand, find: Find) -> Batch:
    batch, until = Batch(), time.monotonic() + SPAN_S
    with app.database.begin() as tx:
        tasks = find(tx, app.desk, app.now(), BATCH)
        batch.found = len(tasks)
        failed_before = setbacks.keys(tx, errand) if tasks else frozenset()
        for task in _in_time(tasks, until):
            batch.tried += 1
            try:
                with tx.savepoint():
                    batch.done += task.do(tx, app.desk, app.now()) is not False
                    if task.key in failed_before:
                        setbacks.end(tx, errand, task.key)
            except Unavailable:
                raise
            except StaleWrite as error:
                # Somebody worked on the case in between: a later tick finds it if it is still due.
                log.warning("errand.overtaken", errand=errand, key=task.key, case=task.case_id, error=str(error))
            except Exception as error:
                log.exception("errand.failed", errand=errand, key=task.key, case=task.case_id)
                batch.failed.append((_put_off(tx, app, errand, task, error), error))
    return batch


def _in_time(tasks: Iterable[Task], until: float) -> Iterable[Task]:
    """Yield the first task, and further ones as long as there is time."""
    for number, task in enumerate(tasks):
        if number and time.monotonic() > until:
            return
        yield task


def _put_off(tx: Tx, app: App, errand: Errand, task: Task, error: Exception) -> Setback:
    before = setbacks.get(tx, errand, task.key)
    said = " ".join(str(error).split()) or type(error).__name__
    return setbacks.put(tx, put_off(before, errand, task.key, task.case_id, said, app.now()))


def _tell(app: App, failed: Iterable[tuple[Setback, Exception]]) -> None:
    """Queue an alarm for each cause that was not told today; a cause is what failed, and with which kind of error."""
    causes = {f"{setback.errand} {type(error).__name__}": setback for setback, error in reversed(list(failed))}
    for cause, setback in causes.items():
        tell(app, cause, trouble(setback), REMEDY)


def trouble(setback: Setback) -> str:
    """Return what failed, and when it is tried again, as one sentence."""
    about = f" of {format_number(setback.case_id)}" if setback.case_id is not None else f" {setback.about}"
    error = setback.error.rstrip(".")
    return f"{setback.errand.capitalize()}{about} failed and is put off until {setback.again_at:%H:%M} UTC: {error}."
