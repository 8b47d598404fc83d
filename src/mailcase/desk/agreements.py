"""Agreements of the rule files taken over into the store, where cases take from them.

The file says what was agreed, in git; the store knows what became of it: what was taken, that it was renewed or
cancelled. So a changed entry changes the terms of what is stored under its key, an entry that was removed cancels it,
and an entry that did not change leaves alone what was done by command. Each change is audited.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from mailcase.desk.desk import Desk
from mailcase.domain.activity import AuditRecord
from mailcase.domain.agreement import Agreement, differing, revised
from mailcase.domain.entitlement import Entitlement, EntitlementState, cancel
from mailcase.domain.party import Account, Contact
from mailcase.store import audit, contacts, entitlements
from mailcase.store import desk as founding
from mailcase.store.tx import Tx

ACTOR = "entitlements.yaml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Adopted:
    """One entitlement that was changed."""

    action: str
    """`entitlement.create`, `entitlement.update` or `entitlement.cancel`."""
    entitlement: Entitlement
    changes: str
    """JSON object: field → [before, after]."""


def digest(desk: Desk) -> str:
    """Return a hash of what the rule files say about entitlements; empty when they never named any."""
    named = sorted(desk.rulebook.agreements.items())
    return hashlib.sha256(repr((named, desk.zone.key)).encode()).hexdigest() if named else ""


def is_adopted(tx: Tx, desk: Desk) -> bool:
    """Tell whether the agreements of the rule files are those that the store took over last."""
    return founding.agreements(tx) == digest(desk)


def adopt(tx: Tx, desk: Desk, now: datetime) -> tuple[Adopted, ...]:
    """Take over the agreements of the rule files, and return what was changed.

    Another daemon that does the same waits here, and finds it done.
    """
    founding.lock(tx)
    if is_adopted(tx, desk):
        return ()
    done = tuple(_adopt(tx, desk, now))
    audit.append(tx, (_record(one, now) for one in done))
    founding.set_agreements(tx, digest(desk))
    return done


def _adopt(tx: Tx, desk: Desk, now: datetime) -> Iterator[Adopted]:
    for agreement in desk.rulebook.agreements.values():
        declared = _entitlement(tx, desk, agreement, now)
        stored = entitlements.of_key(tx, agreement.key)
        if not stored:
            made = entitlements.insert(tx, declared)
            yield Adopted(action="entitlement.create", entitlement=made, changes=json.dumps({"name": ["", made.name]}))
            continue
        latest = stored[-1]
        fresh = revised(latest, declared)
        changes = differing(latest, fresh)
        if changes:
            written = entitlements.update(tx, fresh)
            yield Adopted(action="entitlement.update", entitlement=written, changes=json.dumps(changes))
    yield from _removed(tx, desk, now)


def _removed(tx: Tx, desk: Desk, now: datetime) -> Iterator[Adopted]:
    """Cancel what is still to be used of agreements that are in the files no more."""
    for one in entitlements.find(tx):
        is_over = one.state(now) in (EntitlementState.CANCELLED, EntitlementState.EXPIRED)
        if one.agreement and one.agreement not in desk.rulebook.agreements and not is_over:
            written = entitlements.update(tx, cancel(one, now))
            yield Adopted(
                action="entitlement.cancel", entitlement=written, changes=json.dumps({"state": ["", "removed"]})
            )


def _entitlement(tx: Tx, desk: Desk, agreement: Agreement, now: datetime) -> Entitlement:
    """Return the agreement with its customer, who is made known if need be."""
    account = _account(tx, agreement, now) if agreement.account else None
    account_id = account.id if account else None
    contact = _contact(tx, agreement.contact, None, now) if agreement.contact else None
    people = tuple(_contact(tx, address, account_id, now).id for address in agreement.contacts)
    return agreement.entitlement(
        desk.zone, now, account_id=account_id, contact_id=contact.id if contact else None, contacts=people
    )


def _account(tx: Tx, agreement: Agreement, now: datetime) -> Account:
    for domain in agreement.domains:
        found = contacts.account_by_domain(tx, domain)
        if found is not None:
            return found
    return contacts.insert_account(tx, Account(name=agreement.account, created_at=now), agreement.domains)


def _contact(tx: Tx, address: str, account_id: int | None, now: datetime) -> Contact:
    """Return the contact with this address; one with whom there is an agreement is not provisional any more."""
    found = contacts.by_address(tx, address)
    if found is None:
        made = Contact(name="", address=address, account_id=account_id, is_provisional=False, created_at=now)
        return contacts.insert(tx, made)
    known = replace(found, is_provisional=False, account_id=found.account_id or account_id)
    if known != found:
        contacts.update(tx, known)
    return known


def _record(one: Adopted, now: datetime) -> AuditRecord:
    return AuditRecord(
        at=now,
        actor=ACTOR,
        action=one.action,
        object_type="entitlement",
        object_id=one.entitlement.id,
        changes=one.changes,
    )
