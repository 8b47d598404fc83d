"""What is done, and to be done, on a case besides mail: tasks, calls, letters, time, and how each of them ends.

Each verb takes an Outcome and returns the next, or raises Refused, as those of `desk.cases` do.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from mailcase.desk.outcome import Act, NewActivity, Outcome
from mailcase.domain import lifecycle
from mailcase.domain.activity import Activity, ActivityKind, ActivityState
from mailcase.domain.email import Attachment
from mailcase.domain.events_work import ActivityAdded, ActivityDeleted, ActivityEnded, ActivityGiven
from mailcase.domain.work import NAMES, TO_DO, find_open, named
from mailcase.errors import Refused

DELETABLE = TO_DO | {ActivityKind.NOTE}
REMIND_BEFORE = timedelta(minutes=15)  # of an appointment


@dataclass(frozen=True, slots=True, kw_only=True)
class Time:
    """Time that something took, in minutes."""

    minutes: int
    billable_minutes: int | None = None
    """None for all of it."""


def plan(
    outcome: Outcome,
    kind: ActivityKind,
    text: str,
    act: Act,
    *,
    due_at: datetime | None = None,
    owner: str | None = None,
) -> Outcome:
    """Put something on the list of what is to be done on an active case; its owner is reminded when it is due."""
    lifecycle.require_active(outcome.case)
    if not text.strip():
        raise Refused("say what is to be done.")
    activity = Activity(
        kind=kind,
        state=ActivityState.OPEN,
        text=text.strip(),
        owner=owner or act.actor,
        due_at=due_at,
        remind_at=due_at,
        created_at=act.now,
        created_by=act.actor,
    )
    return _add(outcome, activity, act)


def meet(outcome: Outcome, text: str, start: datetime, minutes: int, act: Act) -> Outcome:
    """Make an appointment with the customer, who gets an invitation; its owner is reminded shortly before it begins."""
    lifecycle.require_active(outcome.case)
    if not text.strip():
        raise Refused("say what the appointment is about; the customer reads it.")
    activity = Activity(
        kind=ActivityKind.APPOINTMENT,
        state=ActivityState.OPEN,
        text=text.strip(),
        owner=act.actor,
        due_at=start,
        duration_minutes=minutes,
        remind_at=max(start - REMIND_BEFORE, act.now),
        created_at=act.now,
        created_by=act.actor,
    )
    return _add(outcome, activity, act)


def log(
    outcome: Outcome,
    kind: ActivityKind,
    text: str,
    time: Time | None,
    act: Act,
    files: tuple[Attachment, ...] = (),
) -> Outcome:
    """Write down what was done, with the time that it took."""
    activity = Activity(
        kind=kind,
        text=text.strip(),
        owner=act.actor,
        duration_minutes=time.minutes if time else None,
        billable_minutes=time.billable_minutes if time else None,
        created_at=act.now,
        created_by=act.actor,
    )
    _check_time(activity)
    return _add(outcome, activity, act, files)


def complete(outcome: Outcome, words: str, time: Time | None, act: Act) -> Outcome:
    """Complete the open activity that `words` mean, with the time that it took."""
    found = find_open(words, outcome.open_work)
    took = found.duration_minutes if time is None else time.minutes
    charged = found.billable_minutes if time is None else time.billable_minutes
    ended = replace(
        found,
        state=ActivityState.COMPLETED,
        owner=found.owner or act.actor,
        queue=None,
        duration_minutes=took,
        billable_minutes=charged,
        remind_at=None,
    )
    _check_time(ended)
    return end(outcome, found, ended, act)


def give(outcome: Outcome, words: str, owner: str | None, queue: str | None, act: Act) -> Outcome:
    """Give the open activity that `words` mean to another owner, or into a queue for somebody to take; one of the two."""
    found = find_open(words, outcome.open_work)
    if (found.owner, found.queue) == (owner, queue):
        raise Refused(
            f"{named(found)} is {'that of ' + str(owner) if owner else 'in the queue ' + str(queue)} already."
        )
    given = replace(found, owner=owner, queue=queue, remind_at=found.remind_at or _reminder(found, act))
    event = ActivityGiven(actor=act.actor, cause=act.cause, activity=given, to=owner or f"queue {queue}")
    return _changed(outcome, found, given).then(event)


def _reminder(activity: Activity, act: Act) -> datetime | None:
    """Return when a new owner is reminded: those who had it before may have been told already."""
    return activity.due_at if activity.due_at and activity.due_at > act.now else None


def remove(outcome: Outcome, words: str, act: Act) -> tuple[Outcome, Activity]:
    """Delete the activity with this number: no mail, and nothing that the customer was told of. Return it too."""
    lifecycle.require_active(outcome.case)
    number = words.strip().lstrip("#")
    stored = {str(one.id): one for one in outcome.work}
    found = stored.get(number)
    if found is None:
        known = "; ".join(named(one) for one in outcome.work if one.kind in DELETABLE) or "none"
        raise Refused(f"{words.strip()!r} is no number of an activity that can be deleted; there are: {known}.")
    if found.kind not in DELETABLE or found.inbox_id is not None or found.message_id is not None:
        raise Refused(f"{named(found)} is mail, or came or went by mail; it stays. `mailcase forget` erases a person.")
    kept = [(old, new) for old, new in zip(outcome.work_before, outcome.work, strict=True) if new.id != found.id]
    event = ActivityDeleted(actor=act.actor, cause=act.cause, what=f"{NAMES[found.kind]} {found.id}")
    rest = replace(
        outcome,
        work_before=tuple(old for old, _ in kept),
        work=tuple(new for _, new in kept),
        removed=(*outcome.removed, found.id),
    )
    return rest.then(event), found


def drop(outcome: Outcome, words: str, act: Act) -> Outcome:
    """Cancel the open activity that `words` mean, or all that are open if they are `all`."""
    if words.strip().casefold() in ALL:
        return drop_all(outcome, act)
    return _drop(outcome, find_open(words, outcome.open_work), act)


def drop_all(outcome: Outcome, act: Act) -> Outcome:
    """Cancel everything that is open."""
    for activity in outcome.open_work:
        outcome = _drop(outcome, activity, act)
    return outcome


def require_none_open(outcome: Outcome) -> None:
    """Raise Refused, naming them, while activities are open."""
    there = outcome.open_work
    if there:
        names = "; ".join(map(named, there[:5]))
        more = f" and {len(there) - 5} more" if len(there) > 5 else ""
        raise Refused(
            f"{outcome.case.number} has open activities: {names}{more}; end them with #done, or put #drop all before it."
        )


def end(outcome: Outcome, before: Activity, after: Activity, act: Act) -> Outcome:
    """Give an activity, stored or new, its end."""
    return _changed(outcome, before, after).then(ActivityEnded(actor=act.actor, cause=act.cause, activity=after))


def _changed(outcome: Outcome, before: Activity, after: Activity) -> Outcome:
    """Return the outcome with an activity, stored or new, as `after` says."""
    if before.id:
        return outcome.with_work(after)
    made = next(new for new in outcome.activities if new.activity is before)
    return outcome.instead_of(before, replace(made, activity=after))


def _drop(outcome: Outcome, activity: Activity, act: Act) -> Outcome:
    return end(outcome, activity, replace(activity, state=ActivityState.CANCELLED, remind_at=None), act)


def _add(outcome: Outcome, activity: Activity, act: Act, files: tuple[Attachment, ...] = ()) -> Outcome:
    event = ActivityAdded(actor=act.actor, cause=act.cause, activity=activity)
    return outcome.then(event, activity=NewActivity(activity=activity, attachments=files))


def _check_time(activity: Activity) -> None:
    if (activity.billable_minutes or 0) > (activity.duration_minutes or 0):
        raise Refused(
            f"{activity.billable_minutes} min are more than the {activity.duration_minutes or 0} min that it took; "
            "no more can be billed than was spent."
        )


ALL = frozenset({"all", "alle", "alles", "tout", "toutes", "todo", "todas"})
