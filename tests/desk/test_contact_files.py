"""Contacts as CSV files: what is written and read again is the same, whatever the names hold."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from desk.values import ACT
from mailcase.app import App
from mailcase.desk import accounts
from mailcase.desk.account_files import COLUMNS as ACCOUNT_COLUMNS
from mailcase.desk.account_files import AccountPlanner
from mailcase.desk.account_files import export as accounts_of
from mailcase.desk.contact_files import COLUMNS, ContactPlanner, export
from mailcase.desk.customer_files import Imported, run
from mailcase.domain.csv_table import write
from mailcase.domain.party import Contact
from mailcase.store import contacts, schema
from mailcase.store.tx import Tx
from store.values import NOW

NAMES = st.text(alphabet=st.characters(categories=["L", "N", "P", "S", "Zs"]), max_size=15).map(
    lambda text: " ".join(text.split())
)
LOCALS = st.from_regex(r"[a-z=+'-][a-z0-9.+-]{0,5}", fullmatch=True)
PEOPLE = st.lists(
    st.tuples(
        st.lists(LOCALS, min_size=1, max_size=3, unique=True),
        NAMES,
        st.sampled_from([None, "de", "fr"]),
        st.sampled_from([None, "Europe/Berlin", "Asia/Tokyo"]),
        st.booleans(),
        st.booleans(),
    ),
    max_size=5,
)


def fill(tx: Tx, people: list[tuple[list[str], str, str | None, str | None, bool, bool]]) -> None:
    """Make contacts, each with addresses of a domain of its own; some of Acme, some without a name."""
    acme = accounts.create(tx, "=Acme, the “first”", [f"d{number}.example" for number in range(2)], ACT)
    for number, (names, name, language, zone, is_provisional, is_of_acme) in enumerate(people):
        main, *others = (f"{local}@d{number}.example" for local in names)
        made = contacts.insert(
            tx,
            Contact(
                name=name,
                address=main,
                account_id=acme.id if is_of_acme else None,
                language=language,
                time_zone=zone,
                is_provisional=is_provisional,
                created_at=NOW,
            ),
        )
        for address in others:
            contacts.add_address(tx, made.id, address)


def files(tx: Tx, delimiter: str = ",") -> tuple[bytes, bytes]:
    """Return all accounts and all contacts as files."""
    companies = "".join(write(ACCOUNT_COLUMNS, accounts_of(tx), delimiter))
    return companies.encode(), "".join(write(COLUMNS, export(tx), delimiter)).encode()


def take(tx: Tx, app: App, companies: bytes, people: bytes) -> Imported:
    run(tx, AccountPlanner(ACT), companies, "companies.csv", ACT, skips_bad=False, tell=lambda _: None)
    return run(tx, ContactPlanner(app.desk, ACT), people, "people.csv", ACT, skips_bad=False, tell=lambda _: None)


def empty(tx: Tx) -> None:
    for table in (schema.contact_addresses, schema.contacts, schema.account_domains, schema.accounts):
        tx.execute(table.delete())


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(PEOPLE, st.sampled_from([",", ";", "\t"]))
def test_a_desk_that_takes_over_the_files_of_another_has_its_customers(
    app: App, people: list[tuple[list[str], str, str | None, str | None, bool, bool]], delimiter: str
) -> None:
    with app.database.begin() as tx:
        fill(tx, people)
        before = files(tx, delimiter)

        again = take(tx, app, *before)
        empty(tx)
        fresh = take(tx, app, *before)

        assert (again.created, again.changed, again.unchanged) == (0, 0, len(people))
        assert (fresh.created, fresh.changed, fresh.unchanged) == (len(people), 0, 0)
        assert files(tx, delimiter) == before
        tx.abolish()


@pytest.mark.parametrize("name", ["-", "\u202eeve", "Eve\nEvil", "'=1"])
def test_a_name_that_a_mail_brought_stays_as_it_is(app: App, name: str) -> None:
    with app.database.begin() as tx:
        made = contacts.insert(tx, Contact(name=name, address="eve@other.example", created_at=NOW))
        done = take(tx, app, *files(tx))

        assert (done.changed, done.unchanged) == (0, 1)
        assert contacts.get(tx, made.id) == replace(made, name=name)


def test_a_file_of_many_is_taken_over_in_one_go(app: App) -> None:
    rows = "".join(f"p{number}@other.example,Person {number}\r\n" for number in range(1000))
    seen: list[int] = []
    with app.database.begin() as tx:
        planner = ContactPlanner(app.desk, ACT)
        done = run(tx, planner, f"address,name\r\n{rows}".encode(), "f", ACT, skips_bad=False, tell=seen.append)

        assert (done.created, len(seen)) == (1000, 1000)
        assert len(list(export(tx))) == 1000
