"""What people do with contacts by command: make them, change them, and say which addresses are theirs. All is audited."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from mailcase.desk import accounts, trail
from mailcase.desk.context import account_of
from mailcase.desk.desk import Desk
from mailcase.desk.entitlements import standings
from mailcase.desk.outcome import Act
from mailcase.domain.addressing import read_address
from mailcase.domain.case import Case, Status
from mailcase.domain.contact import CLEAR, ContactEdit, differing, edited
from mailcase.domain.entitlement_ledger import Standing
from mailcase.domain.party import Account, Contact
from mailcase.errors import Refused
from mailcase.store import cases, contacts
from mailcase.store.tx import Tx

EARLIER = 20
"""Closed cases that a card lists; it tells how many there are in all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """What the desk knows of a contact, for people."""

    contact: Contact
    account: Account | None
    addresses: tuple[str, ...]
    """The one that is answered to first."""
    entitlements: tuple[Standing, ...]
    open_cases: tuple[Case, ...]
    """Newest first."""
    earlier_cases: tuple[Case, ...]
    total_cases: int


def find(tx: Tx, words: str) -> Contact:
    """Return the contact with this address, with or without a plus-tag, or with this id. Raises Refused."""
    found = contacts.get(tx, int(words)) if words.strip().isdecimal() else contacts.of_sender(tx, read_address(words))
    if found is None:
        raise Refused(f"nobody writes from {words}; `mailcase contact list` shows who is known.")
    return found


def card(tx: Tx, contact: Contact, hidden: frozenset[str] = frozenset()) -> Card:
    """Return what is known of a contact, without cases of the queues in `hidden`."""
    account = account_of(tx, contact, contact.address)
    own = cases.CaseFilter(contact_id=contact.id, hidden=hidden)
    opened = cases.find(tx, replace(own, status=Status.ACTIVE), limit=cases.MANY)
    newest = cases.find(tx, own, limit=EARLIER + len(opened))
    return Card(
        contact=contact,
        account=account,
        addresses=addresses_of(tx, contact),
        entitlements=standings(tx, account, contact, None),
        open_cases=tuple(opened),
        earlier_cases=tuple(case for case in newest if not case.is_active)[:EARLIER],
        total_cases=cases.count(tx, own),
    )


def addresses_of(tx: Tx, contact: Contact) -> tuple[str, ...]:
    """Return the addresses of a contact, the one that is answered to first."""
    others = (address for address in contacts.addresses(tx, contact.id) if address != contact.address)
    return (contact.address, *others)


def create(
    tx: Tx,
    desk: Desk,
    addresses: Sequence[str],
    values: ContactEdit,
    act: Act,
    *,
    account: str | None = None,
) -> Contact:
    """Make a contact with these canonical addresses, the one to answer to first; the account follows from its domain.

    Raises Refused when an address is another contact's, an agent's or the desk's own.
    """
    main, *others = addresses
    for address in addresses:
        _require_free(tx, desk, address, None)
    draft = edited(Contact(name="", address=main, is_provisional=False, created_at=act.now), values)
    stored = contacts.insert(tx, replace(draft, account_id=_account_id(tx, draft, account)))
    for address in others:
        contacts.add_address(tx, stored.id, address)
    blank = Contact(name="", address="", created_at=act.now)
    trail.keep(tx, act, "contact.create", stored.id, **differing(blank, stored), addresses=[[], list(addresses)])
    return stored


def edit(
    tx: Tx, contact: Contact, values: ContactEdit, act: Act, *, account: str | None = None, main: str | None = None
) -> Contact:
    """Change a contact; `main` makes another of its addresses the one that is answered to.

    Cases keep the account that they were opened for. Raises Refused for a value that cannot be.
    """
    changed = edited(contact, values)
    if account is not None:
        changed = replace(changed, account_id=_account_id(tx, changed, account))
    if main is not None:
        if main not in contacts.addresses(tx, contact.id):
            raise Refused(f"{main} is no address of {contact.address} yet; add it first with `contact add-address`.")
        changed = replace(changed, address=main)
    changes = differing(contact, changed)
    if changes:
        contacts.update(tx, changed)
        trail.keep(tx, act, "contact.update", contact.id, **changes)
    return changed


def add_address(tx: Tx, desk: Desk, contact: Contact, address: str, act: Act) -> None:
    """Let what comes from `address` (canonical) be the contact's; what it has already stays as it is.

    Raises Refused when it is another contact's, an agent's or the desk's own.
    """
    if _require_free(tx, desk, address, contact):
        contacts.add_address(tx, contact.id, address)
        trail.keep(tx, act, "contact.update", contact.id, addresses=[[], [address]])


def remove_address(tx: Tx, contact: Contact, address: str, act: Act) -> None:
    """Let `address` (canonical) be the contact's no more: who writes from it is not known. Raises Refused."""
    if address == contact.address:
        raise Refused(f"{address} is the one that is answered to; make another the main one first (`contact edit`).")
    if address not in contacts.addresses(tx, contact.id):
        raise Refused(f"{address} is no address of {contact.address}.")
    contacts.remove_address(tx, contact.id, address)
    trail.keep(tx, act, "contact.update", contact.id, addresses=[[address], []])


def require_customer(desk: Desk, address: str) -> None:
    """Raise Refused for an address of the desk or of an agent: the desk would write to itself."""
    if address in desk.own_addresses:
        raise Refused(f"{address} is an address of this desk, and no customer's.")
    agent = desk.rulebook.agent_by_address(address)
    if agent is not None:
        raise Refused(f"{address} is the agent {agent.name}'s, and no customer's.")


def _require_free(tx: Tx, desk: Desk, address: str, contact: Contact | None) -> bool:
    """Return whether `address` is nobody's yet. Raises Refused when it is somebody's other than the contact's."""
    require_customer(desk, address)
    owner = contacts.by_address(tx, address)
    if owner is not None and (contact is None or owner.id != contact.id):
        who = f" ({owner.name})" if owner.name else ""
        advice = f"merge the two with `mailcase contact merge {contact.address} {address}`" if contact else "edit that"
        raise Refused(f"{address} is contact {owner.id}{who} already; {advice}.")
    return owner is None


def _account_id(tx: Tx, contact: Contact, words: str | None) -> int | None:
    """Return the account that `words` name; without words that of the mail domain, and none for `CLEAR`."""
    if words is None:
        found = account_of(tx, None, contact.address)
        return found.id if found else None
    return None if words.strip() == CLEAR else accounts.find(tx, words).id


def state_of(contact: Contact) -> str:
    """Return in a word whether somebody has said who a contact is."""
    return "provisional" if contact.is_provisional else "confirmed"
