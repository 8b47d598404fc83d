"""A case that a person opens, for a customer who rang, came by, or is to be written to first."""

from dataclasses import dataclass, replace

from mailcase.desk import context
from mailcase.desk.desk import Desk
from mailcase.desk.entitlements import standings
from mailcase.desk.flows import begin_by_itself
from mailcase.desk.outcome import Act, NewActivity, Outcome
from mailcase.desk.record import Recorded, record
from mailcase.domain.activity import Activity, ActivityKind
from mailcase.domain.case import MAX_TITLE, Case, Origin
from mailcase.domain.decision import Context, NewCase
from mailcase.domain.email import Attachment
from mailcase.domain.events import CaseOpened, CaseRouted
from mailcase.domain.party import Account, Contact, canonical_address
from mailcase.domain.queue import Queue, QueueItem
from mailcase.errors import Refused
from mailcase.rules.entitled import entitlement_for
from mailcase.rules.routing import Route, route
from mailcase.store import contacts
from mailcase.store.tx import Tx

HOW = {Origin.PHONE: ActivityKind.PHONE_CALL, Origin.OTHER: ActivityKind.LETTER}
"""Which activity the words of the customer are, by the way they came; a note else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What is known of a case that a person opens."""

    title: str
    customer: str
    """Mail address."""
    name: str = ""
    """Of a customer who is not known yet."""
    mailbox: str | None = None
    """That it is answered from; the first one, if nobody says."""
    origin: Origin = Origin.OTHER
    text: str = ""
    queue: Queue | None = None
    """Where it goes instead of where the routing rules send it."""
    files: tuple[Attachment, ...] = ()


def open_by_hand(tx: Tx, desk: Desk, request: Request, act: Act) -> Recorded:
    """Open a case as `request` says, route it and tell the agents; the customer is told nothing.

    Raises Refused when there is no such mailbox, no title, or no address.
    """
    title = " ".join(request.title.split())[:MAX_TITLE]
    mailbox = desk.mailboxes.get(request.mailbox or next(iter(desk.mailboxes)))
    if mailbox is None:
        raise Refused(f"{request.mailbox!r} is no mailbox here; there are: {', '.join(desk.mailboxes)}.")
    if not title:
        raise Refused("a case needs a title; say in a few words what it is about.")
    contact, account = _customer(tx, request, act)
    draft = Case(
        title=title,
        description=request.text,
        contact_id=contact.id,
        account_id=account.id if account else None,
        mailbox=mailbox.name,
        origin=request.origin,
        language=contact.language,
        created_at=act.now,
        modified_at=act.now,
    )
    bought = standings(tx, account, contact, None)
    people = Context(mailbox=mailbox, contact=contact, account=account, case=draft, entitlements=bought)
    entitled = entitlement_for(people, NewCase(origin=request.origin), act.now)
    draft = replace(draft, entitlement_id=entitled.entitlement.id if entitled else None)
    chosen, _ = route(draft, None, people, desk.rulebook, act.now)
    outcome = begin_by_itself(_outcome(draft, request, chosen, act, desk.rulebook.version), people, desk.rulebook, act)
    return record(tx, desk, outcome, act.now)


def _outcome(draft: Case, request: Request, chosen: Route, act: Act, version: str) -> Outcome:
    activity = Activity(
        kind=HOW.get(request.origin, ActivityKind.NOTE),
        subject=draft.title,
        text=request.text,
        created_at=act.now,
        created_by=act.actor,
    )
    queue = request.queue.name if request.queue else chosen.queue
    case = replace(draft, queue=queue, owner=chosen.owner)
    opened = CaseOpened(actor=act.actor, cause=act.cause, activity=activity, rule="", template=None)
    made = NewActivity(activity=activity, attachments=request.files)
    outcome = Outcome(before=None, case=case, activities=(made,), events=(opened,))
    if queue is None:
        return outcome
    rule = "" if request.queue else chosen.rule
    item = QueueItem(case_id=0, queue=queue, entered_at=act.now, skills=() if request.queue else chosen.skills)
    return outcome.with_item(
        item, CaseRouted(actor=act.actor, cause=act.cause, rules=version if rule else "", queue=queue, rule=rule)
    )


def _customer(tx: Tx, request: Request, act: Act) -> tuple[Contact, Account | None]:
    address = canonical_address(request.customer)
    local, _, domain = address.rpartition("@")
    if not (local and domain) or any(letter.isspace() for letter in address):
        raise Refused(f"{request.customer!r} is no mail address; a case needs a customer who can be written to.")
    known = contacts.of_sender(tx, address)
    account = context.account_of(tx, known, address)
    if known is not None:
        return known, account
    fresh = Contact(name=request.name, address=address, account_id=account.id if account else None, created_at=act.now)
    return contacts.insert(tx, fresh), account
