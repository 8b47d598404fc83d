"""Articles for search, and what they were used for."""

import sqlalchemy as sa
from alembic import op

from mailcase.store.migrations.vocabulary import BOOLEAN, ID, MOMENT, TEXT, columns, index

revision = "0018"
down_revision = "0017"

SQLITE = (
    (
        "CREATE VIRTUAL TABLE articles_search USING fts5 (title, keywords, body, content='articles',"
        " content_rowid='id', tokenize='unicode61 remove_diacritics 0', prefix='1 2 3')"
    ),
    (
        "CREATE TRIGGER articles_search_insert AFTER INSERT ON articles BEGIN INSERT INTO articles_search (rowid,"
        " title, keywords, body) VALUES (new.id, new.title, new.keywords, new.body); END"
    ),
    (
        "CREATE TRIGGER articles_search_delete AFTER DELETE ON articles BEGIN INSERT INTO articles_search"
        " (articles_search, rowid, title, keywords, body) VALUES ('delete', old.id, old.title, old.keywords,"
        " old.body); END"
    ),
    (
        "CREATE TRIGGER articles_search_update AFTER UPDATE OF title, keywords, body ON articles WHEN old.title IS NOT"
        " new.title OR old.keywords IS NOT new.keywords OR old.body IS NOT new.body BEGIN INSERT INTO articles_search"
        " (articles_search, rowid, title, keywords, body) VALUES ('delete', old.id, old.title, old.keywords, old.body);"
        " INSERT INTO articles_search (rowid, title, keywords, body) VALUES (new.id, new.title, new.keywords,"
        " new.body); END"
    ),
)
POSTGRES = (
    (
        "CREATE OR REPLACE FUNCTION article_words(title text, keywords text, body text) RETURNS tsvector LANGUAGE sql"
        " IMMUTABLE PARALLEL SAFE AS $$ SELECT setweight(to_tsvector('pg_catalog.simple', title), 'A')"
        " || setweight(to_tsvector('pg_catalog.simple', keywords), 'A')"
        " || setweight(to_tsvector('pg_catalog.simple', body), 'D') $$"
    ),
    "CREATE INDEX articles_search ON articles USING gin (article_words(title, keywords, body))",
)


def upgrade() -> None:
    op.create_table(
        "articles",
        sa.Column("id", ID, primary_key=True),
        *columns(TEXT, "number", "language", "state", "audience", "library", "title", "keywords", "body"),
        sa.UniqueConstraint("number", "language", name="uq_articles_number_language"),
    )
    op.create_table(
        "article_links",
        sa.Column("id", ID, primary_key=True),
        sa.Column("case_id", ID, sa.ForeignKey("cases.id", name="fk_article_links_case_id"), nullable=False),
        *columns(TEXT, "article", "created_by"),
        *columns(MOMENT, "created_at"),
        *columns(MOMENT, "offered_at", "sent_at", "solved_at", nullable=True),
        *columns(BOOLEAN, "is_confirmed"),
        sa.UniqueConstraint("case_id", "article", name="uq_article_links_case_id_article"),
    )
    index("ix_article_links_article", "article_links", "article")
    connection = op.get_bind()
    for statement in SQLITE if connection.dialect.name == "sqlite" else POSTGRES:
        connection.exec_driver_sql(statement)
