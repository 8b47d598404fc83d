"""Time that is charged, reminders and answers of activities, and references between cases."""

import sqlalchemy as sa
from alembic import op

from mailcase.store.migrations.vocabulary import ID, INTEGER, MOMENT, TEXT, columns, index

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.add_column("activities", sa.Column("billable_minutes", INTEGER, nullable=True))
    op.add_column("activities", sa.Column("remind_at", MOMENT, nullable=True))
    op.add_column("activities", sa.Column("response", TEXT, nullable=False, server_default=""))
    if op.get_bind().dialect.name != "sqlite":  # which cannot take a default back, and does no harm with it
        op.alter_column("activities", "response", server_default=None)
    index("ix_activities_remind_at", "activities", "remind_at", where="remind_at IS NOT NULL")
    op.create_table(
        "case_links",
        sa.Column("id", ID, primary_key=True),
        sa.Column("case_id", ID, sa.ForeignKey("cases.id", name="fk_case_links_case_id"), nullable=False),
        sa.Column("other_id", ID, sa.ForeignKey("cases.id", name="fk_case_links_other_id"), nullable=False),
        *columns(MOMENT, "created_at"),
        *columns(TEXT, "created_by"),
        sa.UniqueConstraint("case_id", "other_id", name="uq_case_links_case_id_other_id"),
    )
    index("ix_case_links_other_id", "case_links", "other_id")
