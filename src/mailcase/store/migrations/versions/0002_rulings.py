"""What was decided about each mail, the mails as they were parsed, and whose turn it is."""

import sqlalchemy as sa
from alembic import op

from mailcase.store.migrations.vocabulary import BIGINT, BYTES, ID, INTEGER, MOMENT, TEXT, columns, index

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "rulings",
        sa.Column("id", ID, primary_key=True),
        sa.Column("inbox_id", ID, sa.ForeignKey("inbox.id"), nullable=False),
        *columns(MOMENT, "at"),
        *columns(TEXT, "rulebook", "summary", "effect", "traces", "grounds"),
    )
    index("ix_rulings_inbox_id", "rulings", "inbox_id")
    index("ix_rulings_at", "rulings", "at")
    op.create_table(
        "parsed_mails",
        sa.Column("sha256", TEXT, primary_key=True),
        *columns(INTEGER, "form"),
        *columns(BYTES, "content"),
    )
    op.create_table(
        "turns", sa.Column("agent", TEXT, primary_key=True), *columns(BIGINT, "turn"), *columns(MOMENT, "at")
    )
