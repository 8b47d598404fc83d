"""Who is told of what: one table from events to mails, each frozen as an outbox row before anything is sent.

    event            to the customer              to agents
    ───────────────  ───────────────────────────  ──────────────────────────────
    CaseOpened       the rule's acknowledgement   agent/new_case
    CustomerWrote    -                            agent/customer_replied
    AgentReplied     customer/replied             -
    CaseResolved     customer/resolved            -
    CaseMerged       customer/merged, if asked    -
    CaseAssigned     -                            agent/assigned, to the owner
    ActivityAdded    -                            agent/activity, to its owner
    ActivityDue      -                            agent/activity, to its owner
    ClockWarned      -                            agent/clock_warned
    ClockBreached    -                            agent/clock_breached
    ClockAlerted     -                            agent/clock_warned or agent/clock_breached
    ClockKept        -                            agent/clock_kept
    CustomerReminded customer/waiting             -
    DeliveryDelayed  -                            agent/delivery_delayed
    DeliveryFailed   -                            agent/delivery_failed
    EntitlementUsed  -                            agent/entitlement_used, to the account's owner
    escalated, CaseResolved, CaseCancelled, CaseReactivated: agent/happened, to whom notices.yaml names

notices.yaml says which agents; if it says nothing, the owner, else who picked the case, else the members of its queue.
Nobody is told what they did themselves.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from mailcase.desk import letters, post
from mailcase.desk.addressees import addressees
from mailcase.desk.alerts import told_now
from mailcase.desk.desk import Desk
from mailcase.desk.letters import Message, Subject
from mailcase.desk.promise import acknowledgement, zone_of
from mailcase.domain.activity import Activity, ActivityKind, ActivityState
from mailcase.domain.decoration import is_decoration
from mailcase.domain.email import Attachment
from mailcase.domain.events import (
    AgentReplied,
    CaseAssigned,
    CaseCancelled,
    CaseOpened,
    CaseReactivated,
    CaseResolved,
    ClockBreached,
    ClockWarned,
    CustomerWrote,
    DeliveryDelayed,
    DeliveryFailed,
    Event,
    FieldsChanged,
)
from mailcase.domain.events_promise import ClockAlerted, ClockKept, CustomerReminded, EntitlementUsed
from mailcase.domain.events_work import ActivityAdded, ActivityDue, CaseMerged
from mailcase.domain.outbox import OutboxMessage
from mailcase.domain.party import Agent
from mailcase.domain.queue import QueueItem
from mailcase.domain.work import named
from mailcase.mail import letter
from mailcase.mail.draft import AutoSubmitted
from mailcase.mail.render import Rendered


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """One event that somebody may have to be told of, with all that the mails about it draw on."""

    desk: Desk
    subject: Subject
    item: QueueItem | None
    key: str
    """Unique for the event."""
    stored: Mapping[Activity, Activity]
    """New activities as the events hold them, and as they were stored."""
    files: Mapping[Activity, tuple[Attachment, ...]]
    """Attachments of new activities."""
    repeated: frozenset[str] = frozenset()
    """SHA-256 of pictures among them that came to many cases."""
    now: datetime

    def cover(self, template: str, auto_submitted: AutoSubmitted | None) -> post.Cover:
        """Return what is to be said of a mail about this occasion."""
        return post.Cover(template=template, key=self.key, now=self.now, auto_submitted=auto_submitted)


Writer = Callable[[Occasion, Any], Iterator[OutboxMessage]]  # each takes the event it stands beside


def notices(occasion: Occasion, event: Event) -> Iterator[OutboxMessage]:
    """Yield the mails that tell of `event`."""
    for kind, write in NOTICES:
        if isinstance(event, kind):
            yield from write(occasion, event)


def _acknowledge(occasion: Occasion, event: CaseOpened) -> Iterator[OutboxMessage]:
    if event.template is None:
        return
    desk, subject, now = occasion.desk, occasion.subject, occasion.now
    template = acknowledgement(desk, event.template, subject.case, subject.clocks, now)
    rendered = _render(occasion, template, letters.automatic(desk, subject, now))
    yield post.to_customer(desk, subject, rendered, occasion.cover(template, AutoSubmitted.REPLIED))


def _reply(occasion: Occasion, event: AgentReplied) -> Iterator[OutboxMessage]:
    yield _to_customer(occasion, "customer/replied", event.activity)


def _resolved(occasion: Occasion, event: CaseResolved) -> Iterator[OutboxMessage]:
    is_child = occasion.subject.case.parent_id is not None
    if event.is_silent or (is_child and event.activity is None):
        return  # the customer never heard of a child: only words for the customer go out
    yield _to_customer(occasion, "customer/resolved", event.activity, actor=event.actor)


def _to_customer(
    occasion: Occasion, template: str, activity: Activity | None, *, actor: str = "system"
) -> OutboxMessage:
    """Return a mail with an agent's words, or, without any, one that the desk writes for the agent."""
    desk, subject = occasion.desk, occasion.subject
    stored = occasion.stored[activity] if activity else None
    files = occasion.files.get(activity, ()) if activity else ()
    words = stored or Activity(kind=ActivityKind.EMAIL_OUT, created_at=occasion.now, created_by=actor)
    rendered = _render(occasion, template, letters.to_customer(desk, subject, words, files))
    cover = occasion.cover(template, None if words.text else AutoSubmitted.GENERATED)
    return post.to_customer(desk, subject, rendered, cover, activity=stored, attachments=files)


