"""The words that revisions are written in: never changed, or what they once made would change with them."""

from typing import Any

import sqlalchemy as sa
from alembic import op

TEXT = sa.Text()
INTEGER = sa.Integer()
BIGINT = sa.BigInteger()
BOOLEAN = sa.Boolean()
BYTES = sa.LargeBinary()
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True).with_variant(sa.BigInteger(), "sqlite")


def columns(kind: sa.types.TypeEngine[Any], *names: str, nullable: bool = False) -> list[sa.Column[Any]]:
    """Return a column of this kind for each of `names`."""
    return [sa.Column(name, kind, nullable=nullable) for name in names]


def index(name: str, table: str, *names: str, where: str | None = None, unique: bool = False) -> None:
    """Make an index over the columns `names`, of only the rows that `where` holds for if it is given."""
    condition = None if where is None else sa.text(where)
    op.create_index(name, table, list(names), unique=unique, sqlite_where=condition, postgresql_where=condition)
