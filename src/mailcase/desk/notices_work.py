"""Who is told of activities: their owners of what they are given and of what is due, the customer of an appointment."""

from collections.abc import Iterator
from dataclasses import replace

from mailcase.desk import letters, post
from mailcase.desk.desk import Desk
from mailcase.desk.letters import Message
from mailcase.desk.occasion import Occasion, name_of, render, tell
from mailcase.desk.rights import sees
from mailcase.domain.activity import Activity, ActivityKind, ActivityState
from mailcase.domain.events_work import ActivityAdded, ActivityDue, ActivityEnded, ActivityGiven, AppointmentAnswered
from mailcase.domain.outbox import OutboxMessage
from mailcase.domain.work import named
from mailcase.mail.invitation import words_of


def tell_of_activity(occasion: Occasion, event: ActivityAdded) -> Iterator[OutboxMessage]:
    """Tell the owner of what somebody else gave them to do."""
    if event.activity.state is ActivityState.OPEN and event.activity.owner != event.actor:
        why = f"{name_of(occasion.desk, event.actor)} gave you a {_described(occasion.desk, event.activity)}"
        yield from _tell_owner(occasion, event.activity, why)


def tell_of_given(occasion: Occasion, event: ActivityGiven) -> Iterator[OutboxMessage]:
    """Tell the new owner of an activity, or the members of the queue that it waits in."""
    activity, queue = event.activity, occasion.desk.rulebook.queues.get(event.activity.queue or "")
    giver, what = name_of(occasion.desk, event.actor), _described(occasion.desk, activity)
    if queue is not None:
        message = Message(why=f"{giver} put into the queue {queue.title}: {what}", words=activity.text)
        yield from tell(occasion, "agent/activity", queue.members, message, event.actor)
    elif activity.owner != event.actor:
        yield from _tell_owner(occasion, activity, f"{giver} gave you a {what}")


def tell_of_due(occasion: Occasion, event: ActivityDue) -> Iterator[OutboxMessage]:
    """Remind the owner of what is due."""
    yield from _tell_owner(occasion, event.activity, f"To be done: {_described(occasion.desk, event.activity)}")


def _tell_owner(occasion: Occasion, activity: Activity, why: str) -> Iterator[OutboxMessage]:
    """Yield a mail to the owner of an activity, or else to its queue, or to those who are told of the case."""
    owner = occasion.desk.rulebook.agents.get(activity.owner or "")
    rules, case = occasion.desk.rulebook, occasion.subject.case
    is_there = owner is not None and owner.is_active and sees(rules, owner, case)
    queue = rules.queues.get(activity.queue or "")
    others = queue.members if queue else ("responsible",)
    whom = (owner.key,) if owner is not None and is_there else others
    yield from tell(occasion, "agent/activity", whom, Message(why=why, words=activity.text))


def _described(desk: Desk, activity: Activity) -> str:
    due = f", due {desk.local(activity.due_at):%a %d %b, %H:%M}" if activity.due_at else ""
    return f"{named(activity)}{due}"


def tell_of_answer(occasion: Occasion, event: AppointmentAnswered) -> Iterator[OutboxMessage]:
    """Tell the owner of an appointment what the customer says to it."""
    why = f"The customer {event.activity.response} your {_described(occasion.desk, event.activity)}"
    yield from _tell_owner(occasion, event.activity, why)


def invite(occasion: Occasion, event: ActivityAdded) -> Iterator[OutboxMessage]:
    """Send the customer the invitation to an appointment."""
    activity = occasion.stored.get(event.activity)
    if activity is not None and _is_open_appointment(activity):
        yield _invitation(occasion, activity, is_cancelled=False)


def call_off(occasion: Occasion, event: ActivityEnded) -> Iterator[OutboxMessage]:
    """Take the invitation to an appointment back that has not begun."""
    activity = event.activity
    is_sent = activity.kind is ActivityKind.APPOINTMENT and activity.message_id is not None
    is_ahead = activity.due_at is not None and activity.due_at > occasion.now
    if activity.state is ActivityState.CANCELLED and is_sent and is_ahead:
        yield _invitation(occasion, activity, is_cancelled=True)


def _is_open_appointment(activity: Activity) -> bool:
    return activity.kind is ActivityKind.APPOINTMENT and activity.state is ActivityState.OPEN


def _invitation(occasion: Occasion, activity: Activity, *, is_cancelled: bool) -> OutboxMessage:
    desk, subject = occasion.desk, occasion.subject
    meeting = post.Meeting(activity=activity, is_cancelled=is_cancelled)
    words = words_of(
        activity.text,
        meeting.start_in(desk.zone),
        meeting.minutes,
        letters.language_of(subject),
        is_cancelled=is_cancelled,
    )
    rendered = render(
        occasion, "customer/replied", letters.to_customer(desk, subject, replace(activity, text=words), ())
    )
    cover = occasion.cover("customer/replied", None)
    return post.to_customer(desk, subject, rendered, cover, activity=activity, meeting=meeting)