def _merged(occasion: Occasion, event: CaseMerged) -> Iterator[OutboxMessage]:
    if not event.tell:
        return
    content = replace(letters.automatic(occasion.desk, occasion.subject, occasion.now), merged_into=event.into)
    rendered = _render(occasion, "customer/merged", content)
    cover = occasion.cover("customer/merged", AutoSubmitted.GENERATED)
    yield post.to_customer(occasion.desk, occasion.subject, rendered, cover)


def _tell_of_activity(occasion: Occasion, event: ActivityAdded) -> Iterator[OutboxMessage]:
    if event.activity.state is ActivityState.OPEN and event.activity.owner != event.actor:
        why = f"{_name(occasion.desk, event.actor)} gave you a {_described(occasion.desk, event.activity)}"
        yield from _tell_owner(occasion, event.activity, why)


def _tell_of_due(occasion: Occasion, event: ActivityDue) -> Iterator[OutboxMessage]:
    yield from _tell_owner(occasion, event.activity, f"To be done: {_described(occasion.desk, event.activity)}")


def _tell_owner(occasion: Occasion, activity: Activity, why: str) -> Iterator[OutboxMessage]:
    """Yield a mail to the owner of an activity, or else to those who are told of the case."""
    owner = occasion.desk.rulebook.agents.get(activity.owner or "")
    whom = owner.key if owner is not None and owner.is_active else "responsible"
    yield from _tell(occasion, "agent/activity", (whom,), Message(why=why, words=activity.text))


def _described(desk: Desk, activity: Activity) -> str:
    due = f", due {desk.local(activity.due_at):%a %d %b, %H:%M}" if activity.due_at else ""
    return f"{named(activity)}{due}"


def _tell_of_new_case(occasion: Occasion, event: CaseOpened) -> Iterator[OutboxMessage]:
    yield from _tell_of_mail(occasion, "new_case", event, event.activity)


def _tell_of_customer(occasion: Occasion, event: CustomerWrote) -> Iterator[OutboxMessage]:
    yield from _tell_of_mail(occasion, "customer_replied", event, event.activity)


def _tell_of_mail(occasion: Occasion, name: str, event: Event, activity: Activity) -> Iterator[OutboxMessage]:
    files = occasion.files.get(activity, ())
    shown = [file for file in files if not is_decoration(file, occasion.repeated)]
    message = Message(
        words=activity.text,
        is_customer=True,
        attachments=tuple(letter.File(name=file.name, size=file.size) for file in shown),
        signature_images=len(files) - len(shown),
        newest=occasion.stored[activity],
    )
    yield from _to_agents(occasion, name, event, message)


def _tell_of_assignment(occasion: Occasion, event: CaseAssigned) -> Iterator[OutboxMessage]:
    yield from _to_agents(occasion, "assigned", event, Message(actor=_name(occasion.desk, event.actor)))


def _tell_of_change(name: str) -> "Writer":
    """Return what tells agents that something was done to the case."""

    def write(occasion: Occasion, event: Event) -> Iterator[OutboxMessage]:
        actor = "" if event.actor in ("customer", "system") else _name(occasion.desk, event.actor)
        words = event.summary[:1].upper() + event.summary[1:]
        yield from _to_agents(occasion, name, event, Message(actor=actor, why=words))

    return write


def _tell_of_fields(occasion: Occasion, event: FieldsChanged) -> Iterator[OutboxMessage]:
    if event.is_escalation:
        actor = _name(occasion.desk, event.actor)
        yield from _to_agents(occasion, "escalated", event, Message(actor=actor, why="Escalated"))


def _tell_of_delay(occasion: Occasion, event: DeliveryDelayed) -> Iterator[OutboxMessage]:
    delay = letter.Failure(recipient=event.recipient, response=event.response)
    yield from _to_agents(occasion, "delivery_delayed", event, Message(failures=(delay,)))


