"""Accounts as CSV files: taken over, and written.

name     as agents see it; it tells which account a row is of, unless one of its domains does
domains  mail domains with blanks between; added, never taken away
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from mailcase.desk import accounts as verbs
from mailcase.desk import trail
from mailcase.desk.customer_files import RowReader
from mailcase.desk.outcome import Act
from mailcase.domain.addressing import read_domain
from mailcase.domain.contact import differing
from mailcase.domain.csv_table import guarded
from mailcase.domain.party import Account
from mailcase.store import accounts, contacts
from mailcase.store.tx import Tx

COLUMNS = ("name", "domains")


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountChange:
    """What a row leads to."""

    before: Account | None
    after: Account
    domains: tuple[str, ...]
    """That are new."""

    @property
    def is_new(self) -> bool:
        """Whether the account was not known."""
        return self.before is None

    @property
    def is_change(self) -> bool:
        """Whether anything is other than it was."""
        return self.before != self.after or bool(self.domains)

    def apply(self, tx: Tx, act: Act) -> None:
        """Write it, and note it in the audit log."""
        if self.before is None:
            verbs.create(tx, self.after.name, self.domains, act)
            return
        if self.before != self.after:
            accounts.update_account(tx, self.after)
            trail.keep(tx, act, "account.update", self.after.id, **differing(self.before, self.after))
        for domain in self.domains:
            verbs.add_domain(tx, self.after, domain, act)


@dataclass(slots=True)
class AccountPlanner:
    """Says what the rows of a file of accounts lead to."""

    act: Act
    may_be_public: bool = False
    """Take the domains of public mail providers."""
    columns: tuple[str, ...] = COLUMNS
    required: tuple[str, ...] = ("name",)
    lines: dict[str, int] = field(default_factory=dict)
    """In which line of the file a name or a domain was seen."""

    def plan(self, tx: Tx, row: RowReader) -> AccountChange | None:
        """Return what a row leads to, or None when something in it is wrong."""
        name = row.read("name", verbs.required_name) or ""
        domains = row.read("domains", self._read_domains) or ()
        self._check(row, name, domains)
        owners = {found.id: found for one in domains if (found := contacts.account_by_domain(tx, one))}
        named = {found.id: found for found in accounts.by_name(tx, name)}
        if len(owners) > 1:
            listed = ", ".join(f"{one.name} (#{one.id})" for one in owners.values())
            row.wrong("domains", f"the domains are of several accounts, {listed}; merge them, or split the row.")
        if not owners and len(named) > 1:
            row.wrong("name", f"several accounts are called {name}; name a domain of the one that is meant.")
        if owners and named.keys() - owners.keys():
            row.wrong("name", "the name is one account's and a domain another's; merge them, or change the row.")
        if row.problems:
            return None
        before = next(iter((owners or named).values()), None)
        after = _named(before, name) if before else Account(name=name, created_at=self.act.now)
        has = set(accounts.domains(tx, before.id)) if before else set()
        return AccountChange(before=before, after=after, domains=tuple(one for one in domains if one not in has))

    def _check(self, row: RowReader, name: str, domains: tuple[str, ...]) -> None:
        for column, key in (("name", name.casefold()), *(("domains", domain) for domain in domains)):
            line = self.lines.setdefault(f"{column} {key}", row.record.line)
            if key and line != row.record.line:
                row.wrong(column, f"{key} is in line {line} too; make one row of the two.")

    def _read_domains(self, text: str) -> tuple[str, ...]:
        words = text.replace(",", " ").replace(";", " ").split()
        return tuple(dict.fromkeys(read_domain(word, may_be_public=self.may_be_public) for word in words))


def _named(account: Account, name: str) -> Account:
    """Return the account with a name; one that differs in nothing but blanks stays as it is."""
    return account if " ".join(account.name.split()) == name else replace(account, name=name)


def export(tx: Tx) -> Iterator[tuple[str, ...]]:
    """Yield the rows below `COLUMNS` of all accounts, by name, guarded against formulas."""
    for account in accounts.find(tx):
        yield guarded(account.name), " ".join(accounts.domains(tx, account.id))
