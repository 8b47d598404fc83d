"""What people do with entitlements by command: make, activate, renew and cancel them, and say which case is under which.

Each is audited, as what the rule files change is (`desk.agreements`).
"""

import json
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from mailcase.desk import cases as verbs
from mailcase.desk import context
from mailcase.desk.desk import Desk
from mailcase.desk.filing import read_case
from mailcase.desk.outcome import Act
from mailcase.desk.record import Recorded, record
from mailcase.desk.task import Task
from mailcase.domain import entitlement as terms
from mailcase.domain.activity import AuditRecord
from mailcase.domain.case import Case
from mailcase.domain.entitlement import Claim, DecreaseOn, Entitlement, Term
from mailcase.domain.entitlement_ledger import Entry, Standing, check
from mailcase.domain.party import canonical_address
from mailcase.domain.setback import Errand
from mailcase.errors import Refused
from mailcase.store import audit, contacts, entitlements, setbacks
from mailcase.store.tx import Tx

AHEAD = timedelta(days=1)
"""How long before the end of an entitlement its successor is made, so that no mail comes between the two."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """An entitlement for people."""

    standing: Standing
    customer: str
    entries: tuple[Entry, ...] = ()
    """The whole ledger, where it is asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """An entitlement to make by command."""

    name: str
    customer: str
    """A mail address, or a mail domain for the whole company."""
    term: Term
    total: int
    """Cases, or minutes."""
    starts_at: datetime
    ends_at: datetime
    sla: str | None = None
    owner: str | None = None
    restricts: bool = True
    is_draft: bool = False


def find(tx: Tx, words: str) -> Entitlement:
    """Return the entitlement with this id or key, of several with one key the latest. Raises Refused when there is none."""
    found = (
        entitlements.get(tx, int(words))
        if words.isdecimal()
        else next(iter(entitlements.of_key(tx, words)[::-1]), None)
    )
    if found is None:
        raise Refused(f"there is no entitlement {words}; `mailcase entitlement list` shows them.")
    return found


def describe(tx: Tx, found: Entitlement, *, with_entries: bool = False) -> Described:
    """Return an entitlement with its customer and what is left of it."""
    return Described(
        standing=entitlements.standing(tx, found),
        customer=_customer(tx, found),
        entries=tuple(entitlements.entries(tx, found.id)) if with_entries else (),
    )


def create(tx: Tx, desk: Desk, order: Order, act: Act) -> Entitlement:
    """Make an entitlement, active unless it is to be a draft. Raises Refused when the customer, SLA or owner is unknown."""
    account_id, contact_id = _parties(tx, order.customer)
    if order.sla is not None and order.sla not in desk.rulebook.slas:
        raise Refused(f"there is no SLA {order.sla!r}; there are: {', '.join(desk.rulebook.slas) or 'none'}.")
    if order.owner is not None and order.owner not in desk.rulebook.agents:
        raise Refused(f"{order.owner!r} is no agent here; there are: {', '.join(desk.rulebook.agents) or 'none'}.")
    made = Entitlement(
        name=order.name,
        account_id=account_id,
        contact_id=contact_id,
        term=order.term,
        total=order.total,
        decrease_on=DecreaseOn.CREATION if order.term is Term.CASES else DecreaseOn.RESOLUTION,
        restricts=order.restricts,
        sla=order.sla,
        owner=order.owner,
        is_default=True,
        starts_at=order.starts_at,
        ends_at=order.ends_at,
    )
    fresh = made if order.is_draft else terms.activate(made, act.now)
    stored = entitlements.insert(tx, fresh)
    _audit(tx, "entitlement.create", stored, act, name=["", stored.name])
    return stored


def activate(tx: Tx, found: Entitlement, act: Act) -> Entitlement:
    """Make a draft count. Raises Refused when it is no draft."""
    return _write(tx, "entitlement.activate", found, terms.activate(found, act.now), act)


