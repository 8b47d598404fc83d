"""Brings the tables of a database to what this version of mailcase needs, and says so when they are not.

The revisions are Alembic's, in `versions`, on PostgreSQL and SQLite alike. A database that is empty is filled at the
first start; one that holds data is only changed on command.
"""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import func, inspect, select

from mailcase.errors import Invalid
from mailcase.store.engine import Database
from mailcase.store.tx import Tx

VERSIONS = Path(__file__).parent / "versions"
ADVISORY_LOCK = 0x6D61696C  # "mail": any number that nobody else takes for this


def upgrade(database: Database, versions: Path = VERSIONS) -> None:
    """Bring `database` to the newest revision, in one transaction; several daemons at once wait for the first.

    Raises Invalid when it holds tables that are not mailcase's, or those of a newer mailcase.
    """
    with database.begin() as tx:
        if not tx.is_sqlite:
            tx.execute(select(func.pg_advisory_xact_lock(ADVISORY_LOCK)))
        if not _has_no_tables(tx):
            _require_known(database, _revision(tx), versions)
        config = _config(versions)
        config.attributes["connection"] = tx.connection
        command.upgrade(config, "head")


def prepare(database: Database, versions: Path = VERSIONS) -> None:
    """Fill `database` if it is empty, as at the first start. Raises Invalid when it is of another revision."""
    if is_empty(database):
        upgrade(database, versions)
    check(database, versions)


def check(database: Database, versions: Path = VERSIONS) -> None:
    """Raise Invalid, saying what to do, unless `database` is of the newest revision."""
    found, needed = current(database), newest(versions)
    _require_known(database, found, versions)
    if found != needed:
        raise Invalid(
            f"{database.url}: the tables are of an older mailcase (revision {found}, needed is {needed});"
            " stop every daemon, make a backup, and run `mailcase db upgrade`"
        )


def current(database: Database) -> str | None:
    """Return the revision of `database`, or None when it has none."""
    with database.read() as tx:
        return _revision(tx)


def is_empty(database: Database) -> bool:
    """Return whether `database` has no tables at all."""
    with database.read() as tx:
        return _has_no_tables(tx)


def newest(versions: Path = VERSIONS) -> str:
    """Return the revision that this mailcase needs."""
    (head,) = _scripts(versions).get_heads()
    return head


def _revision(tx: Tx) -> str | None:
    return MigrationContext.configure(tx.connection).get_current_revision()


def _has_no_tables(tx: Tx) -> bool:
    return not inspect(tx.connection).get_table_names()


def _require_known(database: Database, revision: str | None, versions: Path) -> None:
    if revision is None:
        raise Invalid(
            f"{database.url}: the database has no tables of mailcase;"
            " run `mailcase db upgrade` if it is empty, or give mailcase one of its own"
        )
    known = {script.revision for script in _scripts(versions).walk_revisions()}
    if revision not in known:
        raise Invalid(
            f"{database.url}: the tables are of a newer mailcase (revision {revision}, this one knows up to"
            f" {newest(versions)}); install that version, or restore the backup made before it"
        )


def _config(versions: Path) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.set_main_option("version_locations", str(versions).replace("%", "%%"))
    config.set_main_option("path_separator", "newline")
    return config


def _scripts(versions: Path) -> ScriptDirectory:
    return ScriptDirectory.from_config(_config(versions))
