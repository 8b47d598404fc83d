"""Accounts and contacts."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Table

from mailcase.store.columns import Id, Key, Moment, String
from mailcase.store.schema.base import column, metadata, some

accounts = Table(
    "accounts",
    metadata,
    Column("id", Id, primary_key=True),
    column("name", String),
    column("created_at", Moment),
)

account_domains = Table(
    "account_domains",
    metadata,
    Column("domain", Key, primary_key=True),
    column("account_id", Id, ForeignKey("accounts.id")),
    Index(None, "account_id"),
)

contacts = Table(
    "contacts",
    metadata,
    Column("id", Id, primary_key=True),
    column("name", String),
    column("address", Key),
    column("account_id", Id, ForeignKey("accounts.id"), is_optional=True),
    column("language", String, is_optional=True),
    column("time_zone", String, is_optional=True),
    column("is_provisional", Boolean),
    column("created_at", Moment),
    some("ix_contacts_account_id", "account_id", where="account_id IS NOT NULL"),
)

contact_addresses = Table(
    "contact_addresses",
    metadata,
    Column("address", Key, primary_key=True),
    column("contact_id", Id, ForeignKey("contacts.id")),
    Index(None, "contact_id"),
)
