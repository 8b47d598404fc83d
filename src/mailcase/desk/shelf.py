"""The other cases that a verb needs, read in the transaction that it runs in."""

from dataclasses import replace

from mailcase.desk.call import Customer
from mailcase.desk.context import account_of
from mailcase.desk.desk import Desk
from mailcase.desk.entitlements import standings
from mailcase.desk.letters import read_people
from mailcase.desk.library import search_articles
from mailcase.desk.outcome import Outcome
from mailcase.domain.activity import Activity
from mailcase.domain.article import Article
from mailcase.domain.case import Case
from mailcase.domain.decision import Context
from mailcase.domain.party import Contact
from mailcase.domain.relations import CaseLink
from mailcase.domain.transcript import Transcript
from mailcase.errors import Refused
from mailcase.store import activities, cases, contacts, links, queues, transcripts
from mailcase.store.tx import Tx


def begin(tx: Tx, case: Case) -> Outcome:
    """Return the outcome that work on `case` begins with, as it stands in this transaction."""
    return Outcome.of(case, queues.by_case(tx, case.id), tuple(activities.by_case(tx, case.id)))


class StoredCases:
    """The shelf of `desk.call`, over the database."""

    def __init__(self, tx: Tx, desk: Desk) -> None:
        self._tx = tx
        self._desk = desk
        self._last_id = 0

    def case(self, case_id: int) -> Outcome | None:
        """Return the case with this id, as work on it would begin."""
        found = cases.get(self._tx, case_id)
        return None if found is None else begin(self._tx, found)

    def people(self, case: Case) -> Context:
        """Return who stands behind a case."""
        return read_people(self._tx, self._desk, case)

    def children(self, case: Case) -> tuple[Outcome, ...]:
        """Return the children of a case, the oldest first."""
        return tuple(begin(self._tx, child) for child in cases.children(self._tx, case.id))

    def links(self, case: Case) -> tuple[CaseLink, ...]:
        """Return what a case is linked with."""
        return tuple(links.of_case(self._tx, case.id))

    def new_id(self) -> int:
        """Return the id of a case that is going to be stored."""
        self._last_id = max(cases.new_id(self._tx), self._last_id + 1)
        return self._last_id

    def last_transcript(self, case: Case) -> Transcript | None:
        """Return what the last commands on a case changed, if that was not taken back."""
        return transcripts.last(self._tx, case.id)

    def activities(self, case: Case) -> tuple[Activity, ...]:
        """Return the activities of a case."""
        return tuple(activities.by_case(self._tx, case.id))

    def customer(self, who: str | int) -> Customer | None:
        """Return who writes from an address (canonical), or the contact with an id."""
        tx = self._tx
        found = contacts.get(tx, who) if isinstance(who, int) else contacts.of_sender(tx, who)
        if found is None:
            return None
        account = account_of(tx, found, found.address)
        return Customer(contact=found, account=account, bought=standings(tx, account, found, None))

    def newcomer(self, contact: Contact) -> Customer:
        """Return a contact that is going to be stored, with the account of its domain. Raises Refused for our own."""
        if contact.address in self._desk.own_addresses:
            raise Refused(f"{contact.address} is an address of this desk, and no customer's.")
        account = account_of(self._tx, None, contact.address)
        known = replace(contact, account_id=account.id if account else None)
        return Customer(contact=known, account=account, bought=standings(self._tx, account, None, None))

    def articles(self, words: str, product: str, limit: int) -> tuple[Article, ...]:
        """Return the published articles with all of these words that fit a product, the best first."""
        return search_articles(self._tx, self._desk.library, words, limit, product=product)
