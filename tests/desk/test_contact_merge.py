"""Several contacts become one: what they had bought, and what had been taken of it."""

from dataclasses import replace
from datetime import timedelta

from desk.values import ACT
from mailcase.desk import contacts as verbs
from mailcase.desk.contact_merge import merge
from mailcase.domain.contact import ContactEdit
from mailcase.domain.entitlement import Entitlement, Term
from mailcase.domain.entitlement_ledger import Charge, settle
from mailcase.domain.party import Account, Contact
from mailcase.store import contacts, entitlements
from mailcase.store.engine import Database
from mailcase.store.tx import Tx
from store.values import NOW, a_contact


def people(tx: Tx) -> tuple[Contact, Contact]:
    one, two = (contacts.insert(tx, a_contact(f"{who}@example.com")) for who in ("clara", "c.weber"))
    return one, two


def bought(tx: Tx, **whose: object) -> Entitlement:
    terms = {"name": "Gold", "term": Term.CASES, "total": 15, "starts_at": NOW, "ends_at": NOW + timedelta(days=365)}
    return entitlements.insert(tx, Entitlement(**(terms | {"activated_at": NOW} | whose)))  # type: ignore[arg-type]


def test_what_a_loser_bought_is_the_survivors_with_what_was_taken(database: Database) -> None:
    with database.begin() as tx:
        clara, weber = people(tx)
        gold = bought(tx, contact_id=weber.id)
        charge = Charge(case_id=1, origin="email", amount=1, cause="mail 1", at=NOW)
        entitlements.append(tx, settle(gold, (), charge))

        merge(tx, clara, [weber], ACT)

        (found,) = entitlements.of_customer(tx, None, clara.id)
        assert entitlements.standing(tx, found).left() == 14


def test_whoever_may_use_an_accounts_is_named_once(database: Database) -> None:
    with database.begin() as tx:
        clara, weber = people(tx)
        acme = contacts.insert_account(tx, Account(name="Acme", created_at=NOW))
        gold = bought(tx, account_id=acme.id, contacts=(weber.id, clara.id, 99))

        merged = merge(tx, clara, [weber], ACT)

        found = entitlements.get(tx, gold.id)
        assert found is not None
        assert (found.contacts, merged.moved["entitlements"]) == ((clara.id, 99), 1)


def test_chains_end_at_the_last_survivor(database: Database) -> None:
    with database.begin() as tx:
        clara, weber = people(tx)
        third = contacts.insert(tx, a_contact("third@example.com"))
        merge(tx, weber, [third], ACT)
        merge(tx, clara, [weber], ACT)

        assert {contacts.by_address(tx, f"{who}@example.com") for who in ("clara", "c.weber", "third")} == {
            contacts.get(tx, clara.id)
        }


def test_the_survivor_keeps_what_it_has(database: Database) -> None:
    with database.begin() as tx:
        clara, weber = people(tx)
        weber = verbs.edit(tx, weber, ContactEdit(name="C. Weber", language="de", is_confirmed=True), ACT)

        merged = merge(tx, clara, [weber], ACT)

        assert merged.contact == replace(clara, language="de", is_provisional=False)
        assert contacts.get(tx, clara.id) == merged.contact
