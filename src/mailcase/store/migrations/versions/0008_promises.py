"""Entitlements with their ledger, timers of cases, and what cases and contacts have to do with them."""

import sqlalchemy as sa
from alembic import op

from mailcase.store.migrations.vocabulary import BIGINT, BOOLEAN, ID, INTEGER, MOMENT, TEXT, columns, index

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    _entitlements()
    _entries()
    _timers()
    op.add_column("contacts", sa.Column("time_zone", TEXT, nullable=True))
    op.add_column("cases", sa.Column("entitlement_id", ID, nullable=True))
    op.add_column("cases", sa.Column("is_exempt", BOOLEAN, nullable=False, server_default=sa.false()))
    op.add_column("cases", sa.Column("follow_up_at", MOMENT, nullable=True))
    op.add_column("desk", sa.Column("agreements", TEXT, nullable=False, server_default=""))
    if op.get_bind().dialect.name != "sqlite":  # which cannot take a default back, and does no harm with it
        op.alter_column("cases", "is_exempt", server_default=None)
        op.alter_column("desk", "agreements", server_default=None)


def _entitlements() -> None:
    op.create_table(
        "entitlements",
        sa.Column("id", ID, primary_key=True),
        *columns(TEXT, "agreement", "name"),
        sa.Column("account_id", ID, sa.ForeignKey("accounts.id"), nullable=True),
        sa.Column("contact_id", ID, sa.ForeignKey("contacts.id"), nullable=True),
        *columns(TEXT, "contacts", "products", "channels", "term"),
        *columns(BIGINT, "total"),
        *columns(TEXT, "decrease_on"),
        *columns(BOOLEAN, "restricts"),
        *columns(TEXT, "sla", "owner", nullable=True),
        *columns(BOOLEAN, "is_default", "renews"),
        *columns(MOMENT, "starts_at", "ends_at"),
        *columns(MOMENT, "activated_at", "cancelled_at", nullable=True),
        sa.Column("renewed_from_id", ID, sa.ForeignKey("entitlements.id"), nullable=True),
        *columns(INTEGER, "told_percent", "version"),
        sa.UniqueConstraint("renewed_from_id"),
    )
    index("ix_entitlements_account_id", "entitlements", "account_id", where="account_id IS NOT NULL")
    index("ix_entitlements_contact_id", "entitlements", "contact_id", where="contact_id IS NOT NULL")
    index("ix_entitlements_renewing", "entitlements", "ends_at", where="renews")
    index("ix_entitlements_agreement", "entitlements", "agreement")


def _entries() -> None:
    op.create_table(
        "entitlement_entries",
        sa.Column("id", ID, primary_key=True),
        *columns(TEXT, "key"),
        sa.Column("entitlement_id", ID, sa.ForeignKey("entitlements.id"), nullable=False),
        sa.Column("case_id", ID, nullable=False),
        *columns(TEXT, "origin"),
        *columns(BIGINT, "amount"),
        *columns(TEXT, "reverses", "cause"),
        *columns(MOMENT, "at"),
        sa.UniqueConstraint("key"),
    )
    index("ix_entitlement_entries_entitlement_id_case_id", "entitlement_entries", "entitlement_id", "case_id")


def _timers() -> None:
    op.create_table(
        "timers",
        sa.Column("id", ID, primary_key=True),
        sa.Column("case_id", ID, sa.ForeignKey("cases.id"), nullable=False),
        *columns(TEXT, "kind", "about", "agent"),
        *columns(INTEGER, "step"),
        *columns(MOMENT, "since", "due_at"),
    )
    index("ix_timers_case_id", "timers", "case_id")
    index("ix_timers_due_at", "timers", "due_at")
