"""Reminders: when an activity is due its owner is told, once."""

from dataclasses import replace
from datetime import datetime
from functools import partial

from mailcase.desk.desk import Desk
from mailcase.desk.outcome import Act, Outcome
from mailcase.desk.record import record
from mailcase.desk.shelf import begin
from mailcase.desk.task import Task
from mailcase.domain.activity import Activity
from mailcase.domain.events_work import ActivityDue
from mailcase.store import activities, cases
from mailcase.store.tx import Tx


def due_reminders(tx: Tx, desk: Desk, now: datetime, limit: int) -> list[Task]:  # noqa: ARG001 - it is a `Find`
    """Return a task for each of up to `limit` activities that are due."""
    due = activities.to_remind(tx, now, limit)
    return [
        Task(key=str(activity.id), case_id=activity.case_id, do=partial(remind, activity=activity)) for activity in due
    ]


def remind(tx: Tx, desk: Desk, now: datetime, *, activity: Activity) -> None:
    """Tell the owner of an activity that it is due. Raises StaleWrite when its case was changed meanwhile."""
    case = cases.get(tx, activity.case_id)
    assert case is not None, "an activity has a case (foreign key)"
    record(tx, desk, _told(begin(tx, case), activity, now), now)


def _told(outcome: Outcome, activity: Activity, now: datetime) -> Outcome:
    act = Act(actor="system", cause=f"reminder of activity {activity.id}", now=now)
    told = replace(activity, remind_at=None)
    return outcome.with_work(told).then(ActivityDue(actor=act.actor, cause=act.cause, activity=told))
