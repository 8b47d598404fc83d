"""The full-text index of articles: FTS5 on SQLite, tsvector on PostgreSQL. It holds stems, of which both find the same.

What a word in title or keywords is worth against one in the text is the databases' to weigh; they agree on that the first
goes before the second.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import TextClause, delete, func, select, text

from mailcase.domain.article import ArticleState, Audience
from mailcase.domain.search import Term
from mailcase.store import schema
from mailcase.store.mapping import Mapping
from mailcase.store.search import query_of
from mailcase.store.statement import Statement
from mailcase.store.tx import Tx

_CONDITIONS = " AND articles.language = :language AND articles.state = 'published' AND (:public = 0 OR articles.audience = 'public')"
_SQLITE = text(
    "SELECT articles.number FROM articles_search JOIN articles ON articles.id = articles_search.rowid"  # noqa: S608 - the conditions are ours
    f" WHERE articles_search MATCH :query{_CONDITIONS}"
    " ORDER BY bm25(articles_search, 8.0, 8.0, 1.0), articles.number LIMIT :limit"
)
_POSTGRES = text(
    "SELECT number FROM articles WHERE article_words(title, keywords, body) @@ to_tsquery('simple', :query)"  # noqa: S608 - as above
    f"{_CONDITIONS} ORDER BY ts_rank('{{0.1, 0.2, 0.4, 0.8}}', article_words(title, keywords, body),"
    " to_tsquery('simple', :query)) DESC, number LIMIT :limit"
)
_articles = schema.articles.c
_versions = Statement(select(_articles.library, func.count()).group_by(_articles.library))
_delete = Statement(delete(schema.articles))


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexedArticle:
    """One article in one language as the index has it: title, keywords and text as stems."""

    id: int = 0
    """0 until it is stored."""
    number: str
    language: str
    state: ArticleState
    audience: Audience
    library: str
    """Version of the library that it is of."""
    title: str
    keywords: str
    body: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which articles are looked for."""

    language: str
    is_public: bool = False
    """Only what customers may have."""


ARTICLES = Mapping(schema.articles, IndexedArticle)


def version(tx: Tx) -> str:
    """Return the version of the library that is indexed, and how many articles it has; empty when none is."""
    rows = tx.rows(_versions)
    return f"{rows[0][0]} {rows[0][1]}" if len(rows) == 1 else "" if not rows else "mixed"


def index(tx: Tx, articles: Iterable[IndexedArticle]) -> None:
    """Index these articles, and no others."""
    tx.write(_delete, {})
    ARTICLES.insert_many(tx, articles)


def find(tx: Tx, terms: Sequence[Term], wanted: Wanted, limit: int) -> list[str]:
    """Return the numbers of articles with all `terms`, the best first; the words of the terms are stems."""
    if all(term.is_excluded for term in terms):
        return []
    return _found(tx, query_of(tx, terms), wanted, limit)


def find_any(tx: Tx, stems: Iterable[str], wanted: Wanted, limit: int) -> list[str]:
    """Return the numbers of articles with any of `stems`, the best first."""
    terms = [Term(words=(word,)) for word in sorted(stems)]
    return _found(tx, query_of(tx, terms, is_any=True), wanted, limit) if terms else []


def statement(tx: Tx) -> TextClause:
    """Return the statement that finds articles."""
    return _SQLITE if tx.is_sqlite else _POSTGRES


def _found(tx: Tx, query: str, wanted: Wanted, limit: int) -> list[str]:
    values: dict[str, Any] = {
        "query": query,
        "language": wanted.language,
        "public": int(wanted.is_public),
        "limit": limit,
    }
    return list(tx.execute(statement(tx), values).scalars())
