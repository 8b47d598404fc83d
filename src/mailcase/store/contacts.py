"""Customers: contacts with their addresses, and accounts with their domains."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, delete, exists, or_, select
from sqlalchemy import insert as into

from mailcase.domain.addressing import untagged
from mailcase.domain.party import Account, Contact
from mailcase.store import schema
from mailcase.store.mapping import Mapping
from mailcase.store.statement import Listed, Statement
from mailcase.store.tx import Tx

CONTACTS = Mapping(schema.contacts, Contact)
ACCOUNTS = Mapping(schema.accounts, Account)

_addresses = schema.contact_addresses.c
_domains = schema.account_domains.c
_by_address = Statement(
    CONTACTS.select.join(schema.contact_addresses, _addresses.contact_id == schema.contacts.c.id).where(
        _addresses.address == bindparam("wanted")
    )
)
_account_by_domain = Statement(
    ACCOUNTS.select.join(schema.account_domains, _domains.account_id == schema.accounts.c.id).where(
        _domains.domain == bindparam("wanted")
    )
)
_addresses_of = Statement(
    select(_addresses.address).where(_addresses.contact_id == bindparam("wanted")).order_by(_addresses.address)
)
_remove_address = Statement(
    delete(schema.contact_addresses).where(
        _addresses.address == bindparam("gone"), _addresses.contact_id == bindparam("of")
    )
)
_all_addresses = Listed(
    lambda ids: (
        select(_addresses.contact_id, _addresses.address)
        .where(_addresses.contact_id.in_(ids))
        .order_by(_addresses.address)
    )
)
_add_address = Statement(into(schema.contact_addresses), keys=("address", "contact_id"))
_add_domain = Statement(into(schema.account_domains), keys=("domain", "account_id"))


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactFilter:
    """Which contacts are wanted: those that everything given holds for."""

    text: str = ""
    """To be found in the name or in an address, in any case of letters."""
    account_id: int | None = None
    is_provisional: bool | None = None


def insert(tx: Tx, contact: Contact) -> Contact:
    """Store a new contact with its address, and return it with its id.

    The transaction ends with StaleWrite when the address is another contact's.
    """
    stored = CONTACTS.insert(tx, contact)
    add_address(tx, stored.id, contact.address)
    return stored


def update(tx: Tx, contact: Contact) -> None:
    """Write the fields of a contact; a new main address is to be added with `add_address` first."""
    CONTACTS.update(tx, contact)


def get(tx: Tx, key: int) -> Contact | None:
    """Return the contact with the id `key`."""
    return CONTACTS.get(tx, key)


def by_address(tx: Tx, address: str) -> Contact | None:
    """Return the contact who writes from `address`, in canonical form."""
    return CONTACTS.first(tx, _by_address, {"wanted": address})


def of_sender(tx: Tx, address: str) -> Contact | None:
    """Return the contact who writes from `address`, in canonical form, or from the same without its plus-tag.

    A tag is made up by the owner of the address, so it is the same person who writes; the other way round it is not
    known whose an address is of which only a tagged form was seen.
    """
    found = by_address(tx, address)
    plain = untagged(address) if found is None else None
    return found if plain is None else by_address(tx, plain)


def find(tx: Tx, wanted: ContactFilter, *, limit: int | None = None, after_id: int = 0) -> list[Contact]:
    """Return the `wanted` contacts, the oldest first, above the last id of a page; all of them without a `limit`."""
    own = schema.contacts.c
    query = CONTACTS.select.where(own.id > after_id).order_by(own.id).limit(limit)
    if wanted.account_id is not None:
        query = query.where(own.account_id == wanted.account_id)
    if wanted.is_provisional is not None:
        query = query.where(own.is_provisional == wanted.is_provisional)
    if wanted.text:
        has_address = exists().where(
            _addresses.contact_id == own.id, _addresses.address.icontains(wanted.text, autoescape=True)
        )
        query = query.where(or_(own.name.icontains(wanted.text, autoescape=True), has_address))
    return CONTACTS.find(tx, query)


def addresses_of_all(tx: Tx, ids: Sequence[int]) -> dict[int, tuple[str, ...]]:
    """Return every address of these contacts, sorted, by contact."""
    found: dict[int, tuple[str, ...]] = dict.fromkeys(ids, ())
    for key, address in tx.listed(_all_addresses, ids) if ids else ():
        found[key] = tuple(sorted({*found[key], address}))
    return found


def remove_address(tx: Tx, contact_id: int, address: str) -> None:
    """Forget that a contact writes from `address`; not the one that it is answered to."""
    tx.write(_remove_address, {"gone": address, "of": contact_id})


def add_address(tx: Tx, contact_id: int, address: str) -> None:
    """Note that the contact also writes from `address`, in canonical form."""
    tx.write(_add_address, {"address": address, "contact_id": contact_id})


def addresses(tx: Tx, contact_id: int) -> tuple[str, ...]:
    """Return every address of a contact, sorted."""
    return tuple(address for (address,) in tx.rows(_addresses_of, {"wanted": contact_id}))


def insert_account(tx: Tx, account: Account, domains: tuple[str, ...] = ()) -> Account:
    """Store a new account with the mail domains that are its own, and return it with its id."""
    stored = ACCOUNTS.insert(tx, account)
    tx.write_many(_add_domain, [{"domain": domain, "account_id": stored.id} for domain in domains])
    return stored


def add_domain(tx: Tx, account_id: int, domain: str) -> None:
    """Note that a mail domain, in lower case, is an account's. StaleWrite when it is another's."""
    tx.write(_add_domain, {"domain": domain, "account_id": account_id})


def account(tx: Tx, key: int) -> Account | None:
    """Return the account with the id `key`."""
    return ACCOUNTS.get(tx, key)


def account_by_domain(tx: Tx, domain: str) -> Account | None:
    """Return the account that the mail domain `domain`, in lower case, belongs to."""
    return ACCOUNTS.first(tx, _account_by_domain, {"wanted": domain})
