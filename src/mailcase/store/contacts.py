"""Customers: contacts with their addresses, and accounts with their domains."""

from sqlalchemy import bindparam, select
from sqlalchemy import insert as into

from mailcase.domain.party import Account, Contact
from mailcase.store import schema
from mailcase.store.mapping import Mapping
from mailcase.store.statement import Statement
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
_add_address = Statement(into(schema.contact_addresses), keys=("address", "contact_id"))
_add_domain = Statement(into(schema.account_domains), keys=("domain", "account_id"))


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


def account(tx: Tx, key: int) -> Account | None:
    """Return the account with the id `key`."""
    return ACCOUNTS.get(tx, key)


def account_by_domain(tx: Tx, domain: str) -> Account | None:
    """Return the account that the mail domain `domain`, in lower case, belongs to."""
    return ACCOUNTS.first(tx, _account_by_domain, {"wanted": domain})
