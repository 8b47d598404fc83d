"""What cases take from entitlements: entered whenever a case is recorded, given back when it is deleted.

What a case should have taken follows from the case itself (`domain.entitlement_ledger.owed`), so nobody has to tell this
module what happened: create, resolve, cancel, merge, reactivate and a change of the entitlement all come through
`settle`, and whatever comes through it twice changes nothing.
"""

from collections.abc import Iterator
from datetime import datetime

from mailcase.desk.outcome import Outcome
from mailcase.domain.case import Case
from mailcase.domain.decision import Context
from mailcase.domain.entitlement import Entitlement, EntitlementState
from mailcase.domain.entitlement_ledger import Charge, Standing, alerts, owed, used
from mailcase.domain.entitlement_ledger import settle as entries_of
from mailcase.domain.events import Event
from mailcase.domain.events_promise import EntitlementTouched, EntitlementUsed
from mailcase.domain.party import Account, Contact
from mailcase.errors import StaleWrite
from mailcase.store import entitlements
from mailcase.store.tx import Tx

MANAGERS = ("managers",)
"""Who is told of what is used up where nobody looks after the account."""


def standings(tx: Tx, account: Account | None, contact: Contact | None, case: Case | None) -> tuple[Standing, ...]:
    """Return what the customer of a mail has bought, drafts aside, and the entitlement of the case that it belongs to."""
    found = entitlements.of_customer(tx, account.id if account else None, contact.id if contact else None)
    known = {one.id: one for one in found}
    if case is not None and case.entitlement_id is not None and case.entitlement_id not in known:
        other = entitlements.get(tx, case.entitlement_id)
        known |= {other.id: other} if other else {}
    return tuple(entitlements.standing(tx, one) for one in known.values() if one.activated_at is not None)


def entitlement_of(tx: Tx, case: Case) -> tuple[Standing, ...]:
    """Return the entitlement that a case is worked under, or nothing."""
    found = entitlements.get(tx, case.entitlement_id) if case.entitlement_id is not None else None
    return (entitlements.standing(tx, found),) if found else ()


def entitlement_sla(context: Context) -> str | None:
    """Return the SLA that the entitlement of the case promises, or None."""
    wanted = context.case.entitlement_id if context.case else None
    found = (one.entitlement.sla for one in context.entitlements if one.entitlement.id == wanted)
    return next(found, None)


def settle(tx: Tx, outcome: Outcome, case: Case, now: datetime) -> tuple[Event, ...]:
    """Enter what the case, as it was just stored, owes to its entitlement, and give back what it owed to another.

    Returns what there is to tell. Raises StaleWrite when a new case finds nothing left that it could still count on.
    """
    before = outcome.before.entitlement_id if outcome.before else None
    cause = outcome.events[0].cause if outcome.events else "correction"
    events: list[Event] = []
    if before is not None and before != case.entitlement_id:
        events += _enter(tx, before, _charge(case, 0, cause, now))
    if case.entitlement_id is not None:
        found = entitlements.locked(tx, case.entitlement_id)
        assert found is not None, "entitlements are never deleted"
        amount = owed(found, case.status, case.billable_minutes, is_exempt=case.is_exempt)
        events += _enter(tx, case.entitlement_id, _charge(case, amount, cause, now), is_new=outcome.before is None)
    return tuple(events)


def give_back(tx: Tx, case: Case, cause: str, now: datetime) -> tuple[Event, ...]:
    """Give back what a case took, because it is about to be deleted; its entries stay in the ledger."""
    if case.entitlement_id is None:
        return ()
    return tuple(_enter(tx, case.entitlement_id, _charge(case, 0, cause, now)))


def _charge(case: Case, amount: int, cause: str, now: datetime) -> Charge:
    return Charge(case_id=case.id, origin=case.origin, amount=amount, cause=cause, at=now)


def _enter(tx: Tx, key: int, charge: Charge, *, is_new: bool = False) -> Iterator[Event]:
    """Enter the difference between what a case took and what it owes, and yield what there is to tell of it."""
    found = entitlements.locked(tx, key)
    assert found is not None, "entitlements are never deleted"
    entries = entries_of(found, entitlements.entries(tx, key, charge.case_id), charge)
    if not entries:
        return
    entitlements.append(tx, entries)
    standing = entitlements.standing(tx, found)
    amount = used(entries)
    if is_new and amount > 0 and found.restricts and standing.left(charge.origin) < 0:
        raise StaleWrite(f"{found.name} was used up by another case meanwhile; decide again.")
    yield EntitlementTouched(actor="system", cause=charge.cause, standing=str(standing), amount=amount)
    yield from _alerts(tx, found, standing, charge.cause)


def _alerts(tx: Tx, found: Entitlement, standing: Standing, cause: str) -> Iterator[Event]:
    """Yield one event for the highest percentage that is newly used, and remember it."""
    told, percents = alerts(found, sum(amount for _, amount in standing.taken))
    if not percents:
        return
    entitlements.update(tx, told)
    tell = (found.owner,) if found.owner else MANAGERS
    yield EntitlementUsed(actor="system", cause=cause, standing=str(standing), percent=percents[-1], tell=tell)


def state_in_words(standing: Standing, now: datetime) -> str:
    """Return where an entitlement stands, such as `active`; `used up` is one that is active and takes no more cases."""
    state = standing.entitlement.state(now)
    is_over = state is EntitlementState.ACTIVE and standing.entitlement.restricts and standing.left() <= 0
    return "used up" if is_over else state.value
