"""What an audit record says of changes may be emptied, and nothing else of it be changed."""

from alembic import op

revision = "0011"
down_revision = "0010"

OTHERWISE = (
    "NEW.changes <> '{}' OR NEW.id <> OLD.id OR NEW.at <> OLD.at OR NEW.actor <> OLD.actor OR NEW.action <> OLD.action"
    " OR NEW.object_type <> OLD.object_type OR NEW.object_id <> OLD.object_id"
)


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TRIGGER audit_refuses_update")
        op.execute(
            f"CREATE TRIGGER audit_refuses_update BEFORE UPDATE ON audit WHEN {OTHERWISE}"
            " BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END"
        )
        return
    op.execute("DROP TRIGGER audit_refuses_change ON audit")
    op.execute(
        "CREATE TRIGGER audit_refuses_change BEFORE DELETE OR TRUNCATE ON audit FOR EACH STATEMENT"
        " EXECUTE FUNCTION refuse_change()"
    )
    op.execute(
        f"CREATE TRIGGER audit_refuses_update BEFORE UPDATE ON audit FOR EACH ROW WHEN ({OTHERWISE})"
        " EXECUTE FUNCTION refuse_change()"
    )
