"""What was decided about each mail and on what grounds, and the mails as they were parsed."""

from sqlalchemy import Column, ForeignKey, Index, Integer, Table

from mailcase.store.columns import Bytes, Id, Moment, String
from mailcase.store.schema.base import column, metadata

rulings = Table(
    "rulings",
    metadata,
    Column("id", Id, primary_key=True),
    column("inbox_id", Id, ForeignKey("inbox.id")),
    column("at", Moment),
    column("rulebook", String),
    column("summary", String),
    column("effect", String),
    column("traces", String),
    column("grounds", String),
    Index(None, "inbox_id"),
    Index(None, "at"),
)

parsed_mails = Table(
    "parsed_mails",
    metadata,
    Column("sha256", String, primary_key=True),
    column("form", Integer),
    column("content", Bytes),
)
