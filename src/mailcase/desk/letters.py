"""Turning what the desk knows into what a template may see."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from mailcase.desk import answers, promise, reading
from mailcase.desk.context import account_of
from mailcase.desk.desk import Desk
from mailcase.desk.entitlements import entitlement_of
from mailcase.desk.other_cases import latest, listed
from mailcase.domain.activity import INTERNAL_KINDS, Activity, ActivityKind
from mailcase.domain.article import Article
from mailcase.domain.case import Case
from mailcase.domain.decision import Context
from mailcase.domain.email import Attachment
from mailcase.domain.mailbox import Mailbox
from mailcase.domain.party import Account, Agent, Contact
from mailcase.domain.sla_clock import Clock, ClockState
from mailcase.mail import letter, letter_parts
from mailcase.mail.letter_parts import HeldDraft, Picture
from mailcase.rules.flows import standing_of
from mailcase.store import activities, cases, contacts
from mailcase.store.tx import Tx

MAX_HISTORY = 500  # of the longest letter, the answer to #show
HISTORY = 5  # messages shown below the newest; #show sends all
MAX_EARLIER = 1000  # cases of a customer that are counted; as many stand for more
OPEN_CLOCKS = frozenset({ClockState.IN_PROGRESS, ClockState.PAUSED, ClockState.NEARING, ClockState.BREACHED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """Everything that letters about one case draw on, read once for all of them."""

    case: Case
    contact: Contact
    account: Account | None
    mailbox: Mailbox
    history: tuple[Activity, ...]
    """Newest first."""
    clocks: tuple[Clock, ...]
    earlier_cases: int
    latest: tuple[Case, ...] = ()
    """The last of the customer's other cases, newest first."""
    similar: tuple[Case, ...] = ()
    """Open cases of the customer that a new one may be a second report of."""
    entitlement: str = ""
    """What is left of the one that it is worked under, in words."""
    articles: tuple[Article, ...] = ()
    """That may help with a new case."""


def read_people(tx: Tx, desk: Desk, case: Case) -> Context:
    """Read who stands behind `case`."""
    contact = contacts.get(tx, case.contact_id)
    assert contact is not None, "a case has a contact (foreign key)"
    account = account_of(tx, contact, contact.address)
    return Context(
        mailbox=desk.mailboxes.get(case.mailbox) or desk.mailbox_of(case),
        contact=contact,
        account=account,
        case=case,
        entitlements=entitlement_of(tx, case),
    )


def read_subject(tx: Tx, desk: Desk, people: Context, clocks: tuple[Clock, ...]) -> Subject:
    """Read what else letters about a case need."""
    case, contact = people.case, people.contact
    assert case is not None, "`read_people` fills both"
    assert contact is not None
    earlier = cases.count_of_contact(tx, contact.id, MAX_EARLIER + 1) - 1
    return Subject(
        case=case,
        contact=contact,
        account=people.account,
        mailbox=desk.mailbox_of(case),
        history=tuple(activities.newest(tx, case.id, MAX_HISTORY)),
        clocks=clocks,
        earlier_cases=earlier,
        latest=latest(tx, case) if earlier else (),
        entitlement=", ".join(str(standing) for standing in people.entitlements),
    )


def automatic(desk: Desk, subject: Subject, now: datetime) -> letter.AutomaticLetter:
    """Return what the desk tells the customer by itself."""
    reopens_at = promise.reopens_at(desk, subject.case, subject.clocks, now)
    return letter.AutomaticLetter(
        desk=desk.name,
        mailbox=_mailbox(desk, subject.mailbox),
        case=_reference(desk, subject),
        language=language_of(subject),
        reopens_at=reopens_at.astimezone(promise.zone_of(desk, subject.contact)) if reopens_at else None,
    )


def without_case(desk: Desk, mailbox: Mailbox, language: str) -> letter.AutomaticLetter:
    """Return what the desk tells the sender of a mail that opens no case."""
    return letter.AutomaticLetter(desk=desk.name, mailbox=_mailbox(desk, mailbox), case=None, language=language)


