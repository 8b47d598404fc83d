"""Brings the tables of a database to what this version of mailcase needs, and says so when they are not.

The revisions are Alembic's, in `versions`, on PostgreSQL and SQLite alike. A database that is empty is filled at the
first start; one that holds data is only changed on command. To look is enough at every other start, so that is done
here without Alembic, which would stay in the daemon's memory for good.
"""

import re
from pathlib import Path

from sqlalchemy import column, func, inspect, select, table

from mailcase.errors import Invalid
from mailcase.store.engine import Database
from mailcase.store.tx import Tx

VERSIONS = Path(__file__).parent / "versions"
ADVISORY_LOCK = 0x6D61696C  # "mail": any number that nobody else takes for this
STAMP = table("alembic_version", column("version_num"))  # the one row that Alembic keeps
NAMED = re.compile(r"^(revision|down_revision) = ['\"](\w+)['\"]", re.MULTILINE)


def upgrade(database: Database, versions: Path = VERSIONS) -> None:
    """Bring `database` to the newest revision, in one transaction; several daemons at once wait for the first.

    Raises Invalid when it holds tables that are not mailcase's, or those of a newer mailcase.
    """
    with database.begin() as tx:
        if not tx.is_sqlite:
            tx.execute(select(func.pg_advisory_xact_lock(ADVISORY_LOCK)))
        if not _has_no_tables(tx):
            _require_known(database, _revision(tx), versions)
        from mailcase.store.migrations.run import to_newest  # 8 MB that no other start needs

        to_newest(tx.connection, versions)


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
    revisions = _revisions(versions)
    (head,) = set(revisions) - set(revisions.values())
    return head


def _revision(tx: Tx) -> str | None:
    if not inspect(tx.connection).has_table(STAMP.name):
        return None
    found: str | None = tx.connection.execute(select(STAMP.c.version_num)).scalar_one_or_none()
    return found


def _has_no_tables(tx: Tx) -> bool:
    return not inspect(tx.connection).get_table_names()


def _require_known(database: Database, revision: str | None, versions: Path) -> None:
    if revision is None:
        raise Invalid(
            f"{database.url}: the database has no tables of mailcase;"
            " run `mailcase db upgrade` if it is empty, or give mailcase one of its own"
        )
    if revision not in _revisions(versions):
        raise Invalid(
            f"{database.url}: the tables are of a newer mailcase (revision {revision}, this one knows up to"
            f" {newest(versions)}); install that version, or restore the backup made before it"
        )


def _revisions(versions: Path) -> dict[str, str]:
    """Return each revision of the folder with the one before it, empty for the first."""
    named = (dict(NAMED.findall(script.read_text(encoding="utf-8"))) for script in versions.glob("*.py"))
    return {names["revision"]: names.get("down_revision", "") for names in named if "revision" in names}
