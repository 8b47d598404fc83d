"""Outgoing mail is claimed by who wrote it and counted by when it was sent; servers may ask for a rest."""

import sqlalchemy as sa
from alembic import op

from mailcase.store.migrations.vocabulary import INTEGER, MOMENT, TEXT, index

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.drop_index("ix_outbox_queued", "outbox")
    index("ix_outbox_queued", "outbox", "mailbox", "authorship", "due_at", where="state = 'queued'")
    index("ix_outbox_sent", "outbox", "mailbox", "sent_at", where="sent_at IS NOT NULL")
    op.create_table(
        "sending_pauses",
        sa.Column("account", TEXT, primary_key=True),
        sa.Column("until", MOMENT, nullable=False),
        sa.Column("times", INTEGER, nullable=False),
        sa.Column("response", TEXT, nullable=False),
    )
