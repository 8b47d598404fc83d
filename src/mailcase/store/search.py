"""Full-text search over cases, their activities and their customers: FTS5 on SQLite, tsvector on PostgreSQL, each kept by the database.

All words of a query have to be in one mail, note or title, or in the name and address of the customer. The newest hits come first: that order the indexes have, so
that a word that stands everywhere costs no more than a rare one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import TextClause, bindparam, select, text

from mailcase.domain.search import Term
from mailcase.store import schema
from mailcase.store.statement import Statement
from mailcase.store.tx import Tx

BATCH = 4
"""Hits looked at for each case that is wanted: a case may have several."""
MAX_HITS = 5_000
MAX_CONTACTS = 100
"""Customers of whom the cases are found: those who came last, when more have the name."""
_SQLITE = {
    "activities": text(
        "SELECT activities.id, activities.case_id FROM activities_search"
        " JOIN activities ON activities.id = activities_search.rowid"
        " WHERE activities_search MATCH :query AND activities_search.rowid < :before"
        " ORDER BY activities_search.rowid DESC LIMIT :limit"
    ),
    "cases": text(
        "SELECT rowid, rowid FROM cases_search WHERE cases_search MATCH :query AND rowid < :before"
        " ORDER BY rowid DESC LIMIT :limit"
    ),
    "contacts": text(
        "SELECT rowid, rowid FROM contacts_search WHERE contacts_search MATCH :query AND rowid < :before"
        " ORDER BY rowid DESC LIMIT :limit"
    ),
}
_POSTGRES = {
    "activities": text(
        "SELECT id, case_id FROM activities"
        " WHERE search_words(subject, sender, text) @@ to_tsquery('simple', :query) AND id < :before"
        " ORDER BY id DESC LIMIT :limit"
    ),
    "cases": text(
        "SELECT id, id FROM cases"
        " WHERE search_words(title, tags || ' ' || custom, resolution) @@ to_tsquery('simple', :query) AND id < :before"
        " ORDER BY id DESC LIMIT :limit"
    ),
    "contacts": text(
        "SELECT id, id FROM contacts"
        " WHERE search_words(name, address, '') @@ to_tsquery('simple', :query) AND id < :before"
        " ORDER BY id DESC LIMIT :limit"
    ),
}
_LAST = 2**62
_newest_of_contact = Statement(
    select(schema.cases.c.id)
    .where(schema.cases.c.contact_id == bindparam("wanted"))
    .order_by(schema.cases.c.id.desc())
    .limit(bindparam("limit"))
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A case that was found."""

    case_id: int
    activity_id: int | None
    """Where the words are; None for the case's own title, tags, fields or resolution, and for its customer."""
    is_customer: bool = False
    """Whether they are in the customer's name and address, and nowhere else."""


def find(tx: Tx, terms: tuple[Term, ...], limit: int) -> list[Hit]:
    """Return up to `limit` cases with all `terms` in one of their mails, notes or their title, the newest cases first."""
    if not any(not term.is_excluded for term in terms):
        return []
    query = query_of(tx, terms)
    found: dict[int, Hit] = {}
    for key, case_id in _hits(tx, "activities", query, limit):
        found.setdefault(case_id, Hit(case_id=case_id, activity_id=key))
    is_whole = not any(term.is_excluded for term in terms)  # a title does not show what its mails hold
    for _, case_id in _hits(tx, "cases", query, limit) if is_whole else ():
        found.setdefault(case_id, Hit(case_id=case_id, activity_id=None))
    for case_id in _of_customers(tx, query, limit) if is_whole else ():
        found.setdefault(case_id, Hit(case_id=case_id, activity_id=None, is_customer=True))
    return sorted(found.values(), key=lambda hit: hit.case_id, reverse=True)[:limit]


def _of_customers(tx: Tx, query: str, limit: int) -> list[int]:
    """Return the newest cases of the customers whose name and address hold all words, up to `limit` of each."""
    rows = tx.execute(statement(tx, "contacts"), {"query": query, "before": _LAST, "limit": MAX_CONTACTS})
    return [key for row in list(rows) for (key,) in tx.rows(_newest_of_contact, {"wanted": row[0], "limit": limit})]


def query_of(tx: Tx, terms: Sequence[Term], *, is_any: bool = False) -> str:
    """Return `terms`, of which all or any have to be there, in the search language of the database."""
    return _sqlite_query(terms, is_any=is_any) if tx.is_sqlite else _postgres_query(terms, is_any=is_any)


def statement(tx: Tx, table: str) -> TextClause:
    """Return the statement that finds rows of `table`, `activities`, `cases` or `contacts`."""
    return (_SQLITE if tx.is_sqlite else _POSTGRES)[table]


def _hits(tx: Tx, table: str, query: str, limit: int) -> list[tuple[int, int]]:
    """Return hits of `limit` cases, or all there are."""
    select = statement(tx, table)
    hits: list[tuple[int, int]] = []
    before, wanted = _LAST, min(limit * BATCH, MAX_HITS)
    while True:
        rows: list[Any] = list(tx.execute(select, {"query": query, "before": before, "limit": wanted}))
        hits += [(row[0], row[1]) for row in rows]
        if len(rows) < wanted or len({case_id for _, case_id in hits}) >= limit or len(hits) >= MAX_HITS:
            return hits
        before = rows[-1][0]


def _sqlite_query(terms: Sequence[Term], *, is_any: bool) -> str:
    """Return the query in FTS5's language; every word is quoted, so none is an operator."""
    wanted = [_phrase(term) for term in terms if not term.is_excluded]
    unwanted = [_phrase(term) for term in terms if term.is_excluded]
    return (" OR " if is_any else " AND ").join(wanted) + "".join(f" NOT {one}" for one in unwanted)


def _phrase(term: Term) -> str:
    words = " ".join(term.words).replace('"', "")
    return f'"{words}"{"*" if term.is_prefix else ""}'


def _postgres_query(terms: Sequence[Term], *, is_any: bool) -> str:
    return (" | " if is_any else " & ").join(f"{'!' if term.is_excluded else ''}({_sequence(term)})" for term in terms)


def _sequence(term: Term) -> str:
    quoted = [f"'{word}'" for word in term.words]
    if term.is_prefix:
        quoted[-1] += ":*"
    return " <-> ".join(quoted)
