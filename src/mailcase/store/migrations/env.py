"""What Alembic runs for every command: the revisions, on the connection and in the transaction that it was given."""

from alembic import context

from mailcase.store.schema import metadata

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    render_as_batch=connection.dialect.name == "sqlite",  # SQLite alters most things by making the table anew
)
with context.begin_transaction():
    context.run_migrations()
