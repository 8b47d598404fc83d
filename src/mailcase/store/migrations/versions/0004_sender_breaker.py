"""Received mail is found by its sender, in canonical form: to count it, and to find what is of a person."""

import sqlalchemy as sa
from alembic import op

from mailcase.store.migrations.vocabulary import index

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    # An index takes no text of any length: what is so long is no address of anybody.
    op.execute(sa.text("UPDATE inbox SET sender = substr(sender, 1, 120) WHERE length(sender) > 120"))
    op.execute(sa.text("UPDATE inbox SET sender = lower(sender) WHERE sender <> lower(sender)"))
    index("ix_inbox_sender", "inbox", "sender", "id", where="sender <> ''")
