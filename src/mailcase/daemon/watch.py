"""Firing the clocks that are due: warnings and breaches, each once, in the transaction that tells of it."""

from mailcase.app import App
from mailcase.desk.due import fire_due
from mailcase.errors import StaleWrite
from mailcase.log import get_logger

BATCH = 100  # clocks fired in one transaction
log = get_logger(__name__)


def watch(app: App) -> int:
    """Fire what is due; return how many clocks were. Raises Unavailable when the database is."""
    total = 0
    while True:
        try:
            with app.database.begin() as tx:
                fired = fire_due(tx, app.desk, app.now(), BATCH)
        except StaleWrite:
            continue  # somebody worked on one of the cases in between: what is still due is found again
        total += fired
        if fired < BATCH:
            break
    if total:
        log.info("clocks.fired", clocks=total)
    return total
