"""The verb about whose case it is: `#customer`."""

from dataclasses import replace

from mailcase.desk.call import Call, Customer, Verb
from mailcase.desk.outcome import Outcome
from mailcase.domain import lifecycle
from mailcase.domain.addressing import read_address
from mailcase.domain.case import Case
from mailcase.domain.contact import read_name
from mailcase.domain.entitlement import Claim
from mailcase.domain.entitlement_ledger import default_for
from mailcase.domain.events_customer import CustomerChanged
from mailcase.domain.number import format_number
from mailcase.domain.party import Contact
from mailcase.errors import Refused

NEW = frozenset({"new", "neu", "nouveau", "nuevo"})


def _customer(outcome: Outcome, call: Call) -> Outcome:
    """`#customer [new] address [name]`: the case, and its active children, are another contact's from now on."""
    case = outcome.case
    lifecycle.require_active(case)
    if case.parent_id is not None:
        raise Refused(
            f"{case.number} has its customer from its parent {format_number(case.parent_id)}; change it there."
        )
    found = _found(call)
    if found.contact.id == case.contact_id:
        raise Refused(f"{case.number} is {found.contact.address}'s already.")
    children = [child for child in call.around.shelf.children(case) if child.case.is_active]
    given = tuple(_given(child, found, call) for child in children)
    changed = _given(outcome, found, call)
    return replace(changed, others=(*changed.others, *given))


def _found(call: Call) -> Customer:
    """Return whom the words name; somebody who is not known has to be called new, for a mistyped address is a stranger's."""
    words = call.argument.split()
    is_new = words[0].lower() in NEW and len(words) > 1
    address, *name = words[1:] if is_new else words
    address = read_address(address)
    known = call.around.shelf.customer(address)
    if known is not None:
        return known
    if not is_new:
        raise Refused(
            f"nobody is known who writes from {address}; write `#customer new {address} Name` to make them known."
        )
    agent = call.rulebook.agent_by_address(address)
    if agent is not None:
        raise Refused(f"{address} is the agent {agent.name}'s, and no customer's.")
    fresh = Contact(name=read_name(" ".join(name)), address=address, is_provisional=False, created_at=call.now)
    return call.around.shelf.newcomer(fresh)


def _given(outcome: Outcome, found: Customer, call: Call) -> Outcome:
    """Return the outcome with another customer, and the entitlement that such a case gets by itself."""
    case, contact = outcome.case, found.contact
    account_id = found.account.id if found.account else None
    claim = Claim(contact_id=contact.id, account_id=account_id, product=case.product, origin=case.origin)
    entitled = default_for(found.bought, claim, call.now)
    before = call.around.shelf.customer(case.contact_id)
    changed: Case = replace(
        case,
        contact_id=contact.id,
        account_id=account_id,
        entitlement_id=entitled.entitlement.id if entitled else None,
        language=contact.language or case.language,
        cc=tuple(address for address in case.cc if address != contact.address),
    )
    event = CustomerChanged(
        actor=call.act.actor,
        cause=call.act.cause,
        before=before.contact.address if before else "",
        after=contact.address,
    )
    return replace(outcome.then(event, case=changed), newcomer=None if contact.id else contact)


CUSTOMERS: dict[str, Verb] = {"customer": _customer}
