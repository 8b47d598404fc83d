"""Forgetting a person, step by step in transactions of bounded size, so that a daemon beside it goes on with its work."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from mailcase.app import App
from mailcase.desk import forgetting
from mailcase.desk.forgetting import Person, Proof
from mailcase.errors import Refused
from mailcase.store.scrubbing import scrub

BATCH = 50
Item = TypeVar("Item")
SERVERS = "Mail servers, backups and archives still have what they have: delete it there too."


@dataclass(frozen=True, slots=True, kw_only=True)
class Forgotten:
    """What was done, and the proof of it."""

    person: Person
    removed: Counter[str]
    """Rows by table, and bytes."""
    redacted: Counter[str]
    """Rows of others in which the address was replaced, by table."""
    left: tuple[str, ...]
    """What a person has to do."""
    proof: Proof

    @property
    def is_complete(self) -> bool:
        """Whether nothing of the person is left in the database."""
        return not self.proof.found


def look(app: App, address: str) -> Person:
    """Return what is known of `address`, nothing changed. Raises Refused when it is none, or may not be forgotten."""
    if not all(address.strip().rpartition("@")):  # as lenient as senders are; a proof about a slip would be none
        raise Refused(f"{address!r} is no mail address, so nothing was looked for; write name@domain.")
    with app.database.read() as tx:
        return forgetting.find_person(tx, app.desk, address)


def forget(app: App, person: Person, actor: str) -> Forgotten:
    """Erase what the desk has of a person, and search for what is left. Raises Unavailable, StaleWrite: run it again."""
    removed: Counter[str] = Counter()
    for cases in _parts(person.cases):
        with app.database.begin() as tx:
            removed += forgetting.erase_own(tx, cases, [])
    for mails in _parts(person.mails):
        with app.database.begin() as tx:
            removed += forgetting.erase_own(tx, [], mails)
    left: list[str] = []
    with app.database.read() as tx:
        places = forgetting.find_contents(tx, person)
    for part in _parts(places):
        with app.database.begin() as tx:
            gone, waiting = forgetting.erase_contents(tx, part)
        removed += gone
        left += waiting
    with app.database.begin() as tx:
        redacted = forgetting.finish(tx, person, removed, actor, app.now())
    if undone := scrub(app.database):
        left.append(undone)
    with app.database.read() as tx:
        proof = forgetting.prove(tx, person)
    return Forgotten(person=person, removed=removed, redacted=redacted, left=(*left, SERVERS), proof=proof)


def _parts(items: Sequence[Item]) -> Iterator[Sequence[Item]]:
    for start in range(0, len(items), BATCH):
        yield items[start : start + BATCH]
