"""`mailcase db`: the tables of the database."""

import typer

from mailcase.cli import options

app = typer.Typer(help="The database: upgrade its tables, show its version.", no_args_is_help=True)


@app.command("upgrade")
def upgrade(config: options.Config = None) -> None:
    """Bring the tables to the version of this mailcase. Make a backup first."""
    from mailcase.app import database_of
    from mailcase.config import load_config
    from mailcase.store import migrations
    from mailcase.store.leases import daemon_lock

    database = database_of(load_config(options.config_path(config)))
    try:
        with daemon_lock(database.path, "mailcase"):
            before = migrations.current(database)
            migrations.upgrade(database)
            after = migrations.current(database)
    finally:
        database.close()
    typer.echo(
        f"{database.url}: " + (f"at revision {after} already" if before == after else f"{before or 'empty'} → {after}")
    )


@app.command("current")
def current(config: options.Config = None) -> None:
    """Show where the database is and which revision its tables have."""
    from mailcase.app import database_of
    from mailcase.config import load_config
    from mailcase.store import migrations

    database = database_of(load_config(options.config_path(config)))
    try:
        revision = migrations.current(database)
    finally:
        database.close()
    typer.echo(f"{database.url}: revision {revision or 'none, empty'}")
