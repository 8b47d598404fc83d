"""Copies of one mail know each other, and the ledger says what may be deleted on a server."""

import sqlalchemy as sa
from alembic import op

from mailcase.store.migrations.vocabulary import BOOLEAN, ID, MOMENT, TEXT, index

revision = "0005"
down_revision = "0004"

# Before, nothing said of a mail that only its header was fetched; what is shorter than the server told was, most likely.
MARK_TRUNCATED = """
UPDATE inbox SET is_truncated = {true} WHERE source = 'imap' AND EXISTS (
  SELECT 1 FROM raw_messages WHERE raw_messages.sha256 = inbox.sha256 AND length(raw_messages.raw) < inbox.size)
"""


def upgrade() -> None:
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    op.add_column("inbox", sa.Column("is_truncated", BOOLEAN, nullable=False, server_default=sa.false()))
    if not is_sqlite:  # which cannot take a default back, and does no harm with it
        op.alter_column("inbox", "is_truncated", server_default=None)
    op.add_column("inbox", sa.Column("settled_at", MOMENT, nullable=True))
    op.execute(MARK_TRUNCATED.format(true="1" if is_sqlite else "true"))
    op.create_table(
        "fingerprints",
        sa.Column("fingerprint", TEXT, primary_key=True),
        sa.Column("scope", TEXT, primary_key=True),
        sa.Column("inbox_id", ID, sa.ForeignKey("inbox.id", ondelete="CASCADE"), nullable=False),
    )
    index("ix_fingerprints_inbox_id", "fingerprints", "inbox_id")
