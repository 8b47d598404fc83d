"""Articles as search has them, and what they were used for. The articles themselves are files."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Table, UniqueConstraint

from mailcase.domain.article import ArticleState, Audience
from mailcase.store.columns import Choice, Id, Moment, String
from mailcase.store.schema.base import column, metadata

articles = Table(
    "articles",
    metadata,
    Column("id", Id, primary_key=True),
    column("number", String),
    column("language", String),
    column("state", Choice(ArticleState)),
    column("audience", Choice(Audience)),
    column("library", String),
    column("title", String),
    column("keywords", String),
    column("body", String),
    UniqueConstraint("number", "language"),
)

article_links = Table(
    "article_links",
    metadata,
    Column("id", Id, primary_key=True),
    column("case_id", Id, ForeignKey("cases.id")),
    column("article", String),
    column("created_at", Moment),
    column("created_by", String),
    column("offered_at", Moment, is_optional=True),
    column("sent_at", Moment, is_optional=True),
    column("solved_at", Moment, is_optional=True),
    column("is_confirmed", Boolean),
    UniqueConstraint("case_id", "article"),
    Index(None, "article"),
)
