"""What time brings: clocks that are due are fired, each once, and waiting cases go to whoever has room by now."""

from collections.abc import Callable
from datetime import datetime

from mailcase.app import App
from mailcase.desk.desk import Desk
from mailcase.desk.due import fire_due
from mailcase.desk.reminders import remind
from mailcase.desk.timed import fire_timers
from mailcase.desk.waiting import assign_waiting, assigning_queues
from mailcase.errors import StaleWrite
from mailcase.log import get_logger
from mailcase.store import future
from mailcase.store.tx import Tx

BATCH = 100  # clocks or reminders fired in one transaction
log = get_logger(__name__)


def watch(app: App) -> int:
    """Fire what is due; return how many clocks and reminders were. Raises Unavailable when the database is."""
    clocks, reminders, timers = (_all_due(app, fire) for fire in (fire_due, remind, fire_timers))
    if clocks:
        log.info("clocks.fired", clocks=clocks)
    if reminders:
        log.info("activities.reminded", activities=reminders)
    if timers:
        log.info("timers.fired", timers=timers)
    return clocks + reminders + timers


def _all_due(app: App, fire: Callable[[Tx, Desk, datetime, int], int]) -> int:
    """Call `fire` in a transaction each until nothing is due; return how much was."""
    total = 0
    while True:
        try:
            with app.database.begin() as tx:
                fired = fire(tx, app.desk, app.now(), BATCH)
        except StaleWrite:
            continue  # somebody worked on one of the cases in between: what is still due is found again
        total += fired
        if fired < BATCH:
            return total


def bring_forward(app: App) -> int:
    """Let nothing wait for a day that was put back; return how much did. Raises Unavailable when the database is."""
    with app.database.begin() as tx:
        total = future.bring_forward(tx, app.now())
    if total:
        log.warning("clock.put_back", rows=total)
    return total


def give_out(app: App) -> int:
    """Give waiting cases to agents who can take them; return how many. Raises Unavailable when the database is."""
    total = 0
    for queue in assigning_queues(app.desk):
        try:
            with app.database.begin() as tx:
                total += assign_waiting(tx, app.desk, queue, app.now(), BATCH)
        except StaleWrite:
            continue  # somebody worked on one of the cases in between: the next tick tries again
    if total:
        log.info("cases.assigned", cases=total)
    return total
