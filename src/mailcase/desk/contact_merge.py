"""Several contacts become one, because they are the same person.

Every case of theirs, open or closed, every address and whatever else refers to them is the survivor's from then on, so
that answers to old mails find their cases, and mail from any of the addresses is the survivor's for ever. Nothing is counted
anew: what was taken from entitlements stays taken, and clocks go on; only what comes after is the survivor's alone.
"""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from mailcase.desk import trail
from mailcase.desk.outcome import Act
from mailcase.domain.activity import AuditRecord, TimelineEntry
from mailcase.domain.contact import absorbed, differing
from mailcase.domain.events_customer import ContactMerged
from mailcase.domain.number import format_number
from mailcase.domain.party import Contact
from mailcase.errors import Refused
from mailcase.store import audit, contacts, entitlements, schema, timeline, uniting
from mailcase.store.tx import Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """What a merge of contacts came to."""

    contact: Contact
    """The survivor, as it is now."""
    losers: tuple[Contact, ...]
    """The others, as they were."""
    cases: tuple[str, ...]
    """Numbers of the cases that moved."""
    moved: Counter[str]
    """Rows by table."""


def merge(tx: Tx, survivor: Contact, losers: Sequence[Contact], act: Act) -> Merged:
    """Make one contact of several and return what moved. Raises Refused when there are no others.

    The survivor keeps its name, account, language and zone, and takes from the others what it lacks.
    """
    others = {one.id: one for one in losers if one.id != survivor.id}
    if not others:
        raise Refused(f"{survivor.address} is that contact already; name another one to merge into it.")
    uniting.lock(tx, schema.contacts, [survivor.id, *others])
    after = absorbed(survivor, others.values())
    contacts.update(tx, after)
    moved: Counter[str] = Counter()
    numbers: list[str] = []
    for loser in others.values():
        numbers += _tell_cases(tx, loser, after, act)
        uniting.give_account(tx, loser.id, after.account_id)
        moved += uniting.redirect(tx, schema.contacts, loser.id, after.id)
    moved += _rename_in_entitlements(tx, set(others), after.id)
    addresses = sorted(one.address for one in others.values())
    trail.keep(
        tx,
        act,
        "contact.merge",
        after.id,
        **differing(survivor, after),
        merged=sorted(others),
        addresses=[[], addresses],
        moved=dict(moved),
    )
    return Merged(contact=after, losers=tuple(others.values()), cases=tuple(numbers), moved=moved)


def _tell_cases(tx: Tx, loser: Contact, survivor: Contact, act: Act) -> list[str]:
    """Write into the timeline and the audit log of each case of `loser` whose it is now; return their numbers."""
    found = uniting.cases_of(tx, loser.id)
    event = ContactMerged(actor=act.actor, cause=act.cause, before=loser.address, after=survivor.address)
    timeline.append(
        tx,
        (
            TimelineEntry(
                case_id=key, at=act.now, event=event.name, actor=act.actor, cause=act.cause, summary=event.summary
            )
            for key, _, _ in found
        ),
    )
    audit.append(tx, _records(found, loser, survivor, act))
    return [format_number(key) for key, _, _ in found]


def _records(
    found: Sequence[tuple[int, bool, int | None]], loser: Contact, survivor: Contact, act: Act
) -> Iterator[AuditRecord]:
    for key, is_active, account_id in found:
        changes: dict[str, list[int | None]] = {"contact_id": [loser.id, survivor.id]}
        if is_active and account_id != survivor.account_id:
            changes["account_id"] = [account_id, survivor.account_id]
        yield AuditRecord(
            at=act.now,
            actor=act.actor,
            action="case.update",
            object_type="case",
            object_id=key,
            changes=json.dumps(changes),
        )


def _rename_in_entitlements(tx: Tx, losers: set[int], survivor: int) -> Counter[str]:
    """Let the survivor use what the others might use of an account's: that is a list, no reference."""
    changed = 0
    for one in entitlements.find(tx):
        if losers & set(one.contacts):
            people = dict.fromkeys(survivor if key in losers else key for key in one.contacts)
            entitlements.update(tx, replace(one, contacts=tuple(people)))
            changed += 1
    return +Counter({"entitlements": changed})
