"""Contacts as CSV files: taken over, and written.

    address          the one that is answered to; any of a row's addresses tells which contact it is
    other_addresses  with blanks between; added, never taken away
    name             as agents see it
    account          name, mail domain or #number; an empty one leaves it, and gives a new contact that of its mail domain
    language         two letters
    time_zone        such as Europe/Berlin
    confirmed        yes or no; a new contact without is confirmed

An empty cell leaves what is there, a dash takes it away.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from mailcase.desk import accounts, trail
from mailcase.desk.contacts import require_customer
from mailcase.desk.context import account_of
from mailcase.desk.customer_files import RowReader
from mailcase.desk.desk import Desk
from mailcase.desk.outcome import Act
from mailcase.domain.addressing import read_address
from mailcase.domain.contact import CLEAR, ContactEdit, differing, edited
from mailcase.domain.csv_table import guarded
from mailcase.domain.party import Contact
from mailcase.errors import Refused
from mailcase.store import contacts
from mailcase.store.tx import Tx

COLUMNS = ("address", "other_addresses", "name", "account", "language", "time_zone", "confirmed")
PAGE = 500
"""Contacts read at once."""
_YES = frozenset({"yes", "y", "true", "1", "ja", "oui", "sí", "si"})
_NO = frozenset({"no", "n", "false", "0", "nein", "non"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactChange:
    """What a row leads to."""

    before: Contact | None
    after: Contact
    addresses: tuple[str, ...]
    """That are new."""

    @property
    def is_new(self) -> bool:
        """Whether the contact was not known."""
        return self.before is None

    @property
    def is_change(self) -> bool:
        """Whether anything is other than it was."""
        return self.before != self.after or bool(self.addresses)

    def apply(self, tx: Tx, act: Act) -> None:
        """Write it, and note it in the audit log."""
        blank = Contact(name="", address="", created_at=act.now)
        stored = contacts.insert(tx, self.after) if self.before is None else self.after
        fresh = [address for address in self.addresses if self.before is not None or address != stored.address]
        for address in fresh:
            contacts.add_address(tx, stored.id, address)
        if self.before is not None and self.before != stored:
            contacts.update(tx, stored)
        action = "contact.create" if self.before is None else "contact.update"
        told = {"addresses": [[], list(self.addresses)]} if self.addresses else {}
        trail.keep(tx, act, action, stored.id, **differing(self.before or blank, stored), **told)


@dataclass(slots=True)
class ContactPlanner:
    """Says what the rows of a file of contacts lead to."""

    desk: Desk
    act: Act
    columns: tuple[str, ...] = COLUMNS
    required: tuple[str, ...] = ("address",)
    lines: dict[str, int] = field(default_factory=dict)
    """In which line of the file an address was seen."""

    def plan(self, tx: Tx, row: RowReader) -> ContactChange | None:
        """Return what a row leads to, or None when something in it is wrong."""
        main = row.read("address", read_address)
        others = row.read("other_addresses", _read_addresses) or ()
        addresses = tuple(dict.fromkeys((*((main,) if main else ()), *others)))
        self._check(row, addresses)
        known = {found.id: found for one in addresses if (found := contacts.by_address(tx, one))}
        if len(known) > 1:
            listed = ", ".join(f"{one.id} ({one.address})" for one in known.values())
            row.wrong("address", f"the addresses are of several contacts, {listed}; merge them, or split the row.")
        before = next(iter(known.values()), None)
        after = self._changed(tx, row, before, main or "")
        if row.problems:
            return None
        has = set(contacts.addresses(tx, before.id)) if before else set()
        return ContactChange(before=before, after=after, addresses=tuple(one for one in addresses if one not in has))

    def _check(self, row: RowReader, addresses: tuple[str, ...]) -> None:
        for address in addresses:
            line = self.lines.setdefault(address, row.record.line)
            if line != row.record.line:
                row.wrong("address", f"{address} is in line {line} too; make one row of the two.")
            try:
                require_customer(self.desk, address)
            except Refused as refused:
                row.wrong("address", str(refused))

    def _changed(self, tx: Tx, row: RowReader, before: Contact | None, main: str) -> Contact:
        fresh = Contact(name="", address=main, is_provisional=False, created_at=self.act.now)
        contact = replace(before, address=main) if before else fresh
        contact = row.read("name", lambda text: _named(contact, text)) or contact
        contact = row.read("language", lambda text: edited(contact, ContactEdit(language=text))) or contact
        contact = row.read("time_zone", lambda text: edited(contact, ContactEdit(time_zone=text))) or contact
        is_confirmed = row.read("confirmed", _read_yes)
        if is_confirmed is not None:
            contact = replace(contact, is_provisional=not is_confirmed)
        account = row.read("account", lambda text: CLEAR if text.strip() == CLEAR else accounts.find(tx, text))
        if account is None:
            found = account_of(tx, None, main) if before is None else None
            return replace(contact, account_id=found.id) if found else contact
        return replace(contact, account_id=None if isinstance(account, str) else account.id)


def export(tx: Tx) -> Iterator[tuple[str, ...]]:
    """Yield the rows below `COLUMNS` of all contacts, the oldest first, guarded against formulas."""
    references: dict[int | None, str] = {}
    last = 0
    while page := contacts.find(tx, contacts.ContactFilter(), limit=PAGE, after_id=last):
        addresses = contacts.addresses_of_all(tx, [one.id for one in page])
        for one in page:
            others = " ".join(address for address in addresses[one.id] if address != one.address)
            account = _account_cell(tx, one, references)
            texts = (one.address, others, one.name)
            facts = (one.language or "", one.time_zone or "", "no" if one.is_provisional else "yes")
            yield (*map(guarded, texts), account, *facts)
        last = page[-1].id


def _account_cell(tx: Tx, contact: Contact, references: dict[int | None, str]) -> str:
    """Return what names the contact's account; a dash where its mail domain would give it one that it has not."""
    if contact.account_id is None:
        return CLEAR if account_of(tx, None, contact.address) else ""
    if contact.account_id not in references:
        found = contacts.account(tx, contact.account_id)
        assert found is not None, "a contact's account is there (foreign key)"
        references[contact.account_id] = guarded(accounts.reference(tx, found))
    return references[contact.account_id]


def _named(contact: Contact, text: str) -> Contact:
    """Return the contact with a name; the one that it has stays, whatever a mail put into it."""
    return contact if text == contact.name else edited(contact, ContactEdit(name=text))


def _read_addresses(text: str) -> tuple[str, ...]:
    return tuple(read_address(word) for word in text.replace(",", " ").replace(";", " ").split())


def _read_yes(text: str) -> bool:
    word = text.strip().lower()
    if word not in _YES | _NO:
        raise Refused(f"{text!r} is neither yes nor no.")
    return word in _YES
