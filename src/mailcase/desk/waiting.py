"""Cases that nobody could take when they came: tried again, the longest waiting first."""

from datetime import datetime
from functools import partial

from mailcase.desk.assignment import assign, could_be_given, within
from mailcase.desk.desk import Desk
from mailcase.desk.filing import read_case
from mailcase.desk.record import record
from mailcase.desk.task import Task
from mailcase.domain.assignment import Method
from mailcase.store import cases, queues
from mailcase.store.tx import Tx


def assigning_queues(desk: Desk) -> tuple[str, ...]:
    """Return the names of the queues that give out their cases by themselves."""
    return tuple(name for name, queue in desk.rulebook.queues.items() if queue.terms.method is not Method.NONE)


def due_assignments(tx: Tx, desk: Desk, now: datetime, limit: int) -> list[Task]:
    """Return a task for each of up to `limit` waiting cases of each queue that somebody could take now."""
    return [task for name in assigning_queues(desk) for task in _of_queue(tx, desk, name, now, limit)]


def _of_queue(tx: Tx, desk: Desk, name: str, now: datetime, limit: int) -> list[Task]:
    queue, teams = desk.rulebook.queues[name], desk.rulebook.teams.values()
    waiting = [(queue, queues.unowned(tx, name, now, limit))]
    waiting += [(within(queue, team), queues.of_team(tx, name, team.key, now, limit)) for team in teams]
    ready = (item for place, items in waiting if items for item in could_be_given(tx, desk, place, items, now))
    return [
        Task(key=str(item.case_id), case_id=item.case_id, do=partial(give, name=name, case_id=item.case_id))
        for item in ready
    ]


def give(tx: Tx, desk: Desk, now: datetime, *, name: str, case_id: int) -> bool:
    """Give a waiting case of a queue to whoever can take it, and return whether somebody could.

    Raises StaleWrite when the case was changed meanwhile.
    """
    case = cases.get(tx, case_id)
    assert case is not None, "an item has a case (foreign key)"
    queue, team = desk.rulebook.queues[name], desk.rulebook.teams.get(case.owner or "")
    outcome = assign(tx, desk, read_case(tx, case), within(queue, team) if team else queue, now)
    if not outcome.events:
        return False
    record(tx, desk, outcome, now)
    return True
