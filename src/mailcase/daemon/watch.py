"""What time brings: clocks that are due are fired, each once, and waiting cases go to whoever has room by now."""

from collections import Counter

from mailcase.app import App
from mailcase.daemon.errands import run_all, run_batch
from mailcase.desk.due import due_clocks
from mailcase.desk.reminders import due_reminders
from mailcase.desk.task import Find
from mailcase.desk.timed import due_timers
from mailcase.desk.waiting import due_assignments
from mailcase.domain.setback import Errand
from mailcase.log import get_logger
from mailcase.store import future, setbacks

WATCHED: tuple[tuple[Errand, Find, str], ...] = (
    (Errand.CLOCKS, due_clocks, "clocks.fired"),
    (Errand.REMINDER, due_reminders, "activities.reminded"),
    (Errand.TIMER, due_timers, "timers.fired"),
)
log = get_logger(__name__)


def watch(app: App) -> int:
    """Fire what is due; return how many cases, activities and timers were. Raises Unavailable when the database is."""
    done: Counter[str] = Counter()
    left = WATCHED
    while left:  # a batch of each kind in turn: ten thousand clocks that are due hold up no reminder
        batches = [run_batch(app, errand, find) for errand, find, _ in left]
        for (_, _, event), batch in zip(left, batches, strict=True):
            done[event] += batch.done
        left = tuple(one for one, batch in zip(left, batches, strict=True) if batch.has_more)
    for event, count in (+done).items():
        log.info(event, count=count)
    return done.total()


def bring_forward(app: App) -> int:
    """Let nothing wait for a day that was put back; return how much did. Raises Unavailable when the database is."""
    with app.database.begin() as tx:
        total = future.bring_forward(tx, app.now())
    if total:
        log.warning("clock.put_back", rows=total)
    return total


def try_again(app: App) -> int:
    """Let what failed be tried at once: its template or rule may be mended now. Raises Unavailable when the database is."""
    with app.database.begin() as tx:
        return setbacks.hurry(tx, app.now())


def give_out(app: App) -> int:
    """Give waiting cases to agents who can take them; return how many. Raises Unavailable when the database is."""
    total = run_all(app, Errand.ASSIGNMENT, due_assignments)
    if total:
        log.info("cases.assigned", cases=total)
    return total
