"""Process flows of cases, and how long each case was in which stage."""

import sqlalchemy as sa
from alembic import op

from mailcase.store.migrations.vocabulary import BIGINT, ID, MOMENT, TEXT, columns, index

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    for name in ("flow", "stage", "flow_state"):
        op.add_column("cases", sa.Column(name, TEXT, nullable=True))
    op.add_column("cases", sa.Column("flow_path", TEXT, nullable=False, server_default="[]"))
    if op.get_bind().dialect.name != "sqlite":  # which cannot take a default back, and does no harm with it
        op.alter_column("cases", "flow_path", server_default=None)
    index("ix_cases_flow", "cases", "flow", "stage", where="flow_state = 'active'")
    op.create_table(
        "stage_visits",
        sa.Column("id", ID, primary_key=True),
        sa.Column("case_id", ID, sa.ForeignKey("cases.id", name="fk_stage_visits_case_id"), nullable=False),
        *columns(TEXT, "flow", "stage"),
        *columns(MOMENT, "entered_at"),
        *columns(MOMENT, "left_at", nullable=True),
        *columns(BIGINT, "business_seconds", nullable=True),
    )
    index("ix_stage_visits_case_id", "stage_visits", "case_id")
    index("ix_stage_visits_open", "stage_visits", "case_id", where="left_at IS NULL", unique=True)
