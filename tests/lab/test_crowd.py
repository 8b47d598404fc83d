"""A desk grows by copies of what it has, in every table, on both kinds of database."""

from sqlalchemy import func, select

from lab.crowd import COPIED, REFERENCES, grow
from lab.mails import mail
from mailcase.app import App
from mailcase.daemon.ingest import store
from mailcase.daemon.intake import intake
from mailcase.desk.search import search_cases
from mailcase.store import activities, cases, inbox
from mailcase.store.cases import CaseFilter


def filed(app: App, *subjects: str) -> None:
    for subject in subjects:
        store(app, mail(subject=subject, message_id=f"<{subject}@customer.example>"), None)
    while intake(app):
        pass


def rows(app: App) -> dict[str, int]:
    with app.database.read() as tx:
        return {table.name: tx.execute(select(func.count()).select_from(table)).scalar_one() for table in COPIED}


def test_no_copy_refers_to_what_is_not_copied() -> None:
    copied = {table.name for table in COPIED}
    links = {key.column.table.name for table in COPIED for key in table.foreign_keys if not key.parent.nullable}
    assert links <= copied
    assert {table for table, _ in REFERENCES} <= copied


def test_every_case_is_there_as_often_as_the_others_with_all_that_it_has(app: App) -> None:
    filed(app, "one", "two")
    before = rows(app)
    assert grow(app.database, 9) == 10
    assert rows(app) == {name: count * 5 for name, count in before.items()}
    with app.database.read() as tx:
        assert len(search_cases(tx, "two", 50)) == 5
        copy = cases.get(tx, 9)
        assert copy is not None
        assert [one.case_id for one in activities.by_case(tx, 9)] == [9]


def test_the_desk_goes_on_with_what_comes_next(app: App) -> None:
    filed(app, "one", "two")
    grow(app.database, 6)
    filed(app, "three")
    with app.database.read() as tx:
        assert cases.count(tx, CaseFilter()) == 7
        assert inbox.count_held(tx) == 0
