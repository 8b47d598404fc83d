"""Firing clocks: the cases whose clocks are due are recorded anew, which moves their clocks and tells of it."""

from datetime import datetime
from functools import partial

from mailcase.desk.desk import Desk
from mailcase.desk.filing import read_case
from mailcase.desk.record import record
from mailcase.desk.task import Task
from mailcase.store import cases, clocks
from mailcase.store.tx import Tx


def due_clocks(tx: Tx, desk: Desk, now: datetime, limit: int) -> list[Task]:  # noqa: ARG001 - it is a `Find`
    """Return a task for each case of the first `limit` clocks that are due."""
    due = dict.fromkeys(clock.case_id for clock in clocks.due(tx, now, limit))
    return [Task(key=str(case_id), case_id=case_id, do=partial(fire_clocks, case_id=case_id)) for case_id in due]


def fire_clocks(tx: Tx, desk: Desk, now: datetime, *, case_id: int) -> None:
    """Fire the clocks of a case that are due: each warning and breach once, with the actions that the rules name.

    Raises StaleWrite when the case was changed meanwhile.
    """
    case = cases.get(tx, case_id)
    assert case is not None, "a clock has a case (foreign key)"
    record(tx, desk, read_case(tx, case), now)
