"""Queues that activities wait in."""

import sqlalchemy as sa
from alembic import op

from mailcase.store.migrations.vocabulary import TEXT

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    op.add_column("activities", sa.Column("queue", TEXT, nullable=True))
