"""What every table is made of."""

from sqlalchemy import Column, ForeignKey, Index, MetaData, text

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def column(name: str, kind: object, *keys: ForeignKey, is_optional: bool = False) -> Column[object]:
    """Return a column that is NOT NULL unless it `is_optional`."""
    return Column(name, kind, *keys, nullable=is_optional)  # type: ignore[arg-type]  # instances and classes of types


def some(name: str, *columns: str, where: str, unique: bool = False) -> Index:
    """Return an index of only the rows that `where` holds for: small however many rows are done with (PERFORMANCE)."""
    return Index(name, *columns, unique=unique, sqlite_where=text(where), postgresql_where=text(where))
