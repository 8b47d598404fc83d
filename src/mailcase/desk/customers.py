"""Whose case a new one is, and whether that person is answered at once."""

from datetime import datetime

from mailcase.desk import acknowledgement as guard
from mailcase.desk.context import account_of
from mailcase.desk.desk import Desk
from mailcase.desk.filing import Mail
from mailcase.domain.decision import OpenCase
from mailcase.domain.email import Address
from mailcase.domain.party import Contact, canonical_address
from mailcase.store import contacts
from mailcase.store.tx import Tx


def of_new_case(tx: Tx, desk: Desk, mail: Mail, decision: OpenCase) -> Contact:
    """Return the customer of the case that `mail` opens, a provisional contact when nobody knows them.

    It is whom the rule names (a contact form's writer), else the sender. An address of the desk itself or of an agent is
    no customer's: whoever writes one into a form would have the desk write to itself.
    """
    named = decision.fields.customer
    if named is not None and not _is_ours(desk, named):
        return contacts.of_sender(tx, canonical_address(named.address)) or _provisional(tx, mail, named)
    if mail.context.contact is not None:
        return mail.context.contact
    assert mail.email.sender is not None, "a mail without a sender is held before the rules see it"
    return _provisional(tx, mail, mail.email.sender)


def acknowledgement(
    tx: Tx, desk: Desk, mail: Mail, decision: OpenCase, contact: Contact, now: datetime
) -> tuple[str | None, str]:
    """Return the template to acknowledge with, or None and the reason for silence."""
    if mail.message.is_quiet:
        return None, "older mail, filed for the record"
    is_sender = decision.fields.customer is None or _is_ours(desk, decision.fields.customer)
    refusal = "" if mail.classification.may_acknowledge else "; ".join(mail.classification.why)
    if decision.acknowledge is None or (is_sender and refusal):
        return None, refusal
    if mail.sibling is not None:
        return None, f"the same mail was answered for {mail.sibling.mailbox}"
    objection = guard.objection(tx, desk, contact.address, now)
    return (None, objection) if objection else (decision.acknowledge, "")


def _is_ours(desk: Desk, address: Address) -> bool:
    wanted = canonical_address(address.address)
    return wanted in desk.own_addresses or desk.rulebook.agent_by_address(wanted) is not None


def _provisional(tx: Tx, mail: Mail, person: Address) -> Contact:
    address = canonical_address(person.address)
    account = account_of(tx, None, address)
    return contacts.insert(
        tx,
        Contact(
            name=person.name,
            address=address,
            account_id=account.id if account else None,
            language=mail.email.language,
            created_at=mail.message.received_at,
        ),
    )
