"""Reminders: when an activity is due its owner is told, once."""

from dataclasses import replace
from datetime import datetime

from mailcase.desk.desk import Desk
from mailcase.desk.outcome import Act, Outcome
from mailcase.desk.record import record
from mailcase.desk.shelf import begin
from mailcase.domain.activity import Activity
from mailcase.domain.events_work import ActivityDue
from mailcase.store import activities, cases
from mailcase.store.tx import Tx


def remind(tx: Tx, desk: Desk, now: datetime, limit: int) -> int:
    """Tell the owners of up to `limit` activities that they are due; return how many were.

    Raises StaleWrite when one of the cases was changed meanwhile.
    """
    due = activities.to_remind(tx, now, limit)
    for case_id in dict.fromkeys(activity.case_id for activity in due):
        case = cases.get(tx, case_id)
        assert case is not None, "an activity has a case (foreign key)"
        outcome = begin(tx, case)
        for activity in due:
            if activity.case_id == case_id:
                outcome = _told(outcome, activity, now)
        record(tx, desk, outcome, now)
    return len(due)


def _told(outcome: Outcome, activity: Activity, now: datetime) -> Outcome:
    act = Act(actor="system", cause=f"reminder of activity {activity.id}", now=now)
    told = replace(activity, remind_at=None)
    return outcome.with_work(told).then(ActivityDue(actor=act.actor, cause=act.cause, activity=told))