def to_customer(
    desk: Desk, subject: Subject, activity: Activity, attachments: Sequence[Attachment]
) -> letter.CustomerLetter:
    """Return what carries an agent's words to the customer."""
    agent = desk.rulebook.agents.get(activity.created_by)
    return letter.CustomerLetter(
        desk=desk.name,
        mailbox=_mailbox(desk, subject.mailbox),
        case=_reference(desk, subject),
        language=language_of(subject),
        customer=letter.Person(name=subject.contact.name, address=subject.contact.address),
        agent=agent.name if agent else None,
        subject=subject.case.title,
        words=activity.text,
        attachments=tuple(letter.File(name=file.name, size=file.size) for file in attachments if not file.is_inline),
        pictures=tuple(Picture(name=file.name, id=file.content_id) for file in attachments if file.is_inline),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What is new in a letter to an agent."""

    actor: str = ""
    why: str = ""
    words: str = ""
    is_customer: bool = False
    attachments: tuple[letter.File, ...] = ()
    signature_images: int = 0
    """How many pictures came with it that are not listed."""
    writer: str = ""
    """Who wrote them, when it is not the customer."""
    newest: Activity | None = None
    """The activity that `words` are of: it is not told twice."""
    draft: HeldDraft | None = None
    also_to: tuple[str, ...] = ()
    transcript: tuple[letter.TranscriptLine, ...] = ()
    failures: tuple[letter_parts.Failure, ...] = ()
    clock: tuple[str, datetime] | None = None
    """KPI and due time of the clock that it tells of."""
    has_whole_history: bool = False


def to_agent(desk: Desk, subject: Subject | None, agent: Agent, message: Message, now: datetime) -> letter.AgentLetter:
    """Return what tells `agent` about a case, or about a mail that names none."""
    mailbox = subject.mailbox if subject else next(iter(desk.mailboxes.values()))
    return letter.AgentLetter(
        desk=desk.name,
        mailbox=_mailbox(desk, mailbox),
        case=facts(desk, subject.case, subject.history) if subject else None,
        customer=_customer(desk, subject, agent) if subject else None,
        agent=agent.name,
        language=agent.language,
        actor=message.actor,
        why=message.why,
        words=message.words,
        words_by_customer=message.is_customer,
        writer=message.writer,
        attachments=message.attachments,
        signature_images=message.signature_images,
        history=_history(desk, subject, message) if subject else (),
        clocks=tuple(_face(desk, clock, now) for clock in _shown(subject, message)) if subject else (),
        warnings=_warnings(subject.case) if subject else (),
        similar=listed(desk, subject.similar, agent) if subject else (),
        draft=message.draft,
        copied=subject.case.cc if subject else (),
        also_to=message.also_to,
        answers_to=_answers_to(subject) if subject else "",
        articles=tuple(reading.told(article) for article in subject.articles) if subject else (),
        transcript=message.transcript,
        failures=message.failures,
    )


def _answers_to(subject: Subject) -> str:
    """Return where answers go, if that is not where the customer wrote from."""
    address = answers.address(subject.contact, subject.history)
    return address if address != subject.contact.address else ""


def language_of(subject: Subject) -> str:
    """Return the language to write to the customer in: as the case's mail, as known of them, or as the mailbox."""
    return _language(subject.case, subject.contact, subject.mailbox)


def language_for(people: Context, mailbox: Mailbox) -> str:
    """Return the same before all is read that letters draw on; `mailbox` is the one that they come from."""
    assert people.case is not None, "`read_people` fills both"
    assert people.contact is not None
    return _language(people.case, people.contact, mailbox)


def _language(case: Case, contact: Contact, mailbox: Mailbox) -> str:
    return case.language or contact.language or mailbox.language


def facts(desk: Desk, case: Case, activities: Sequence[Activity] = ()) -> letter.CaseFacts:
    """Return a case as people of the desk see it; `activities` tell what of its stage is not done."""
    queue = desk.rulebook.queues.get(case.queue or "")
    standing = standing_of(case, desk.rulebook, tuple(activities))
    return letter.CaseFacts(
        number=case.number,
        title=case.title,
        status=case.status.title(),
        status_reason=desk.rulebook.status_reasons[case.status_reason].title,
        priority=case.priority,
        created_at=desk.local(case.created_at),
        queue=queue.title if queue else case.queue or "",
        owner=desk.rulebook.owner_name(case.owner or ""),
        subject=case.subject,
        product=case.product,
        case_type=case.case_type or "",
        tags=case.tags,
        is_escalated=case.is_escalated,
        flow=standing.flow,
        stage=standing.stage,
        missing=standing.missing,
        is_unverified=case.is_unverified,
    )


def _mailbox(desk: Desk, mailbox: Mailbox) -> letter.Person:
    return letter.Person(name=mailbox.display_name or desk.name, address=mailbox.address)


def _reference(desk: Desk, subject: Subject) -> letter.CaseReference:
    zone, due_at = promise.zone_of(desk, subject.contact), promise.promised(subject.clocks)
    return letter.CaseReference(
        number=subject.case.number,
        created_at=subject.case.created_at.astimezone(zone),
        promise=due_at.astimezone(zone) if due_at else None,
    )


def _customer(desk: Desk, subject: Subject, agent: Agent) -> letter.Customer:
    return letter.Customer(
        name=subject.contact.name,
        address=subject.contact.address,
        account=subject.account.name if subject.account else "",
        earlier_cases=subject.earlier_cases,
        latest=listed(desk, subject.latest, agent),
        entitlement=subject.entitlement,
    )


def _history(desk: Desk, subject: Subject, message: Message) -> tuple[letter.Message, ...]:
    told = [activity for activity in subject.history if activity.text and activity != message.newest]
    if not message.has_whole_history:
        told = [activity for activity in told if activity.kind is not ActivityKind.DRAFT]
    return tuple(
        letter.Message(
            at=desk.local(activity.created_at),
            author=_author(desk, subject, activity),
            text=activity.text,
            is_customer=activity.kind is ActivityKind.EMAIL_IN and not activity.is_automatic,
            is_internal=activity.kind in INTERNAL_KINDS,
        )
        for activity in (told if message.has_whole_history else told[:HISTORY])
    )


def _author(desk: Desk, subject: Subject, activity: Activity) -> str:
    agent = desk.rulebook.agents.get(activity.created_by)
    if agent is not None:
        return agent.name
    if activity.kind is ActivityKind.EMAIL_IN:
        return activity.sender or subject.contact.name or subject.contact.address
    return activity.created_by


def _shown(subject: Subject, message: Message) -> tuple[Clock, ...]:
    """Return the clock that the letter is about, if it is about one, and the others that are not over."""
    about = [clock for clock in subject.clocks if (clock.kpi, clock.due_at) == message.clock][-1:]
    return (*about, *(clock for clock in subject.clocks if clock.state in OPEN_CLOCKS and clock not in about))


def _face(desk: Desk, clock: Clock, now: datetime) -> letter.ClockFace:
    due = desk.local(clock.due_at)
    hours = (clock.due_at - now).total_seconds() / 3600
    when = f"in {hours:.0f} h" if hours >= 2 else f"in {max(hours, 0) * 60:.0f} min" if hours >= 0 else "past"
    return letter.ClockFace(
        kpi=clock.kpi.replace("_", " ").capitalize(),
        due=f"{due:%a %d %b, %H:%M} ({when})",
        state=clock.state.replace("_", " "),
    )


def _warnings(case: Case) -> tuple[str, ...]:
    return (
        ("This mail claimed to belong to another case, without proof. It was opened as a case of its own.",)
        if case.is_unverified
        else ()
    )
