"""`mailcase db`: the tables of the database."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mailcase.cli import options, printing

if TYPE_CHECKING:
    from rich.progress import Progress

    from mailcase.store.engine import Database

app = typer.Typer(help="The database: upgrade its tables, back it up, move it elsewhere.", no_args_is_help=True)


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


@app.command("backup")
def backup(
    file: Annotated[Path, typer.Argument(help="A new file.", show_default=False)], config: options.Config = None
) -> None:
    """Write a checked copy of a SQLite database to a new file, while the daemon runs. It holds secrets: keep it private."""
    from mailcase.app import database_of
    from mailcase.config import load_config
    from mailcase.store.backup import backup as copy

    database = database_of(load_config(options.config_path(config)))
    try:
        with _bar() as bar:
            task = bar.add_task(str(file), total=None)
            size = copy(database, file, lambda done, total: bar.update(task, completed=done, total=total))
    finally:
        database.close()
    typer.echo(f"{file}: {size} bytes.")


@app.command("copy")
def copy(
    source: Annotated[
        str, typer.Argument(metavar="FROM", help="URL of the database that the desk is in.", show_default=False)
    ],
    target: Annotated[str, typer.Argument(metavar="TO", help="URL of an empty database.", show_default=False)],
    as_json: options.Json = False,
) -> None:
    """Move a desk: copy every table from one database to an empty one, between SQLite and PostgreSQL in either direction.

    Stop every daemon first. All is copied or nothing, and compared by counts and hashes. A password of PostgreSQL may
    stand in the URL or, better, in PGPASSFILE. Nothing is changed in the old database, nor in mailcase.toml.
    """
    from dataclasses import asdict

    from mailcase.clock import utc_now
    from mailcase.store.engine import open_database
    from mailcase.store.leases import daemon_lock
    from mailcase.store.moving import move

    old = _existing(source)
    new = open_database(target)
    try:
        with daemon_lock(old.path, "mailcase db copy"), daemon_lock(new.path, "mailcase db copy"), _bar() as bar:
            tasks = {}

            def told(table: str, done: int, total: int) -> None:
                if table not in tasks:
                    tasks[table] = bar.add_task(table, total=total)
                bar.update(tasks[table], completed=done)

            found = move(old, new, utc_now(), told)
    finally:
        new.close()
        old.close()
    if as_json:
        printing.as_json({name: asdict(content) for name, content in found.items()})
        return
    rows = [(name, content.rows, content.sha256[:16]) for name, content in found.items()]
    printing.table("Copied and compared", ("Table", "Rows", "Hash"), rows, empty="")
    typer.echo(f"{new.url} holds what {old.url} holds. Write it into [database] of mailcase.toml.")


def _existing(url: str) -> "Database":
    """Open a database that is there: a mistyped file must not be made."""
    from mailcase.errors import Invalid
    from mailcase.store.engine import open_database

    file = url.removeprefix("sqlite:///")
    if url.startswith("sqlite:///") and not Path(file).is_file():
        raise Invalid(f"{file}: there is no such database.")
    return open_database(url)


def _bar() -> "Progress":
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn())
    return Progress(*columns, transient=True, disable=not printing.console().is_terminal)
