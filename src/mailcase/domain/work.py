"""Time and things to do: what is open on a case, how much was spent on it, and which activity somebody means."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from mailcase.domain.activity import Activity, ActivityKind, ActivityState
from mailcase.errors import Refused

TO_DO = frozenset({ActivityKind.TASK, ActivityKind.PHONE_CALL, ActivityKind.APPOINTMENT, ActivityKind.LETTER})
NAMES = {
    ActivityKind.TASK: "task",
    ActivityKind.PHONE_CALL: "phone call",
    ActivityKind.APPOINTMENT: "appointment",
    ActivityKind.LETTER: "letter",
    ActivityKind.NOTE: "note",
    ActivityKind.EMAIL_IN: "mail",
    ActivityKind.EMAIL_OUT: "mail",
    ActivityKind.DRAFT: "draft",
}
QUOTES = "\"'“”„«»‘’"
"""May stand around the words of an activity, or not, where it is named again."""
MAX_NAMED = 60  # characters of an activity's words where it is named


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """Time spent on a case, in minutes."""

    minutes: int = 0
    billable_minutes: int = 0


def spent(activities: Iterable[Activity]) -> Spent:
    """Add up the time of `activities` that are completed; what is open or cancelled took none."""
    done = [one for one in activities if one.state is ActivityState.COMPLETED and one.duration_minutes is not None]
    return Spent(minutes=sum(one.duration_minutes or 0 for one in done), billable_minutes=sum(map(billable, done)))


def billable(activity: Activity) -> int:
    """Return the minutes of one activity that are charged: all that it took, unless somebody said otherwise."""
    charged = activity.billable_minutes
    return (activity.duration_minutes or 0) if charged is None else charged


def open_ones(activities: Iterable[Activity]) -> tuple[Activity, ...]:
    """Return those of `activities` that are still to be done."""
    return tuple(activity for activity in activities if activity.state is ActivityState.OPEN)


def named(activity: Activity) -> str:
    """Return how an activity is called where it is only mentioned, such as `task 12 (call the warehouse)`."""
    words = " ".join((activity.subject or activity.text).split())
    shown = words if len(words) <= MAX_NAMED else f"{words[: MAX_NAMED - 1]}…"
    number = f" {activity.id}" if activity.id else ""
    return f"{NAMES[activity.kind]}{number} ({shown})" if shown else f"{NAMES[activity.kind]}{number}"


def find_open(words: str, activities: Sequence[Activity]) -> Activity:
    """Return the open activity that `words` mean: its number, the beginning of its words, or nothing if it is the only one.

    Raises Refused with those there are.
    """
    there = open_ones(activities)
    wanted = words.strip().lstrip("#").strip(QUOTES).casefold()
    if wanted.isascii() and wanted.isdigit():
        found = [one for one in there if one.id == int(wanted)]
    else:
        found = [one for one in there if (one.subject or one.text).strip().lstrip(QUOTES).casefold().startswith(wanted)]
    if len(found) != 1:
        known = "; ".join(map(named, there)) or "none"
        raise Refused(f"{words.strip() or 'this'!r} names no single open activity; open are: {known}.")
    return found[0]
