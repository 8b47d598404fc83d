"""Rows that refer to one row made to refer to another, on a database with every table there is."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Column, ForeignKey, Index, Integer, MetaData, Table, UniqueConstraint, insert, select

from mailcase.domain.party import Account
from mailcase.store import cases, contacts, schema, uniting
from mailcase.store.columns import Numbers
from mailcase.store.engine import Database
from mailcase.store.tx import Tx
from store.values import NOW, a_case, a_contact

NAMES = MetaData()
REFERRING = {f"{column.table.name}.{column.name}": column for column in uniting.references(schema.contacts)}
LISTS = {
    f"{table.name}.{column.name}"
    for table in schema.metadata.sorted_tables
    for column in table.columns
    if isinstance(column.type, Numbers)
}


def columns_called_contact() -> Iterator[str]:
    for table in schema.metadata.sorted_tables:
        for column in table.columns:
            if column.name.endswith("contact_id"):
                yield f"{table.name}.{column.name}"


def test_every_column_that_names_a_contact_is_declared_to_refer_to_one() -> None:
    """A merge moves what refers to contacts; a column without a reference would be forgotten."""
    assert set(columns_called_contact()) == set(REFERRING)


def test_the_one_list_of_contacts_is_the_one_that_a_merge_rewrites() -> None:
    assert {"entitlements.contacts"} == LISTS


@pytest.mark.parametrize("name", REFERRING)
def test_a_table_that_refers_to_contacts_has_no_partly_unique_index_with_it(name: str) -> None:
    """Which rows are twins could not be told from the columns alone."""
    column = REFERRING[name]
    partly = [one for one in column.table.indexes if one.unique and column.name in one.columns and one.dialect_kwargs]
    assert not partly


def test_uniqueness_is_known_however_it_is_declared() -> None:
    table = Table(
        "declared",
        NAMES,
        Column("id", Integer, primary_key=True),
        Column("of", Integer),
        Column("kind", Integer),
        Column("place", Integer),
        UniqueConstraint("kind", "of"),
        Index("ix_declared_place", "of", "place", unique=True),
        Index("ix_declared_plain", "of"),
    )
    assert sorted(uniting.unique_with(table.c.of)) == [("kind",), ("place",)]


def row_of(tx: Tx, table: Table, contact_id: int) -> dict[str, object]:
    """Return values for all columns of a row that has to be there: its references are to rows made for it."""
    values: dict[str, object] = {}
    for column in table.columns:
        target = next(iter(column.foreign_keys), None)
        if target is not None and target.column.table is schema.contacts:
            values[column.name] = contact_id
        elif target is not None and not column.nullable:
            values[column.name] = referred(tx, target)
        elif not column.nullable and not (column.primary_key and column.autoincrement):
            values[column.name] = value_for(column, contact_id)
    return values


def referred(tx: Tx, key: ForeignKey) -> object:
    if key.column.table is schema.cases:
        return cases.insert(tx, a_case(contacts.insert(tx, a_contact(f"{id(key)}@other.example")).id)).id
    if key.column.table is schema.accounts:
        return contacts.insert_account(tx, Account(name="Acme", created_at=NOW)).id
    raise AssertionError(f"say here how a row of {key.column.table.name} is made")


def value_for(column: Column[object], number: int) -> object:
    """Return something that the column takes; a key is another for each contact."""
    choices = getattr(column.type, "choices", None)
    if choices is not None:
        return next(iter(choices))
    samples: dict[str, object] = {"Moment": NOW, "Numbers": (), "Strings": (), "Pairs": (), "Bytes": b""}
    kind = type(column.type).__name__
    if kind in ("Integer", "BigInteger", "Id"):
        return number
    return samples.get(kind, False if kind == "Boolean" else f"text {number}")


@pytest.mark.parametrize("name", REFERRING)
def test_whatever_refers_to_a_contact_refers_to_the_survivor_after(database: Database, name: str) -> None:
    column = REFERRING[name]
    with database.begin() as tx:
        survivor, loser = (contacts.insert(tx, a_contact(f"{who}@example.com")).id for who in "ab")
        row = row_of(tx, column.table, loser) if column.table is not schema.contact_addresses else None
        if row is not None:
            tx.execute(insert(column.table).values(row))

        moved = uniting.redirect(tx, schema.contacts, loser, survivor)

        assert moved[column.table.name] == 1
        assert tx.execute(select(column).where(column == loser)).all() == []
        assert contacts.get(tx, loser) is None
        assert contacts.by_address(tx, "b@example.com") == contacts.get(tx, survivor)


def test_a_row_that_would_be_there_twice_is_the_survivors(database: Database) -> None:
    with database.begin() as tx:
        first, second = (contacts.insert_account(tx, Account(name=name, created_at=NOW)).id for name in "ab")
        contacts.add_domain(tx, first, "a.example")
        contacts.add_domain(tx, second, "b.example")

        moved = uniting.redirect(tx, schema.accounts, second, first)

        assert moved == {"account_domains": 1}
        assert contacts.account_by_domain(tx, "b.example") == contacts.account(tx, first)


def test_whoever_read_a_case_before_has_to_read_it_again(database: Database) -> None:
    with database.begin() as tx:
        survivor, loser = (contacts.insert(tx, a_contact(f"{who}@example.com")).id for who in "ab")
        case = cases.insert(tx, a_case(loser))
        uniting.redirect(tx, schema.contacts, loser, survivor)
        after = cases.get(tx, case.id)
    assert after is not None
    assert (after.contact_id, after.version) == (survivor, case.version + 1)
