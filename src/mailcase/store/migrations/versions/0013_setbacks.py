"""What was due and failed, and until when it is put off."""

import sqlalchemy as sa
from alembic import op

from mailcase.store.migrations.vocabulary import ID, INTEGER, MOMENT, TEXT, columns, index

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.create_table(
        "setbacks",
        sa.Column("id", ID, primary_key=True),
        *columns(TEXT, "errand", "about"),
        sa.Column("case_id", ID, sa.ForeignKey("cases.id"), nullable=True),
        *columns(INTEGER, "failures"),
        *columns(MOMENT, "failed_at", "again_at"),
        *columns(TEXT, "error"),
        sa.UniqueConstraint("errand", "about"),
    )
    index("ix_setbacks_case_id", "setbacks", "case_id", where="case_id IS NOT NULL")
