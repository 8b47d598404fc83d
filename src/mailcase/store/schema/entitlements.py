"""What support customers have bought, and the ledger of what their cases took."""

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, Table, UniqueConstraint

from mailcase.domain.entitlement import DecreaseOn, Term
from mailcase.store.columns import Choice, Id, Moment, Numbers, Pairs, String, Strings
from mailcase.store.schema.base import column, metadata, some

entitlements = Table(
    "entitlements",
    metadata,
    Column("id", Id, primary_key=True),
    column("agreement", String),
    column("name", String),
    column("account_id", Id, ForeignKey("accounts.id"), is_optional=True),
    column("contact_id", Id, ForeignKey("contacts.id"), is_optional=True),
    column("contacts", Numbers),
    column("products", Strings),
    column("channels", Pairs),
    column("term", Choice(Term)),
    column("total", BigInteger),
    column("decrease_on", Choice(DecreaseOn)),
    column("restricts", Boolean),
    column("sla", String, is_optional=True),
    column("owner", String, is_optional=True),
    column("is_default", Boolean),
    column("renews", Boolean),
    column("starts_at", Moment),
    column("ends_at", Moment),
    column("activated_at", Moment, is_optional=True),
    column("cancelled_at", Moment, is_optional=True),
    column("renewed_from_id", Id, ForeignKey("entitlements.id"), is_optional=True),
    column("told_percent", Integer),
    column("version", Integer),
    some("ix_entitlements_account_id", "account_id", where="account_id IS NOT NULL"),
    some("ix_entitlements_contact_id", "contact_id", where="contact_id IS NOT NULL"),
    some("ix_entitlements_renewing", "ends_at", where="renews"),
    Index(None, "agreement"),
    UniqueConstraint("renewed_from_id"),  # renewed once, by whichever hand is first
)

# A case that was deleted keeps its entries, so `case_id` refers to no row.
entitlement_entries = Table(
    "entitlement_entries",
    metadata,
    Column("id", Id, primary_key=True),
    column("key", String),
    column("entitlement_id", Id, ForeignKey("entitlements.id")),
    column("case_id", Id),
    column("origin", String),
    column("amount", BigInteger),
    column("reverses", String),
    column("cause", String),
    column("at", Moment),
    UniqueConstraint("key"),
    Index(None, "entitlement_id", "case_id"),
)
