"""A mail that an agent passes on opens a case at once; who wrote it first becomes its customer when the agent says so.

Until then the agent is the one whom the case is for, and nothing goes to anybody else: what a forward says of its
writer is the agent's word at best, and a forger's at worst. The question is a draft like any other (`desk.drafts`):
`#send`, or a mere yes, runs the `#customer` that it holds.
"""

from dataclasses import replace

from mailcase.desk import returns
from mailcase.desk.desk import Desk
from mailcase.desk.filing import Mail
from mailcase.desk.letters import Message
from mailcase.desk.occasion import to_agent
from mailcase.desk.outcome import NewActivity, Outcome
from mailcase.desk.record import Recorded, queue_mail
from mailcase.domain.activity import Activity, ActivityKind
from mailcase.domain.draft import Draft, DraftReason
from mailcase.domain.email import Address, Kind
from mailcase.domain.events_mail import MailHeld
from mailcase.domain.party import canonical_address
from mailcase.mail.forward import original_sender
from mailcase.mail.letter_parts import HeldDraft
from mailcase.store import contacts, drafts
from mailcase.store.tx import Tx

WHY = "an agent passed it on"


def writer(mail: Mail) -> Address | None:
    """Return who wrote the mail that an agent passes on, if `mail` is such a one and that is nobody of the house."""
    if mail.context.agent is None or mail.classification.kind is not Kind.HUMAN or mail.message.is_quiet:
        return None
    found = original_sender(mail.email)
    return None if found is None or canonical_address(found.address) in mail.house else found


def proposed(tx: Tx, outcome: Outcome, mail: Mail, original: Address) -> tuple[Outcome, Activity]:
    """Return the outcome with a draft that makes `original` the customer, and that draft."""
    address = canonical_address(original.address)
    is_known = contacts.by_address(tx, address) is not None
    text = f"#customer {address}" if is_known else " ".join(f"#customer new {address} {original.name}".split())
    act = mail.act
    draft = Activity(kind=ActivityKind.DRAFT, text=text, created_at=act.now, created_by=act.actor)
    event = MailHeld(actor=act.actor, cause=act.cause, activity=draft, why=f"is {address} the customer?")
    return outcome.then(event, activity=NewActivity(activity=draft)), draft


def ask(tx: Tx, desk: Desk, mail: Mail, recorded: Recorded, kept: Activity) -> None:
    """Ask the agent whether the proposed customer is right; one who proves nothing is not asked too often."""
    agent, act = mail.context.agent, mail.act
    assert agent is not None, "`writer` finds one only for agents"
    number, asked_as = recorded.occasion.stored[kept].id, ""
    key = recorded.occasion.key if mail.context.has_authority else returns.next_turn(tx, desk, agent, act.now)
    if key is not None:
        occasion, held = replace(recorded.occasion, key=key), HeldDraft(number=number, text=kept.text)
        asked = to_agent(occasion, returns.FORWARDED, agent, Message(draft=held), mail.email.message_id)
        queue_mail(tx, asked, occasion.subject)
        asked_as = asked.message_id
    draft = Draft(
        activity_id=number, agent=agent.key, reason=DraftReason.FORWARDED, asked_as=asked_as, created_at=act.now
    )
    drafts.add(tx, draft)
