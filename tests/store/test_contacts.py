"""Customers in the database."""

from dataclasses import replace

import pytest

from mailcase.domain.party import Account
from mailcase.errors import StaleWrite
from mailcase.store import contacts
from mailcase.store.engine import Database
from store.values import NOW, a_contact


def test_a_contact_is_found_by_any_of_its_addresses(database: Database) -> None:
    with database.begin() as tx:
        carla = contacts.insert(tx, a_contact("carla@example.com"))
        contacts.add_address(tx, carla.id, "c.meyer@example.org")
        assert contacts.by_address(tx, "carla@example.com") == carla == contacts.by_address(tx, "c.meyer@example.org")
        assert contacts.addresses(tx, carla.id) == ("c.meyer@example.org", "carla@example.com")


def test_a_stranger_is_nobody(database: Database) -> None:
    with database.read() as tx:
        assert contacts.by_address(tx, "nobody@example.com") is None


def test_an_address_is_one_contacts_only(database: Database) -> None:
    with database.begin() as tx:
        contacts.insert(tx, a_contact())
    with pytest.raises(StaleWrite, match="first"), database.begin() as tx:
        contacts.insert(tx, a_contact())


def test_an_address_beyond_all_limits_is_stored_and_found(database: Database) -> None:
    monster = "x" * 20_000 + "@example.com"
    with database.begin() as tx:
        carla = contacts.insert(tx, a_contact(monster))
        found = contacts.by_address(tx, monster)
        other = contacts.by_address(tx, "x" * 20_001 + "@example.com")
    assert found is not None
    assert (found.id, other) == (carla.id, None)


def test_a_contact_is_changed(database: Database) -> None:
    with database.begin() as tx:
        carla = replace(contacts.insert(tx, a_contact()), name="Carla Meyer", is_provisional=False)
        contacts.update(tx, carla)
        assert contacts.get(tx, carla.id) == carla


def test_an_account_is_found_by_its_domains(database: Database) -> None:
    with database.begin() as tx:
        acme = contacts.insert_account(tx, Account(name="ACME", created_at=NOW), ("acme.example", "acme.test"))
        assert contacts.account_by_domain(tx, "acme.test") == acme == contacts.account(tx, acme.id)
        assert contacts.account_by_domain(tx, "example") is None
