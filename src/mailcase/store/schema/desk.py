"""What the desk keeps about itself."""

from sqlalchemy import BigInteger, CheckConstraint, Column, Connection, Index, Integer, Table, event

from mailcase.store.columns import Bytes, Id, Moment, String
from mailcase.store.schema.base import column, metadata

audit = Table(
    "audit",
    metadata,
    Column("id", Id, primary_key=True),
    column("at", Moment),
    column("actor", String),
    column("action", String),
    column("object_type", String),
    column("object_id", Id),
    column("changes", String),
    Index(None, "object_type", "object_id"),
)

token_keys = Table(
    "token_keys",
    metadata,
    Column("id", Id, primary_key=True),
    column("secret", Bytes),
    column("created_at", Moment),
)

leases = Table(
    "leases",
    metadata,
    Column("name", String, primary_key=True),
    column("holder", String),
    column("fence", BigInteger),
    column("until", Moment),
)

oauth_tokens = Table(
    "oauth_tokens",
    metadata,
    Column("oauth", String, primary_key=True),
    Column("account", String, primary_key=True),
    column("client", String),
    column("access_token", String),
    column("refresh_token", String),
    column("issued_at", Moment),
    column("expires_at", Moment),
    column("refresh_expires_at", Moment, is_optional=True),
    column("signed_in_at", Moment),
    column("version", BigInteger),
)

desk = Table(
    "desk",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    column("founded_at", Moment),
    column("agreements", String),
    CheckConstraint("id = 1", name="single"),
)

# The audit log is only ever appended to: whoever tries otherwise, by whatever program, is refused. Only what a record says
# of changes may be emptied as a whole, when the person whom it tells of is forgotten.
_KEPT = ("id", "at", "actor", "action", "object_type", "object_id")
_OTHERWISE = f"NEW.changes <> '{{}}' OR {' OR '.join(f'NEW.{name} <> OLD.{name}' for name in _KEPT)}"
_ONLY = "BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END"
APPEND_ONLY = {
    "sqlite": (
        f"CREATE TRIGGER audit_refuses_update BEFORE UPDATE ON audit WHEN {_OTHERWISE} {_ONLY}",
        f"CREATE TRIGGER audit_refuses_delete BEFORE DELETE ON audit {_ONLY}",
    ),
    "postgresql": (
        "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'the audit log is append-only'; END $$",
        "CREATE TRIGGER audit_refuses_change BEFORE DELETE OR TRUNCATE ON audit FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
        f"CREATE TRIGGER audit_refuses_update BEFORE UPDATE ON audit FOR EACH ROW WHEN ({_OTHERWISE}) EXECUTE FUNCTION refuse_change()",
    ),
}


@event.listens_for(audit, "after_create")
def _make_append_only(_table: Table, connection: Connection, **_options: object) -> None:
    for statement in APPEND_ONLY[connection.dialect.name]:
        connection.exec_driver_sql(statement)
