"""Tokens of OAuth 2.0, kept for whichever daemon logs in next."""

import sqlalchemy as sa
from alembic import op

from mailcase.store.migrations.vocabulary import BIGINT, MOMENT, TEXT, columns

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.create_table(
        "oauth_tokens",
        sa.Column("oauth", TEXT, primary_key=True),
        sa.Column("account", TEXT, primary_key=True),
        *columns(TEXT, "client", "access_token", "refresh_token"),
        *columns(MOMENT, "issued_at", "expires_at"),
        *columns(MOMENT, "refresh_expires_at", nullable=True),
        *columns(MOMENT, "signed_in_at"),
        *columns(BIGINT, "version"),
    )
