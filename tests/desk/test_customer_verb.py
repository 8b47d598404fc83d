"""`#customer`: a case becomes another contact's."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from desk.values import ACT, ANNA, CREATED, NOW, closed, waiting
from mailcase.desk.call import Call, Customer, EmptyShelf, Request, Surroundings
from mailcase.desk.outcome import Outcome
from mailcase.desk.verbs_customer import CUSTOMERS
from mailcase.domain.case import Case
from mailcase.domain.command import Command
from mailcase.domain.command_table import BY_NAME
from mailcase.domain.entitlement import Entitlement, Term
from mailcase.domain.entitlement_ledger import Standing
from mailcase.domain.party import Account, Contact
from mailcase.errors import Refused
from mailcase.rules.rulebook import Rulebook

BOB = Contact(id=1, name="Bob", address="bob@reseller.example", created_at=CREATED)
CLARA = Contact(id=2, name="Clara", address="clara@acme.example", account_id=5, language="de", created_at=CREATED)
ACME = Account(id=5, name="Acme", created_at=CREATED)
GOLD = Entitlement(
    id=9,
    name="Gold",
    account_id=5,
    term=Term.CASES,
    total=15,
    is_default=True,
    starts_at=CREATED,
    ends_at=CREATED + timedelta(days=365),
    activated_at=CREATED,
)


@dataclass
class People(EmptyShelf):
    """Contacts in memory, and the children of a case."""

    families: Mapping[int, tuple[Outcome, ...]] = field(default_factory=dict)

    def customer(self, who: str | int) -> Customer | None:
        known = {
            CLARA.address: Customer(contact=CLARA, account=ACME, bought=(Standing(entitlement=GOLD),)),
            BOB.address: Customer(contact=BOB, account=None, bought=()),
            BOB.id: Customer(contact=BOB, account=None, bought=()),
        }
        return known.get(who)

    def children(self, case: Case) -> tuple[Outcome, ...]:
        return self.families.get(case.id, ())


def give(outcome: Outcome, address: str, *children: Outcome) -> Outcome:
    call = Call(
        command=Command(spec=BY_NAME["customer"], argument=address),
        request=Request(agent=ANNA, commands=(), words=None),
        rulebook=Rulebook(version="", queues={}, agents={"anna": ANNA}),
        act=replace(ACT, now=NOW),
        around=Surroundings(shelf=People(families={outcome.case.id: children})),
    )
    return CUSTOMERS["customer"](outcome, call)


def test_the_case_has_the_customer_the_account_and_what_they_bought() -> None:
    case = give(waiting(contact_id=BOB.id), "Clara@Acme.example").case
    assert (case.contact_id, case.account_id, case.entitlement_id, case.language) == (2, 5, 9, "de")


def test_what_the_former_customer_bought_is_not_the_others() -> None:
    case = give(waiting(contact_id=CLARA.id, account_id=5, entitlement_id=9), BOB.address).case
    assert (case.contact_id, case.account_id, case.entitlement_id) == (1, None, None)


def test_who_was_copied_and_is_the_customer_now_is_copied_no_more() -> None:
    case = give(waiting(contact_id=BOB.id, cc=(CLARA.address, "max@other.example")), CLARA.address).case
    assert case.cc == ("max@other.example",)


def test_the_timeline_names_both() -> None:
    (event,) = give(waiting(contact_id=BOB.id), CLARA.address).events
    assert event.summary == "customer: bob@reseller.example → clara@acme.example"


def test_active_children_go_with_their_parent() -> None:
    child = waiting(id=8, contact_id=BOB.id, parent_id=7)
    done = closed(id=9, contact_id=BOB.id, parent_id=7)

    (other,) = give(waiting(contact_id=BOB.id), CLARA.address, child, done).others
    assert (other.case.id, other.case.contact_id, other.case.entitlement_id) == (8, 2, 9)


def test_somebody_unknown_is_made_known_if_called_new() -> None:
    done = give(waiting(contact_id=BOB.id), "new Max@Other.example  Max  Meier")
    assert done.newcomer == Contact(name="Max Meier", address="max@other.example", is_provisional=False, created_at=NOW)
    assert done.case.contact_id == 0


def test_somebody_known_is_not_made_twice() -> None:
    done = give(waiting(contact_id=BOB.id), f"new {CLARA.address}")
    assert (done.newcomer, done.case.contact_id) == (None, CLARA.id)


@pytest.mark.parametrize(
    ("outcome", "address", "said"),
    [
        (waiting(contact_id=1), "nobody@acme.example", "nobody is known who writes from nobody@acme.example"),
        (waiting(contact_id=1), BOB.address, "is bob@reseller.example's already"),
        (waiting(contact_id=1), f"new {ANNA.address}", "the agent Anna Berg's"),
        (waiting(contact_id=1), "bob", "no mail address"),
        (waiting(contact_id=1, parent_id=3), CLARA.address, "from its parent CAS-000003"),
        (closed(contact_id=1), CLARA.address, "is resolved"),
    ],
)
def test_what_cannot_be_is_refused(outcome: Outcome, address: str, said: str) -> None:
    with pytest.raises(Refused, match=said):
        give(outcome, address)
