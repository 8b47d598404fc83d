"""Segments of the full-text search that are merged later, so that fewer commits wait for it."""

from alembic import op

revision = "0019"
down_revision = "0018"

INDEXES = ("activities_search", "cases_search", "contacts_search", "articles_search")
MERGING = {"automerge": 16, "crisismerge": 64}


def upgrade() -> None:
    connection = op.get_bind()
    if connection.dialect.name != "sqlite":
        return
    for index in INDEXES:
        for name, value in MERGING.items():
            connection.exec_driver_sql(f"INSERT INTO {index} ({index}, rank) VALUES ('{name}', {value})")  # noqa: S608
