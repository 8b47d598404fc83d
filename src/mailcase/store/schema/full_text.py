"""The full-text indexes of activities, cases, contacts and articles, which each kind of database keeps in its own way.

SQLite has FTS5 tables without content of their own, which triggers keep equal to what they index. PostgreSQL has an index
over an expression. Neither is a table that anything else reads or writes.
"""

from sqlalchemy import Connection, Table, event

from mailcase.store.schema.cases import activities, cases
from mailcase.store.schema.customers import contacts
from mailcase.store.schema.knowledge import articles

COLUMNS = {
    "activities": ("subject", "sender", "text"),
    "cases": ("title", "tags", "custom", "resolution"),
    "contacts": ("name", "address"),
    "articles": ("title", "keywords", "body"),
}
PREFIXES = "1 2 3 4 5 6"
"""Lengths of beginnings that SQLite keeps lists of: `b*` alone goes through all words that begin so."""
MERGING = {"automerge": 16, "crisismerge": 64}
"""How many segments of an index come together before FTS5 makes one of them. With its usual 4 and 16 a commit in twenty does
so for 30 ms, on a big desk; with these half as much is written, and a search looks into three times as many segments."""
MAX_INDEXED = 50_000  # characters: PostgreSQL refuses a tsvector above a megabyte


def sqlite_statements(table: str) -> tuple[str, ...]:
    """Return what makes the index of `table` and keeps it, on SQLite."""
    names = COLUMNS[table]
    listed = ", ".join(names)
    old, new = (", ".join(f"{row}.{name}" for name in names) for row in ("old", "new"))
    differs = " OR ".join(f"old.{name} IS NOT new.{name}" for name in names)
    index = f"{table}_search"
    add = f"INSERT INTO {index} (rowid, {listed}) VALUES (new.id, {new});"  # noqa: S608 - names of ours
    take = f"INSERT INTO {index} ({index}, rowid, {listed}) VALUES ('delete', old.id, {old});"  # noqa: S608 - as above
    return (
        (
            f"CREATE VIRTUAL TABLE {index} USING fts5 ({listed}, content='{table}', content_rowid='id',"
            f" tokenize='unicode61 remove_diacritics 0', prefix='{PREFIXES}')"
        ),
        *(f"INSERT INTO {index} ({index}, rank) VALUES ('{key}', {value})" for key, value in MERGING.items()),  # noqa: S608
        f"CREATE TRIGGER {index}_insert AFTER INSERT ON {table} BEGIN {add} END",
        f"CREATE TRIGGER {index}_delete AFTER DELETE ON {table} BEGIN {take} END",
        f"CREATE TRIGGER {index}_update AFTER UPDATE OF {listed} ON {table} WHEN {differs} BEGIN {take} {add} END",
    )


POSTGRES_FUNCTION = (
    "CREATE OR REPLACE FUNCTION search_words(one text, two text, three text) RETURNS tsvector LANGUAGE sql IMMUTABLE"
    " PARALLEL SAFE AS $$ SELECT to_tsvector('pg_catalog.simple',"
    f" translate(left(one || ' ' || two || ' ' || three, {MAX_INDEXED}), '@._-/:+=#', '         ')) $$"
)
"""What is no letter parts words, as in FTS5: else an address would be one word."""
POSTGRES_ARTICLES = (
    "CREATE OR REPLACE FUNCTION article_words(title text, keywords text, body text) RETURNS tsvector LANGUAGE sql"
    " IMMUTABLE PARALLEL SAFE AS $$ SELECT setweight(to_tsvector('pg_catalog.simple', title), 'A')"
    " || setweight(to_tsvector('pg_catalog.simple', keywords), 'A')"
    " || setweight(to_tsvector('pg_catalog.simple', body), 'D') $$"
)
"""Title and keywords weigh more than the text."""
POSTGRES_INDEXES = {
    "activities": "CREATE INDEX activities_search ON activities USING gin (search_words(subject, sender, text))",
    "cases": "CREATE INDEX cases_search ON cases USING gin (search_words(title, tags || ' ' || custom, resolution))",
    "contacts": "CREATE INDEX contacts_search ON contacts USING gin (search_words(name, address, ''))",
    "articles": "CREATE INDEX articles_search ON articles USING gin (article_words(title, keywords, body))",
}


def statements(table: str, dialect: str) -> tuple[str, ...]:
    """Return what makes the full-text index of `table`."""
    if dialect == "sqlite":
        return sqlite_statements(table)
    return (POSTGRES_ARTICLES if table == "articles" else POSTGRES_FUNCTION, POSTGRES_INDEXES[table])


@event.listens_for(activities, "after_create")
@event.listens_for(cases, "after_create")
@event.listens_for(contacts, "after_create")
@event.listens_for(articles, "after_create")
def _index(table: Table, connection: Connection, **_options: object) -> None:
    for statement in statements(table.name, connection.dialect.name):
        connection.exec_driver_sql(statement)