def _tell_of_failure(occasion: Occasion, event: DeliveryFailed) -> Iterator[OutboxMessage]:
    failure = letter.Failure(recipient=event.recipient, response=event.response)
    yield from _to_agents(occasion, "delivery_failed", event, Message(failures=(failure,)))


def _alert(template: str) -> Writer:
    """Return the writer of a notice to everybody who is at work; a timer tells the others when they are."""

    def write(occasion: Occasion, event: ClockWarned | ClockBreached) -> Iterator[OutboxMessage]:
        case, item = occasion.subject.case, occasion.item
        told = told_now(occasion.desk, case, item, event.tell, occasion.now, is_urgent=event.is_urgent)
        yield from _tell(occasion, template, told, Message(why=event.summary))

    return write


def _tell_all(template: str, breached: str = "") -> Writer:
    """Return the writer of a notice to those whom the event names; `breached` is the template of a broken promise."""

    def write(occasion: Occasion, event: ClockKept | ClockAlerted | EntitlementUsed) -> Iterator[OutboxMessage]:
        is_breach = isinstance(event, ClockAlerted) and event.is_breach
        yield from _tell(occasion, breached if is_breach else template, event.tell, Message(why=event.summary))

    return write


def _remind(occasion: Occasion, event: CustomerReminded) -> Iterator[OutboxMessage]:
    desk, subject, cover = occasion.desk, occasion.subject, occasion.cover("customer/waiting", AutoSubmitted.GENERATED)
    closes_at = event.closes_at.astimezone(zone_of(desk, subject.contact))
    content = replace(letters.automatic(desk, subject, occasion.now), closes_at=closes_at)
    yield post.to_customer(desk, subject, _render(occasion, cover.template, content), cover)


def _tell(
    occasion: Occasion, template: str, whom: tuple[str, ...], message: Message, actor: str = ""
) -> Iterator[OutboxMessage]:
    """Yield a mail to everybody whom the words `whom` mean, but not to `actor`."""
    for agent in addressees(occasion.desk, occasion.subject.case, occasion.item, whom):
        if agent.key != actor:
            yield to_agent(occasion, template, agent, message)


def _to_agents(occasion: Occasion, name: str, event: Event, message: Message) -> Iterator[OutboxMessage]:
    """Yield the notice `name` to those whom notices.yaml has told of it, without the one who caused it."""
    notice = occasion.desk.rulebook.notices[name]
    yield from _tell(occasion, notice.template, notice.to, message, event.actor)


def to_agent(
    occasion: Occasion, template: str, agent: Agent, message: Message, in_reply_to: str | None = None
) -> OutboxMessage:
    """Return one mail to one agent about the case of `occasion`."""
    desk, subject = occasion.desk, occasion.subject
    rendered = _render(occasion, template, letters.to_agent(desk, subject, agent, message, occasion.now))
    cover = replace(occasion.cover(template, AutoSubmitted.GENERATED), in_reply_to=in_reply_to)
    return post.to_agent(desk, subject, subject.mailbox, agent, rendered, cover)


def _render(occasion: Occasion, template: str, content: letter.Letter) -> Rendered:
    case = occasion.subject.case
    return occasion.desk.templates.render(
        template, content, language=content.language, mailbox=case.mailbox, queue=case.queue or ""
    )


def _name(desk: Desk, key: str) -> str:
    agent = desk.rulebook.agents.get(key)
    return agent.name if agent else key


NOTICES: tuple[tuple[type[Event], Writer], ...] = (
    (CaseOpened, _acknowledge),
    (CaseOpened, _tell_of_new_case),
    (CustomerWrote, _tell_of_customer),
    (AgentReplied, _reply),
    (CaseResolved, _resolved),
    (CaseMerged, _merged),
    (CaseAssigned, _tell_of_assignment),
    (ActivityAdded, _tell_of_activity),
    (ActivityDue, _tell_of_due),
    (ClockWarned, _alert("agent/clock_warned")),
    (ClockBreached, _alert("agent/clock_breached")),
    (ClockKept, _tell_all("agent/clock_kept")),
    (ClockAlerted, _tell_all("agent/clock_warned", "agent/clock_breached")),
    (CustomerReminded, _remind),
    (DeliveryDelayed, _tell_of_delay),
    (DeliveryFailed, _tell_of_failure),
    (FieldsChanged, _tell_of_fields),
    (CaseResolved, _tell_of_change("resolved")),
    (CaseCancelled, _tell_of_change("cancelled")),
    (CaseReactivated, _tell_of_change("reactivated")),
    (EntitlementUsed, _tell_all("agent/entitlement_used")),
)
