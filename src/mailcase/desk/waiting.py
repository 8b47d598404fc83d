"""Cases that nobody could take when they came: tried again, the longest waiting first."""

from datetime import datetime

from mailcase.desk.assignment import assign
from mailcase.desk.desk import Desk
from mailcase.desk.filing import read_case
from mailcase.desk.record import record
from mailcase.domain.assignment import Method
from mailcase.store import cases, queues
from mailcase.store.tx import Tx


def assigning_queues(desk: Desk) -> tuple[str, ...]:
    """Return the names of the queues that give out their cases by themselves."""
    return tuple(name for name, queue in desk.rulebook.queues.items() if queue.terms.method is not Method.NONE)


def assign_waiting(tx: Tx, desk: Desk, name: str, now: datetime, limit: int) -> int:
    """Give up to `limit` waiting cases of a queue to whoever can take them, and return how many were given.

    Raises StaleWrite when one of the cases was changed meanwhile.
    """
    queue, given = desk.rulebook.queues[name], 0
    for item in queues.unowned(tx, name, limit):
        case = cases.get(tx, item.case_id)
        assert case is not None, "an item has a case (foreign key)"
        outcome = assign(tx, desk, read_case(tx, case), queue, now)
        if outcome.events:
            record(tx, desk, outcome, now)
            given += 1
        elif not item.skills:
            break  # nobody can take even a case that needs no skill
    return given
