"""What people do with accounts by command: make them, name them, and say which mail domains are theirs. All is audited."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from mailcase.desk import trail
from mailcase.desk.entitlements import standings
from mailcase.desk.outcome import Act
from mailcase.domain.case import Case, Status
from mailcase.domain.contact import CLEAR, differing, read_name
from mailcase.domain.entitlement_ledger import Standing
from mailcase.domain.party import Account, Contact
from mailcase.errors import Refused
from mailcase.store import accounts, cases, contacts, schema, uniting
from mailcase.store.tx import Tx

LISTED = 50
"""Contacts and open cases that a file on an account lists."""
BY_ID = "#"
"""Goes before the id of an account where its name could be another's too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountCard:
    """What the desk knows of an account, for people."""

    account: Account
    domains: tuple[str, ...]
    entitlements: tuple[Standing, ...]
    contacts: tuple[Contact, ...]
    total_contacts: int
    open_cases: tuple[tuple[Case, Contact | None], ...]
    """Newest first, with their contacts."""
    total_cases: int


def find(tx: Tx, words: str) -> Account:
    """Return the account with this id (`12` or `#12`), mail domain, or name. Raises Refused when it is none or several."""
    wanted = words.strip()
    if wanted.removeprefix(BY_ID).isdecimal():
        found = contacts.account(tx, int(wanted.removeprefix(BY_ID)))
        if found is not None:
            return found
    named = accounts.by_name(tx, wanted)
    if len(named) == 1:
        return named[0]
    if named:
        raise Refused(
            f"several accounts are called {wanted}; name one by a mail domain, or by its number ({_ids(named)})."
        )
    by_domain = contacts.account_by_domain(tx, wanted.lower())
    if by_domain is None:
        raise Refused(f"there is no account {wanted}; `mailcase account list` shows them, `account create` makes one.")
    return by_domain


def reference(tx: Tx, account: Account) -> str:
    """Return what `find` finds the account by: its name, where that is clear, else its number."""
    try:
        is_clear = account.name not in ("", CLEAR) and find(tx, account.name).id == account.id
    except Refused:
        is_clear = False
    return account.name if is_clear else f"{BY_ID}{account.id}"


def card(tx: Tx, account: Account, hidden: frozenset[str] = frozenset()) -> AccountCard:
    """Return what is known of an account, without cases of the queues in `hidden`."""
    own = cases.CaseFilter(account_id=account.id, hidden=hidden)
    opened = cases.find(tx, replace(own, status=Status.ACTIVE), limit=LISTED)
    return AccountCard(
        account=account,
        domains=accounts.domains(tx, account.id),
        entitlements=standings(tx, account, None, None),
        contacts=tuple(contacts.find(tx, contacts.ContactFilter(account_id=account.id), limit=LISTED)),
        total_contacts=accounts.count_contacts(tx, account.id),
        open_cases=tuple((case, contacts.get(tx, case.contact_id)) for case in opened),
        total_cases=cases.count(tx, own),
    )


def create(tx: Tx, name: str, domains: Sequence[str], act: Act) -> Account:
    """Make an account with these mail domains. Raises Refused when it has no name, or a domain is another's."""
    wanted = _free_name(tx, name, None)
    for domain in domains:
        _require_free(tx, domain, None)
    stored = contacts.insert_account(tx, Account(name=wanted, created_at=act.now))
    trail.keep(tx, act, "account.create", stored.id, name=["", wanted])
    for domain in dict.fromkeys(domains):
        add_domain(tx, stored, domain, act)
    return stored


def rename(tx: Tx, account: Account, name: str, act: Act) -> Account:
    """Give an account another name. Raises Refused when it is none."""
    changed = replace(account, name=_free_name(tx, name, account))
    changes = differing(account, changed)
    if changes:
        accounts.update_account(tx, changed)
        trail.keep(tx, act, "account.update", account.id, **changes)
    return changed


def add_domain(tx: Tx, account: Account, domain: str, act: Act) -> int:
    """Let a mail domain (canonical) be the account's, and its contacts without an account too; return how many those are.

    Raises Refused when it is another account's.
    """
    if not _require_free(tx, domain, account):
        return 0
    contacts.add_domain(tx, account.id, domain)
    adopted = accounts.adopt(tx, account.id, domain)
    trail.keep(tx, act, "account.update", account.id, domains=[[], [domain]], contacts=adopted)
    return adopted


def remove_domain(tx: Tx, account: Account, domain: str, act: Act) -> None:
    """Let a mail domain be the account's no more; its contacts stay. Raises Refused when it never was."""
    if domain not in accounts.domains(tx, account.id):
        raise Refused(f"{domain} is no mail domain of {account.name}.")
    accounts.remove_domain(tx, account.id, domain)
    trail.keep(tx, act, "account.update", account.id, domains=[[domain], []])


@dataclass(frozen=True, slots=True, kw_only=True)
class MergedAccounts:
    """What a merge of accounts came to."""

    account: Account
    losers: tuple[Account, ...]
    moved: Counter[str]
    """Rows by table."""


def merge(tx: Tx, survivor: Account, losers: Sequence[Account], act: Act) -> MergedAccounts:
    """Make one account of several and return what moved: contacts, mail domains, cases, entitlements. Raises Refused."""
    others = {one.id: one for one in losers if one.id != survivor.id}
    if not others:
        raise Refused(f"{survivor.name} is that account already; name another one to merge into it.")
    uniting.lock(tx, schema.accounts, [survivor.id, *others])
    moved: Counter[str] = Counter()
    for key in others:
        moved += uniting.redirect(tx, schema.accounts, key, survivor.id)
    trail.keep(tx, act, "account.merge", survivor.id, merged=sorted(others), moved=dict(moved))
    return MergedAccounts(account=survivor, losers=tuple(others.values()), moved=moved)


def _require_free(tx: Tx, domain: str, account: Account | None) -> bool:
    """Return whether the domain is nobody's yet. Raises Refused when it is another account's."""
    owner = contacts.account_by_domain(tx, domain)
    if owner is not None and (account is None or owner.id != account.id):
        raise Refused(f"{domain} is the mail domain of {owner.name} ({owner.id}); take it away there first.")
    return owner is None


def _free_name(tx: Tx, text: str, account: Account | None) -> str:
    """Return a name that no other account has: people tell accounts by it. Raises Refused."""
    name = required_name(text)
    others = [one for one in accounts.by_name(tx, name) if account is None or one.id != account.id]
    if others:
        raise Refused(f"{_ids(others)} is called {others[0].name} already; choose another name, or merge the two.")
    return name


def required_name(text: str) -> str:
    """Return the name of an account as it is kept. Raises Refused when there is none."""
    name = read_name(text)
    if not name:
        raise Refused("an account needs a name.")
    return name


def _ids(found: Sequence[Account]) -> str:
    return ", ".join(f"{BY_ID}{one.id}" for one in found)
