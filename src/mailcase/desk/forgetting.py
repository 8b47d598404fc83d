"""A person is forgotten: what the desk has of an address is erased, wherever it is, and what is left is searched for it.

Cases of the person go with all that belongs to them. Mails of theirs on cases of others become empty lines. In what others
wrote the address is replaced, and bytes that cannot be written anew (mails as they came, files) are removed. Mail of others
that waits for a decision, or to be sent, is left alone and told of: it would be lost.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from mailcase.desk.desk import Desk
from mailcase.domain.activity import AuditRecord
from mailcase.domain.inbox import InboxState
from mailcase.domain.outbox import OutboxState
from mailcase.domain.party import Contact, canonical_address
from mailcase.errors import Refused
from mailcase.mail import seek
from mailcase.store import audit, contacts, erasing, outbox, searching
from mailcase.store.tx import Tx

SETTLED = frozenset({OutboxState.SENT, OutboxState.DEAD, OutboxState.UNCERTAIN})


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Who is to be forgotten, and what there is at first sight."""

    addresses: tuple[str, ...]
    """Canonical."""
    contact: Contact | None
    cases: tuple[int, ...]
    mails: tuple[int, ...]
    """Received from these addresses, on cases or not."""

    @property
    def needles(self) -> tuple[str, ...]:
        """What nothing may hold any more: each address, and its hash."""
        return (*self.addresses, *(hashlib.sha256(one.encode()).hexdigest() for one in self.addresses))


@dataclass(slots=True)
class Proof:
    """What was searched, and where something was found."""

    texts: int = 0
    """Columns of texts, in all tables."""
    contents: int = 0
    """Mails, files and other contents."""
    bytes: int = 0
    found: Counter[str] = field(default_factory=Counter)
    """By `table.column`; empty when nothing is left."""


def find_person(tx: Tx, desk: Desk, address: str) -> Person:
    """Return what is known of `address`. Raises Refused for an address of the desk, or of an agent."""
    wanted = canonical_address(address)
    contact = contacts.by_address(tx, wanted)
    plain = {wanted, *(contacts.addresses(tx, contact.id) if contact else ())}
    addresses = tuple(sorted(plain.union(*(erasing.tagged_senders(tx, one) for one in plain))))
    for one in addresses:
        if one in desk.own_addresses:
            raise Refused(f"{one} is an address of this desk; only customers and other people can be forgotten.")
        if desk.rulebook.agent_by_address(one) is not None:
            raise Refused(f"{one} is an agent's; take the agent out of agents.yaml first.")
    return Person(
        addresses=addresses,
        contact=contact,
        cases=tuple(erasing.cases_of(tx, contact.id)) if contact else (),
        mails=tuple(erasing.mails_from(tx, addresses)),
    )


def erase_own(tx: Tx, cases: Sequence[int], mails: Sequence[int]) -> Counter[str]:
    """Erase cases of the person with all that belongs to them, and mails of theirs on no case or on those of others."""
    removed = erasing.erase_cases(tx, cases)
    removed += erasing.erase_words(tx, mails)
    return removed + erasing.erase_mails(tx, mails)


def find_contents(tx: Tx, person: Person, proof: Proof | None = None) -> list[tuple[str, tuple[object, ...]]]:
    """Return where mails, files and other contents hold an address: `table.column` and the key of the row."""
    needles = [needle.encode() for needle in person.needles]

    def holds(content: bytes) -> bool:
        if proof is not None:
            proof.contents += 1
            proof.bytes += len(content)
        return seek.holds(content, needles)

    return [(f"{table.name}.{column.name}", key) for table, column, key in searching.contents_with(tx, holds)]


def erase_contents(tx: Tx, places: Iterable[tuple[str, tuple[object, ...]]]) -> tuple[Counter[str], list[str]]:
    """Remove contents of others that hold an address; return rows by table and bytes, and what has to be left for now."""
    removed: Counter[str] = Counter()
    left: list[str] = []
    for place, (key,) in places:
        if place in ("raw_messages.raw", "parsed_mails.content"):
            removed += _erase_mail(tx, str(key), left)
        elif place == "blobs.content":
            removed += erasing.erase_blob(tx, str(key))
        elif place == "outbox.raw":
            removed += _erase_sent(tx, int(str(key)), left)
    return removed, list(dict.fromkeys(left))


def _erase_mail(tx: Tx, sha256: str, left: list[str]) -> Counter[str]:
    waiting = {InboxState.HELD, InboxState.RECEIVED}
    rows = erasing.mails_with(tx, sha256)
    for key, state in rows:
        if state in waiting:
            left.append(
                f"mail {key} of somebody else is {state} and names the address; decide on it and run this again"
            )
    return Counter() if any(state in waiting for _, state in rows) else erasing.drop_bytes(tx, [key for key, _ in rows])


def _erase_sent(tx: Tx, key: int, left: list[str]) -> Counter[str]:
    message = outbox.get(tx, key)
    if message is None:
        return Counter()
    if message.state not in SETTLED:
        left.append(
            f"outgoing mail {key} to somebody else is {message.state} and names the address; run this again later"
        )
        return Counter()
    return erasing.drop_sent_bytes(tx, key)


def finish(tx: Tx, person: Person, removed: Counter[str], actor: str, now: datetime) -> Counter[str]:
    """Remove the contact, replace the address in the texts of others, and note in the audit log that it was done.

    Adds to `removed`, and returns the rows of others that were changed, by table.
    """
    if person.contact is not None:
        removed += erasing.erase_contact(tx, person.contact.id)
    redacted = erasing.drop_copied(tx, person.addresses)
    redacted += searching.redact(tx, person.needles)
    record = AuditRecord(
        at=now,
        actor=actor,
        action="contact.forget",
        object_type="contact",
        object_id=person.contact.id if person.contact else 0,
        changes=json.dumps({"removed": removed, "redacted": redacted}),
    )
    audit.append(tx, [record])
    return redacted


def prove(tx: Tx, person: Person) -> Proof:
    """Search every text and every content for the addresses and their hashes."""
    proof = Proof(texts=searching.count_columns())
    proof.found += searching.texts_with(tx, person.needles)
    proof.found += Counter(place for place, _ in find_contents(tx, person, proof))
    return proof
