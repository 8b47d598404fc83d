"""Until when a daemon has a received mail in hand."""

import sqlalchemy as sa
from alembic import op

from mailcase.store.migrations.vocabulary import MOMENT

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.add_column("inbox", sa.Column("lease_until", MOMENT, nullable=True))
