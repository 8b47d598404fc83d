"""Older mail that is filed quietly, and where the first contact with a mailbox began."""

import sqlalchemy as sa
from alembic import op

from mailcase.store.migrations.vocabulary import BIGINT, BOOLEAN, index

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column("inbox", sa.Column("is_quiet", BOOLEAN, nullable=False, server_default=sa.false()))
    if op.get_bind().dialect.name != "sqlite":  # which cannot take a default back, and does no harm with it
        op.alter_column("inbox", "is_quiet", server_default=None)
    op.add_column("mailboxes", sa.Column("first_uid", BIGINT, nullable=True))
    index("ix_outbox_stuck", "outbox", "state", where="state IN ('dead', 'uncertain')")
