"""Who is told of what: one table from events to mails, each frozen as an outbox row before anything is sent.

    event            to the customer              to agents
    ───────────────  ───────────────────────────  ──────────────────────────────
    CaseOpened       the rule's acknowledgement   agent/new_case
    CustomerWrote    -                            agent/customer_replied
    AgentReplied     customer/replied, customer/article -
    CaseResolved     customer/resolved            -
    CaseMerged       customer/merged, if asked    -
    CaseAssigned     -                            agent/assigned, to the owner
    ActivityAdded    an appointment's invitation  agent/activity, to its owner
    ActivityEnded    an appointment's end         -
    AppointmentA…    -                            agent/activity, to its owner
    ActivityGiven    -                            agent/activity, to its new owner, or the queue
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

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from mailcase.desk import letters, notices_work, post, reading
from mailcase.desk.alerts import told_now
from mailcase.desk.letters import Message
from mailcase.desk.occasion import Occasion, name_of, render, tell, to_agents
from mailcase.desk.participants import of_house, outside
from mailcase.desk.promise import acknowledgement, zone_of
from mailcase.domain.activity import Activity, ActivityKind
from mailcase.domain.decoration import is_decoration
from mailcase.domain.email import Address
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
from mailcase.domain.events_work import (
    ActivityAdded,
    ActivityDue,
    ActivityEnded,
    ActivityGiven,
    AppointmentAnswered,
    CaseMerged,
)
from mailcase.domain.outbox import OutboxMessage
from mailcase.domain.party import canonical_address
from mailcase.mail import letter, letter_parts
from mailcase.mail.draft import AutoSubmitted

MAX_ALSO_TO = 20  # addresses that one notice names
ARTICLE = "customer/article"
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
    offered = tuple(reading.offered(desk.library, article) for article in occasion.offered)
    content = replace(letters.automatic(desk, subject, now), articles=offered)
    rendered = render(occasion, template, content)
    yield post.to_customer(desk, subject, rendered, occasion.cover(template, AutoSubmitted.REPLIED))


def _reply(occasion: Occasion, event: AgentReplied) -> Iterator[OutboxMessage]:
    yield _to_customer(occasion, ARTICLE if occasion.sent else "customer/replied", event.activity)


def _resolved(occasion: Occasion, event: CaseResolved) -> Iterator[OutboxMessage]:
    is_child = occasion.subject.case.parent_id is not None
    if event.is_silent or (is_child and event.activity is None and not occasion.sent):
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
    articles = tuple(reading.whole(desk.library, article) for article in occasion.sent)
    content = replace(letters.to_customer(desk, subject, words, files), articles=articles)
    if template == ARTICLE and reading.is_titles(words.text, occasion.sent):
        content = replace(content, words="")  # they are the articles' own titles: the template has words for that
    rendered = render(occasion, template, content)
    cover = occasion.cover(template, None if words.text else AutoSubmitted.GENERATED)
    return post.to_customer(desk, subject, rendered, cover, activity=stored, attachments=files)


def _merged(occasion: Occasion, event: CaseMerged) -> Iterator[OutboxMessage]:
    if not event.tell:
        return
    content = replace(letters.automatic(occasion.desk, occasion.subject, occasion.now), merged_into=event.into)
    rendered = render(occasion, "customer/merged", content)
    cover = occasion.cover("customer/merged", AutoSubmitted.GENERATED)
    yield post.to_customer(occasion.desk, occasion.subject, rendered, cover)


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
        writer=activity.sender if canonical_address(activity.sender) in occasion.subject.case.cc else "",
        also_to=_also_to(occasion, activity),
    )
    yield from to_agents(occasion, name, event, message)


def _also_to(occasion: Occasion, activity: Activity) -> tuple[str, ...]:
    """Return who outside got a mail of the customer besides us, and takes no part: the agent decides (GUARANTEES G12)."""
    known = (*occasion.subject.case.cc, occasion.subject.contact.address, canonical_address(activity.sender))
    found = outside(map(_address, activity.recipients), known, of_house(occasion.desk))
    return found[:MAX_ALSO_TO]


def _address(address: str) -> Address:
    return Address(address=address)


def _tell_of_assignment(occasion: Occasion, event: CaseAssigned) -> Iterator[OutboxMessage]:
    yield from to_agents(occasion, "assigned", event, Message(actor=name_of(occasion.desk, event.actor)))


def _tell_of_change(name: str) -> "Writer":
    """Return what tells agents that something was done to the case."""

    def write(occasion: Occasion, event: Event) -> Iterator[OutboxMessage]:
        actor = "" if event.actor in ("customer", "system") else name_of(occasion.desk, event.actor)
        words = event.summary[:1].upper() + event.summary[1:]
        yield from to_agents(occasion, name, event, Message(actor=actor, why=words))

    return write


def _tell_of_fields(occasion: Occasion, event: FieldsChanged) -> Iterator[OutboxMessage]:
    if event.is_escalation:
        actor = name_of(occasion.desk, event.actor)
        yield from to_agents(occasion, "escalated", event, Message(actor=actor, why="Escalated"))


def _tell_of_delay(occasion: Occasion, event: DeliveryDelayed) -> Iterator[OutboxMessage]:
    delay = letter_parts.Failure(recipient=event.recipient, response=event.response)
    yield from to_agents(occasion, "delivery_delayed", event, Message(failures=(delay,)))


def _tell_of_failure(occasion: Occasion, event: DeliveryFailed) -> Iterator[OutboxMessage]:
    failure = letter_parts.Failure(recipient=event.recipient, response=event.response)
    yield from to_agents(occasion, "delivery_failed", event, Message(failures=(failure,)))


def _alert(template: str) -> Writer:
    """Return the writer of a notice to everybody who is at work; a timer tells the others when they are."""

    def write(occasion: Occasion, event: ClockWarned | ClockBreached) -> Iterator[OutboxMessage]:
        case, item = occasion.subject.case, occasion.item
        told = told_now(occasion.desk, case, item, event.tell, occasion.now, is_urgent=event.is_urgent)
        yield from tell(occasion, template, told, Message(why=event.summary, clock=(event.kpi, event.due_at)))

    return write


def _tell_all(template: str, breached: str = "") -> Writer:
    """Return the writer of a notice to those whom the event names; `breached` is the template of a broken promise."""

    def write(occasion: Occasion, event: ClockKept | ClockAlerted | EntitlementUsed) -> Iterator[OutboxMessage]:
        is_breach = isinstance(event, ClockAlerted) and event.is_breach
        clock = None if isinstance(event, EntitlementUsed) else (event.kpi, event.due_at)
        message = Message(why=event.summary, clock=clock)
        yield from tell(occasion, breached if is_breach else template, event.tell, message)

    return write


def _remind(occasion: Occasion, event: CustomerReminded) -> Iterator[OutboxMessage]:
    desk, subject, cover = occasion.desk, occasion.subject, occasion.cover("customer/waiting", AutoSubmitted.GENERATED)
    closes_at = event.closes_at.astimezone(zone_of(desk, subject.contact))
    content = replace(letters.automatic(desk, subject, occasion.now), closes_at=closes_at)
    yield post.to_customer(desk, subject, render(occasion, cover.template, content), cover)


NOTICES: tuple[tuple[type[Event], Writer], ...] = (
    (CaseOpened, _acknowledge),
    (CaseOpened, _tell_of_new_case),
    (CustomerWrote, _tell_of_customer),
    (AgentReplied, _reply),
    (CaseResolved, _resolved),
    (CaseMerged, _merged),
    (CaseAssigned, _tell_of_assignment),
    (ActivityAdded, notices_work.tell_of_activity),
    (ActivityAdded, notices_work.invite),
    (ActivityEnded, notices_work.call_off),
    (ActivityGiven, notices_work.tell_of_given),
    (ActivityDue, notices_work.tell_of_due),
    (AppointmentAnswered, notices_work.tell_of_answer),
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
