"""Agents' mails that are held, who is copied on a case, where customers want their answers, and what notices showed."""

import sqlalchemy as sa
from alembic import op

from mailcase.store.migrations.vocabulary import ID, MOMENT, TEXT, columns, index

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    op.add_column("cases", sa.Column("cc", TEXT, nullable=False, server_default="[]"))
    op.add_column("activities", sa.Column("reply_to", TEXT, nullable=False, server_default=""))
    op.add_column("message_index", sa.Column("shown_id", ID, nullable=True))
    if op.get_bind().dialect.name != "sqlite":  # which cannot take a default back, and does no harm with it
        op.alter_column("cases", "cc", server_default=None)
        op.alter_column("activities", "reply_to", server_default=None)
    op.create_table(
        "drafts",
        sa.Column("id", ID, primary_key=True),
        sa.Column("activity_id", ID, sa.ForeignKey("activities.id", name="fk_drafts_activity_id"), nullable=False),
        *columns(TEXT, "agent", "reason", "outsiders", "asked_as"),
        *columns(MOMENT, "created_at"),
        *columns(MOMENT, "expires_at", nullable=True),
        *columns(TEXT, "state"),
        *columns(MOMENT, "settled_at", nullable=True),
        sa.UniqueConstraint("activity_id", name="uq_drafts_activity_id"),
    )
    index("ix_drafts_asked_as", "drafts", "asked_as")