def deactivate(tx: Tx, found: Entitlement, act: Act) -> Entitlement:
    """Make it a draft again. Raises Refused when it is over."""
    return _write(tx, "entitlement.deactivate", found, terms.deactivate(found, act.now), act)


def cancel(tx: Tx, found: Entitlement, act: Act) -> Entitlement:
    """End it for good. Raises Refused when it is over."""
    return _write(tx, "entitlement.cancel", found, terms.cancel(found, act.now), act)


def renew(tx: Tx, found: Entitlement, act: Act) -> Entitlement:
    """Make its successor, active from its end on. Raises Refused for a draft, or when it has a successor already."""
    if any(other.renewed_from_id == found.id for other in _of_same_customer(tx, found)):
        raise Refused(f"{found.name} ({found.id}) was renewed already; renew its successor.")
    fresh = terms.renew(found, act.now)
    stored = entitlements.insert(tx, terms.activate(fresh, act.now))
    if found.renews:
        entitlements.update(tx, replace(found, renews=False))
    _audit(tx, "entitlement.renew", stored, act, renewed_from_id=[None, found.id])
    return stored


def due_renewals(tx: Tx, desk: Desk, now: datetime, limit: int) -> list[Task]:  # noqa: ARG001 - it is a `Find`
    """Return a task for each of up to `limit` entitlements that renew themselves and end soon."""
    later = setbacks.put_off_keys(tx, Errand.RENEWAL, now)
    found = entitlements.renewing(tx, now + AHEAD, limit + len(later))
    return [Task(key=str(one.id), do=partial(_renew_itself, found=one)) for one in found if str(one.id) not in later]


def _renew_itself(tx: Tx, _desk: Desk, now: datetime, *, found: Entitlement) -> None:
    renew(tx, found, Act(actor="system", cause="its end", now=now))


def apply(tx: Tx, desk: Desk, case: Case, found: Entitlement | None, act: Act) -> Recorded:
    """Put a case under an entitlement, or under none. Raises Refused when it does not cover the case, or is used up."""
    if found is not None:
        claim = Claim(contact_id=case.contact_id, account_id=case.account_id, product=case.product, origin=case.origin)
        check(entitlements.standing(tx, found), claim, act.now)
    outcome = verbs.change_fields(read_case(tx, case), act, entitlement_id=found.id if found else None)
    return record(tx, desk, outcome, act.now)


def _of_same_customer(tx: Tx, found: Entitlement) -> list[Entitlement]:
    return entitlements.of_customer(tx, found.account_id, found.contact_id)


def _parties(tx: Tx, customer: str) -> tuple[int | None, int | None]:
    if "@" in customer:
        contact = contacts.of_sender(tx, canonical_address(customer))
        if contact is None:
            raise Refused(f"nobody writes from {customer}; name a customer who is known, or the domain of a company.")
        return None, contact.id
    account = context.account_of(tx, None, f"x@{customer.lower()}")
    if account is None:
        raise Refused(
            f"no company has the mail domain {customer}; declare it in entitlements.yaml, or name an address."
        )
    return account.id, None


def _customer(tx: Tx, found: Entitlement) -> str:
    if found.account_id is not None:
        account = contacts.account(tx, found.account_id)
        return account.name if account else ""
    contact = contacts.get(tx, found.contact_id or 0)
    return contact.address if contact else ""


def _write(tx: Tx, action: str, before: Entitlement, after: Entitlement, act: Act) -> Entitlement:
    stored = entitlements.update(tx, after)
    _audit(tx, action, stored, act, state=[before.state(act.now).value, after.state(act.now).value])
    return stored


def _audit(tx: Tx, action: str, stored: Entitlement, act: Act, **changes: object) -> None:
    said = json.dumps(changes | {"cause": act.cause})
    entry = AuditRecord(
        at=act.now, actor=act.actor, action=action, object_type="entitlement", object_id=stored.id, changes=said
    )
    audit.append(tx, (entry,))
