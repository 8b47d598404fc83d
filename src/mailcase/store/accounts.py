"""Accounts and their mail domains, as people look for them and change them; `store.contacts` has what each mail needs."""

from sqlalchemy import bindparam, delete, exists, func, or_, select, update

from mailcase.domain.party import Account
from mailcase.store import schema
from mailcase.store.contacts import ACCOUNTS
from mailcase.store.statement import Statement
from mailcase.store.tx import Tx

_accounts, _domains, _contacts = schema.accounts.c, schema.account_domains.c, schema.contacts.c
_by_name = Statement(
    ACCOUNTS.select.where(or_(_accounts.name == bindparam("given"), func.lower(_accounts.name) == bindparam("wanted")))
    .order_by(_accounts.id)
    .limit(2)
)
_domains_of = Statement(
    select(_domains.domain).where(_domains.account_id == bindparam("wanted")).order_by(_domains.domain)
)
_contacts_of = Statement(
    select(func.count()).select_from(schema.contacts).where(_contacts.account_id == bindparam("a"))
)
_remove_domain = Statement(
    delete(schema.account_domains).where(_domains.domain == bindparam("gone"), _domains.account_id == bindparam("of"))
)
_adopt = Statement(
    update(schema.contacts)
    .where(_contacts.account_id.is_(None), _contacts.address.like(bindparam("pattern"), escape="\\"))
    .values(account_id=bindparam("to"))
)


def update_account(tx: Tx, account: Account) -> None:
    """Write the fields of an account."""
    ACCOUNTS.update(tx, account)


def by_name(tx: Tx, name: str) -> list[Account]:
    """Return up to two accounts of this name, in any case of (ASCII) letters: more than one is ambiguous."""
    return ACCOUNTS.all(tx, _by_name, {"given": name, "wanted": name.lower()})


def domains(tx: Tx, account_id: int) -> tuple[str, ...]:
    """Return the mail domains of an account, sorted."""
    return tuple(domain for (domain,) in tx.rows(_domains_of, {"wanted": account_id}))


def remove_domain(tx: Tx, account_id: int, domain: str) -> None:
    """Let a mail domain be an account's no more."""
    tx.write(_remove_domain, {"gone": domain, "of": account_id})


def adopt(tx: Tx, account_id: int, domain: str) -> int:
    """Give every contact of this mail domain that has no account to the account; return how many there were."""
    escaped = domain.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return tx.count(_adopt, [{"pattern": f"%@{escaped}", "to": account_id}])


def count_contacts(tx: Tx, account_id: int) -> int:
    """Return how many contacts an account has."""
    found: int = tx.scalar(_contacts_of, {"a": account_id})
    return found


def find(tx: Tx, text: str = "", *, limit: int | None = None) -> list[Account]:
    """Return accounts with `text` in their name or in a domain, by name; all of them without a `limit`."""
    query = ACCOUNTS.select.order_by(_accounts.name, _accounts.id).limit(limit)
    if text:
        has_domain = exists().where(
            _domains.account_id == _accounts.id, _domains.domain.icontains(text, autoescape=True)
        )
        query = query.where(or_(_accounts.name.icontains(text, autoescape=True), has_domain))
    return ACCOUNTS.find(tx, query)
