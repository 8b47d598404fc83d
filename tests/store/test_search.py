"""Full-text search, alike on both databases, kept by the database itself."""

import pytest
from sqlalchemy import text

from desk.test_deletion import ADMIN, act, received, worked
from lab.mails import mail
from mailcase.app import App
from mailcase.daemon.ingest import store
from mailcase.daemon.intake import intake
from mailcase.desk.deletion import delete
from mailcase.desk.search import search_cases
from mailcase.desk.working import find
from mailcase.domain.number import format_number
from mailcase.domain.search import parse_query
from mailcase.errors import Refused
from mailcase.store import search

MAILS = (
    ("Printer", "The printer on floor 2 shows E42. Paper jam, paper jam!"),
    ("Rechnung 1042", "Die Rechnung für Müller GmbH ist falsch: contact clara@customer.example."),
    ("Printer again", "Now the scanner is slow. Naïve question: why?"),
)


@pytest.fixture
def desk(app: App) -> App:
    for number, (subject, said) in enumerate(MAILS):
        store(app, mail(said, subject=subject, message_id=f"<{number}@c.example>"), None)
    while intake(app):
        pass
    return app


def found(app: App, query: str, limit: int = 10) -> list[int]:
    with app.database.read() as tx:
        return [one.case.id for one in search_cases(tx, query, limit)]


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("printer", [3, 1]),
        ("PRINTER", [3, 1]),
        ("printer scanner", [3]),
        ("printer -scanner", [1]),
        ('"paper jam"', [1]),
        ('"jam paper"', [1]),
        ('"paper floor"', []),
        ("„paper jam“", [1]),
        ("print*", [3, 1]),
        ("print", []),
        ("müller", [2]),
        ("clara@customer.example e42", [1]),
        ("1042", [2]),
        ("rechnung-1042", [2]),
        (format_number(2), [2]),
        (f"about {format_number(3).lower()}", [3]),
        ("weber", [3, 2, 1]),
        ("clar* weber", [3, 2, 1]),
        ("weber printer", []),
        ("weber -printer", []),
        ("nowhere", []),
    ],
)
def test_cases_are_found_by_their_words(desk: App, query: str, ids: list[int]) -> None:
    assert found(desk, query) == ids


@pytest.mark.parametrize("query", ['"', "* - \"'", "-printer", "", "…", '""', "''", "-- ;"])
def test_a_query_without_a_word_says_so(desk: App, query: str) -> None:
    with pytest.raises(Refused, match="holds no word to look for"):
        found(desk, query)


@pytest.mark.parametrize(
    "query",
    [
        "printer AND",
        "NEAR(printer)",
        "printer OR scanner",
        "x' OR 1=1 --",
        'a"b',
        "subject:printer",
        "a & !b | (c",
        "%",
    ],
)
def test_no_word_is_an_operator(desk: App, query: str) -> None:
    if any(not term.is_excluded for term in parse_query(query)):
        assert isinstance(found(desk, query), list)


def test_only_as_many_as_are_wanted_the_newest(desk: App) -> None:
    worked(desk, 1, "\n".join(f"#note printer {number}" for number in range(30)))
    assert found(desk, "printer", 1) == [3]
    assert found(desk, "printer", 2) == [3, 1]


def test_notes_fields_and_tags_are_found_as_soon_as_they_are_written(desk: App) -> None:
    worked(desk, 1, "#note Zanzibar\n#tag quux\n#set place Timbuktu")
    assert [found(desk, word) for word in ("zanzibar", "quux", "timbuktu")] == [[1], [1], [1]]


def test_what_is_deleted_or_changed_is_found_no_more(desk: App) -> None:
    worked(desk, 1, "#tag quux")
    worked(desk, 1, "#tag -quux")
    assert found(desk, "quux") == []
    with desk.database.begin() as tx:
        delete(tx, desk.desk.rulebook, find(tx, 3), ADMIN, act(desk))
    assert found(desk, "scanner") == []
    assert found(desk, "printer") == [1]


def test_the_words_are_shown_where_they_stand(desk: App) -> None:
    with desk.database.read() as tx:
        (one,) = search_cases(tx, "e42", 5)
    assert (one.where, one.contact and one.contact.address) == ("mail", "clara@customer.example")
    assert "shows E42" in one.words


def test_a_search_walks_through_no_table(desk: App) -> None:
    received(desk, "more")
    terms = parse_query("printer")
    with desk.database.read() as tx:
        if not tx.is_sqlite:
            tx.execute(text("SET LOCAL enable_seqscan = off"))
            tx.execute(text("SET LOCAL enable_indexscan = off"))
        for table in ("activities", "cases", "contacts"):
            statement = search.statement(tx, table)
            how = "EXPLAIN QUERY PLAN" if tx.is_sqlite else "EXPLAIN"
            values = {"query": search.query_of(tx, terms), "before": 1000, "limit": 10}
            plan = "\n".join(str(row) for row in tx.execute(text(f"{how} {statement}"), values))
            assert f"{table}_search" in plan
            assert f"SCAN {table}" not in plan.replace(f"SCAN {table}_search", "")
