"""Firing clocks: the cases whose clocks are due are recorded anew, which moves their clocks and tells of it."""

from datetime import datetime

from mailcase.desk.desk import Desk
from mailcase.desk.filing import read_case
from mailcase.desk.record import record
from mailcase.store import cases, clocks
from mailcase.store.tx import Tx


def fire_due(tx: Tx, desk: Desk, now: datetime, limit: int) -> int:
    """Fire up to `limit` clocks that are due: each warning and breach once, with the actions that the rules name.

    Returns how many clocks were due. Raises StaleWrite when one of the cases was changed meanwhile.
    """
    due = clocks.due(tx, now, limit)
    for case_id in dict.fromkeys(clock.case_id for clock in due):
        case = cases.get(tx, case_id)
        assert case is not None, "a clock has a case (foreign key)"
        record(tx, desk, read_case(tx, case), now)
    return len(due)
