"""Full-text search, and what the last commands on a case changed."""

import sqlalchemy as sa
from alembic import op

from mailcase.store.migrations.vocabulary import ID, MOMENT, TEXT, columns, index

revision = "0012"
down_revision = "0011"

SQLITE = (
    (
        "CREATE VIRTUAL TABLE activities_search USING fts5 (subject, sender, text, content='activities',"
        " content_rowid='id', tokenize='unicode61 remove_diacritics 0')"
    ),
    "INSERT INTO activities_search (activities_search) VALUES ('rebuild')",
    (
        "CREATE TRIGGER activities_search_insert AFTER INSERT ON activities BEGIN INSERT INTO activities_search"
        " (rowid, subject, sender, text) VALUES (new.id, new.subject, new.sender, new.text); END"
    ),
    (
        "CREATE TRIGGER activities_search_delete AFTER DELETE ON activities BEGIN INSERT INTO activities_search"
        " (activities_search, rowid, subject, sender, text) VALUES ('delete', old.id, old.subject, old.sender,"
        " old.text); END"
    ),
    (
        "CREATE TRIGGER activities_search_update AFTER UPDATE OF subject, sender, text ON activities WHEN"
        " old.subject IS NOT new.subject OR old.sender IS NOT new.sender OR old.text IS NOT new.text BEGIN"
        " INSERT INTO activities_search (activities_search, rowid, subject, sender, text) VALUES ('delete',"
        " old.id, old.subject, old.sender, old.text); INSERT INTO activities_search (rowid, subject, sender,"
        " text) VALUES (new.id, new.subject, new.sender, new.text); END"
    ),
    (
        "CREATE VIRTUAL TABLE cases_search USING fts5 (title, tags, custom, resolution, content='cases',"
        " content_rowid='id', tokenize='unicode61 remove_diacritics 0')"
    ),
    "INSERT INTO cases_search (cases_search) VALUES ('rebuild')",
    (
        "CREATE TRIGGER cases_search_insert AFTER INSERT ON cases BEGIN INSERT INTO cases_search (rowid, title,"
        " tags, custom, resolution) VALUES (new.id, new.title, new.tags, new.custom, new.resolution); END"
    ),
    (
        "CREATE TRIGGER cases_search_delete AFTER DELETE ON cases BEGIN INSERT INTO cases_search (cases_search,"
        " rowid, title, tags, custom, resolution) VALUES ('delete', old.id, old.title, old.tags, old.custom,"
        " old.resolution); END"
    ),
    (
        "CREATE TRIGGER cases_search_update AFTER UPDATE OF title, tags, custom, resolution ON cases WHEN"
        " old.title IS NOT new.title OR old.tags IS NOT new.tags OR old.custom IS NOT new.custom OR"
        " old.resolution IS NOT new.resolution BEGIN INSERT INTO cases_search (cases_search, rowid, title, tags,"
        " custom, resolution) VALUES ('delete', old.id, old.title, old.tags, old.custom, old.resolution); INSERT"
        " INTO cases_search (rowid, title, tags, custom, resolution) VALUES (new.id, new.title, new.tags,"
        " new.custom, new.resolution); END"
    ),
)
POSTGRES = (
    (
        "CREATE OR REPLACE FUNCTION search_words(one text, two text, three text) RETURNS tsvector LANGUAGE sql"
        " IMMUTABLE PARALLEL SAFE AS $$ SELECT to_tsvector('pg_catalog.simple', translate(left(one || ' ' || two"
        " || ' ' || three, 50000), '@._-/:+=#', '         ')) $$"
    ),
    "CREATE INDEX activities_search ON activities USING gin (search_words(subject, sender, text))",
    "CREATE INDEX cases_search ON cases USING gin (search_words(title, tags || ' ' || custom, resolution))",
)


def upgrade() -> None:
    op.create_table(
        "transcripts",
        sa.Column("id", ID, primary_key=True),
        sa.Column("case_id", ID, sa.ForeignKey("cases.id", name="fk_transcripts_case_id"), nullable=False),
        *columns(MOMENT, "at"),
        *columns(TEXT, "actor", "cause", "change", "final"),
        *columns(MOMENT, "undone_at", nullable=True),
    )
    index("ix_transcripts_case_id", "transcripts", "case_id")
    connection = op.get_bind()
    for statement in SQLITE if connection.dialect.name == "sqlite" else POSTGRES:
        connection.exec_driver_sql(statement)
