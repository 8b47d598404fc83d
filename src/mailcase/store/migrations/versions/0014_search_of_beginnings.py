"""Beginnings of words in the full-text search, and names of customers."""

from alembic import op

revision = "0014"
down_revision = "0013"

SQLITE = (
    "DROP TABLE activities_search",
    (
        "CREATE VIRTUAL TABLE activities_search USING fts5 (subject, sender, text, content='activities',"
        " content_rowid='id', tokenize='unicode61 remove_diacritics 0', prefix='1 2 3 4 5 6')"
    ),
    "INSERT INTO activities_search (activities_search) VALUES ('rebuild')",
    "DROP TABLE cases_search",
    (
        "CREATE VIRTUAL TABLE cases_search USING fts5 (title, tags, custom, resolution, content='cases',"
        " content_rowid='id', tokenize='unicode61 remove_diacritics 0', prefix='1 2 3 4 5 6')"
    ),
    "INSERT INTO cases_search (cases_search) VALUES ('rebuild')",
    (
        "CREATE VIRTUAL TABLE contacts_search USING fts5 (name, address, content='contacts',"
        " content_rowid='id', tokenize='unicode61 remove_diacritics 0', prefix='1 2 3 4 5 6')"
    ),
    "INSERT INTO contacts_search (contacts_search) VALUES ('rebuild')",
    (
        "CREATE TRIGGER contacts_search_insert AFTER INSERT ON contacts BEGIN INSERT INTO contacts_search"
        " (rowid, name, address) VALUES (new.id, new.name, new.address); END"
    ),
    (
        "CREATE TRIGGER contacts_search_delete AFTER DELETE ON contacts BEGIN INSERT INTO contacts_search"
        " (contacts_search, rowid, name, address) VALUES ('delete', old.id, old.name, old.address); END"
    ),
    (
        "CREATE TRIGGER contacts_search_update AFTER UPDATE OF name, address ON contacts WHEN"
        " old.name IS NOT new.name OR old.address IS NOT new.address BEGIN INSERT INTO contacts_search"
        " (contacts_search, rowid, name, address) VALUES ('delete', old.id, old.name, old.address); INSERT INTO"
        " contacts_search (rowid, name, address) VALUES (new.id, new.name, new.address); END"
    ),
)
POSTGRES = ("CREATE INDEX contacts_search ON contacts USING gin (search_words(name, address, ''))",)


def upgrade() -> None:
    connection = op.get_bind()
    for statement in SQLITE if connection.dialect.name == "sqlite" else POSTGRES:
        connection.exec_driver_sql(statement)
