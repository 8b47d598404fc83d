"""What the desk knows about a mail before the rules decide: who wrote it, and which case it proves or claims to be of.

A mail belongs to a case only with a token of ours *and* a sender who takes part in that case. Everything else that
points to a case, be it a number in the subject, a known Message-ID, or a stranger with a token, is a hint. A provider
that sends our mail on under another Message-ID takes the token out of it; the name it gave is learned from the first
answer that proves the case by its address (`learn`), and is as good as the token from then on.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from mailcase.desk.clues import clues
from mailcase.desk.decoration import familiar
from mailcase.desk.desk import Desk
from mailcase.desk.entitlements import standings
from mailcase.domain.activity import Activity
from mailcase.domain.case import Case
from mailcase.domain.decision import Context
from mailcase.domain.email import Classification, InboundEmail, Kind
from mailcase.domain.mailbox import Mailbox
from mailcase.domain.number import find_numbers
from mailcase.domain.party import Account, Agent, Contact, canonical_address
from mailcase.domain.token import Party, Token
from mailcase.mail import authenticity, canary, return_path, thread
from mailcase.mail.authres import Result
from mailcase.store import activities, cases, contacts, message_index, outbox, timeline
from mailcase.store.message_index import KnownMessage
from mailcase.store.tx import Tx

MAX_ANCESTORS = 20  # mails of a thread that are remembered without having been seen


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """Who wrote a mail, as far as the desk knows them."""

    address: str
    """Canonical; empty when there is none."""
    contact: Contact | None
    agent: Agent | None


def gather(
    tx: Tx, desk: Desk, mailbox: Mailbox, email: InboundEmail, classification: Classification, now: datetime
) -> Context:
    """Read what the rules need to know about `email`."""
    keys = thread.keys(email, desk.secrets, desk.own_addresses)
    sender = canonical_address(email.sender.address) if email.sender else ""
    agent = desk.rulebook.agent_by_address(sender)
    contact = contacts.of_sender(tx, sender)
    account = account_of(tx, contact, sender)
    known = message_index.find(tx, keys.message_ids)
    aliases = tuple(message.case_id for message in known if message.is_alias)
    found = authenticity.authenticate(email, desk.authserv_id)
    case, has_token = _proven(tx, keys.tokens, aliases, Sender(address=sender, contact=contact, agent=agent))
    if found.dmarc is Result.FAIL and not has_token:
        case = None  # our own server found the sender forged: what a token of the customer proves is a hint at most
    hinted = None if case else _hinted(tx, keys, known, email)
    bounced_case, bounced = _bounced(tx, desk, email, classification)
    return Context(
        mailbox=mailbox,
        canary=canary.mailbox_of(email.message_id, desk.secrets),
        contact=contact,
        account=account,
        agent=agent if agent is not None and agent.is_active else None,
        has_authority=agent is not None and len(email.senders) == 1 and (has_token or found.is_authentic),
        is_authentic=found.is_authentic,
        case=bounced_case if classification.kind is Kind.BOUNCE else case,
        hinted_case=hinted,
        last_customer_mail=activities.last_customer_mail(tx, case.id) if case else None,
        familiar=familiar(tx, email.attachments, case.id) if case else frozenset(),
        bounced=bounced,
        entitlements=standings(tx, account, contact, case),
        reactivations_last_hour=timeline.count(tx, case.id, "case_reactivated", now - timedelta(hours=1))
        if case
        else 0,
        clues=clues(keys, find_numbers(email.subject), case, hinted),
    )


def account_of(tx: Tx, contact: Contact | None, address: str) -> Account | None:
    """Return the account of a contact, or the one that the domain of `address` belongs to."""
    if contact is not None and contact.account_id is not None:
        return contacts.account(tx, contact.account_id)
    return contacts.account_by_domain(tx, address.rpartition("@")[2])


def surviving(tx: Tx, case_id: int) -> Case | None:
    """Return the case with this id, or the one it was merged into in the end."""
    found = succession(tx, case_id)
    return found[-1] if found else None


def succession(tx: Tx, case_id: int) -> list[Case]:
    """Return the case with this id, the one it was merged into, and so on to the survivor; empty when there is none.

    It ends, however long it is: only an active case takes over others, and a merged one never becomes active again.
    """
    found: list[Case] = []
    wanted: int | None = case_id
    while wanted is not None and (case := cases.get(tx, wanted)) is not None:
        found.append(case)
        wanted = case.merged_into_id
    return found


def learn(tx: Tx, desk: Desk, email: InboundEmail, case_id: int) -> None:
    """Note what mail `email`, filed on a case, answers: a provider's name for ours, or mail that we never saw."""
    keys = thread.keys(email, desk.secrets, desk.own_addresses)
    known = {message.message_id for message in message_index.find(tx, keys.message_ids)}
    strange = [one for one in keys.message_ids[:MAX_ANCESTORS] if one not in known and not thread.is_minted(one)]
    is_proven_by_address = bool(keys.tokens) and not any(thread.is_minted(one) for one in keys.message_ids)
    message_index.add(
        tx,
        *(
            KnownMessage(
                message_id=one, case_id=case_id, is_alias=is_proven_by_address and [one] == list(email.in_reply_to)
            )
            for one in strange
        ),
    )


def _proven(tx: Tx, tokens: tuple[Token, ...], aliases: tuple[int, ...], sender: Sender) -> tuple[Case | None, bool]:
    """Return the case that a token and the sender together prove, and whether the token is this agent's own."""
    agent = sender.agent
    for token in tokens:
        found = succession(tx, token.case_id)
        if not found:
            continue
        if token.party is Party.AGENT and agent is not None and token.party_id == agent.key:
            return found[-1], True
        if agent is not None or _takes_part(sender, found):
            return found[-1], False
    for case_id in aliases:
        found = succession(tx, case_id)
        if found and _takes_part(sender, found):
            return found[-1], False
    return None, False


def _takes_part(sender: Sender, found: list[Case]) -> bool:
    """Whether somebody is the customer of a case, or of one that was merged into it, or is copied on the case."""
    contact = sender.contact
    is_customer = contact is not None and any(contact.id == case.contact_id for case in found)
    return is_customer or (bool(sender.address) and sender.address in found[-1].cc)


def _hinted(tx: Tx, keys: thread.ThreadKeys, known: list[KnownMessage], email: InboundEmail) -> Case | None:
    """Return the case that the mail points to without proof."""
    candidates = (
        *(token.case_id for token in keys.tokens),
        *(message.case_id for message in known),
        *find_numbers(email.subject),
    )
    return next((case for case_id in candidates if (case := surviving(tx, case_id)) is not None), None)


def _bounced(
    tx: Tx, desk: Desk, email: InboundEmail, classification: Classification
) -> tuple[Case | None, Activity | None]:
    """Return the case and the activity whose mail a bounce reports as undelivered.

    Only a return path or a Message-ID that we signed counts: anybody can send a report about a made-up one.
    """
    if classification.kind is not Kind.BOUNCE:
        return None, None
    sending = return_path.sending_of(email, desk.secrets, desk.own_addresses)
    if sending is not None:
        sent = [one for one in outbox.message_ids(tx, sending.case_id) if sending.is_of(one)]
        return surviving(tx, sending.case_id), activities.by_message_id(tx, sent[0]) if sent else None
    report = classification.report
    if report is None or report.original_message_id is None:
        return None, None
    token = thread.token_of_message_id(report.original_message_id, desk.secrets)
    if token is None:
        return None, None
    return surviving(tx, token.case_id), activities.by_message_id(tx, report.original_message_id)
