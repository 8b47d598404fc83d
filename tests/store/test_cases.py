"""Cases in the database."""

from dataclasses import replace

import pytest

from mailcase.domain.case import CaseType, Priority, Status
from mailcase.errors import StaleWrite
from mailcase.store import cases
from mailcase.store.cases import CaseFilter
from mailcase.store.engine import Database
from store.values import NOW, stored_case


def test_a_case_comes_back_as_it_was_stored(database: Database) -> None:
    with database.begin() as tx:
        case = stored_case(
            tx,
            tags=("vip", "billing"),
            custom=(("order", "ü-17"),),
            case_type=CaseType.PROBLEM,
            last_customer_mail_at=NOW,
        )
    with database.read() as tx:
        assert cases.get(tx, case.id) == case


def test_a_case_that_is_not_there_is_none(database: Database) -> None:
    with database.read() as tx:
        assert cases.get(tx, 42) is None


def test_each_write_raises_the_version(database: Database) -> None:
    with database.begin() as tx:
        case = stored_case(tx)
        written = cases.update(tx, replace(case, priority=Priority.HIGH))
        assert written == replace(case, priority=Priority.HIGH, version=1) == cases.get(tx, case.id)


def test_a_write_of_an_older_version_is_refused(database: Database) -> None:
    with database.begin() as tx:
        case = stored_case(tx)
        cases.update(tx, case)
    with pytest.raises(StaleWrite, match=f"cases {case.id}"), database.begin() as tx:
        cases.update(tx, case)


def test_a_rolled_back_case_leaves_nothing(database: Database) -> None:
    with pytest.raises(AttributeError), database.begin() as tx:
        cases.update(tx, stored_case(tx).nothing)
    with database.read() as tx:
        assert cases.count(tx, CaseFilter()) == 0


@pytest.mark.parametrize(
    ("wanted", "titles"),
    [
        (CaseFilter(), ["third", "second", "first"]),
        (CaseFilter(status=Status.ACTIVE), ["third", "first"]),
        (CaseFilter(queue="billing"), ["second", "first"]),
        (CaseFilter(owner="anna"), ["first"]),
        (CaseFilter(status=Status.RESOLVED, queue="billing"), ["second"]),
        (CaseFilter(text="100% IRD"), ["third"]),
        (CaseFilter(text="%"), ["third"]),
    ],
)
def test_cases_are_found_by_what_is_given(database: Database, wanted: CaseFilter, titles: list[str]) -> None:
    with database.begin() as tx:
        stored_case(tx, title="first", queue="billing", owner="anna")
        stored_case(tx, title="second", queue="billing", status=Status.RESOLVED)
        stored_case(tx, title="third", description="a 100% irdy thing")
    with database.read() as tx:
        assert [case.title for case in cases.find(tx, wanted)] == titles
        assert cases.count(tx, wanted) == len(titles)


def test_a_page_begins_below_the_last_id(database: Database) -> None:
    with database.begin() as tx:
        first, second, _ = (stored_case(tx) for _ in range(3))
        page = cases.find(tx, CaseFilter(contact_id=first.contact_id), limit=1, before_id=3)
    assert page == [second]


def test_children_come_in_the_order_of_their_opening(database: Database) -> None:
    with database.begin() as tx:
        parent = stored_case(tx)
        kids = [stored_case(tx, parent_id=parent.id) for _ in range(2)]
        assert cases.children(tx, parent.id) == kids
