"""The revisions of the tables."""

import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect, text

from lab.databases import opened
from mailcase.errors import Invalid
from mailcase.store import migrations
from mailcase.store.engine import Database
from mailcase.store.schema import metadata

CATALOGUES = {
    "sqlite": "SELECT type, name, tbl_name, CASE WHEN type = 'table' THEN '' ELSE sql END FROM sqlite_master"
    " WHERE name NOT LIKE 'sqlite_%' AND name != 'alembic_version'",
    "postgresql": "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename <> 'alembic_version'"
    " UNION ALL SELECT c.conname, pg_get_constraintdef(c.oid) FROM pg_constraint c JOIN pg_class r ON r.oid = c.conrelid"
    " WHERE c.connamespace = 'public'::regnamespace AND r.relname <> 'alembic_version'"
    " UNION ALL SELECT tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal"
    " UNION ALL SELECT proname, prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace",
}


@pytest.fixture(params=["sqlite", "postgres"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database without tables."""
    url = f"sqlite:///{tmp_path}/new.db"
    with opened(url if request.param == "sqlite" else request.getfixturevalue("postgres_url")) as found:
        yield found


def shape(database: Database) -> set[tuple[object, ...]]:
    """Everything that the database knows of its tables, whatever the order of their columns."""
    with database.read() as tx:
        inspector = inspect(tx.connection)
        tables = set(inspector.get_table_names()) - {"alembic_version"}
        found: set[tuple[object, ...]] = {
            tuple(row) for row in tx.execute(text(CATALOGUES[tx.connection.dialect.name]))
        }
        found |= {(t, c["name"], str(c["type"]), c["nullable"]) for t in tables for c in inspector.get_columns(t)}
        found |= {(t, *inspector.get_pk_constraint(t)["constrained_columns"]) for t in tables}
        tuned = [t for t in tables if t.endswith("_search_config")]  # of the full-text indexes of SQLite
        found |= {(t, *row) for t in tuned for row in tx.execute(text(f"SELECT k, v FROM {t}"))}
        links = [(t, key) for t in tables for key in inspector.get_foreign_keys(t)]
        found |= {(t, key["name"], *key["constrained_columns"], key["referred_table"]) for t, key in links}
    return found


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_revisions_make_what_the_schema_says_on_sqlite(database: Database, tmp_path: Path) -> None:
    with opened(f"sqlite:///{tmp_path}/new.db") as made:
        with made.begin() as tx:
            metadata.create_all(tx.connection)
        assert shape(database) ^ shape(made) == set()


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
def test_the_revisions_make_what_the_schema_says_on_postgresql(database: Database, postgres_url: str) -> None:
    with opened(postgres_url) as made:
        with made.begin() as tx:
            metadata.create_all(tx.connection)
        assert shape(database) ^ shape(made) == set()


def test_alembic_finds_nothing_to_do(database: Database) -> None:
    with database.read() as tx:
        context = MigrationContext.configure(tx.connection, opts={"include_name": is_declared})
        assert compare_metadata(context, metadata) == []


def is_declared(name: str | None, kind: str, _parents: object) -> bool:
    """Whether Alembic is to look at something: not at the full-text indexes, which no metadata can declare."""
    return kind not in ("table", "index") or "_search" not in (name or "")


def test_the_first_start_fills_an_empty_database(empty: Database) -> None:
    assert migrations.is_empty(empty)
    assert migrations.current(empty) is None
    migrations.prepare(empty)
    assert migrations.current(empty) == migrations.newest()
    assert not migrations.is_empty(empty)


def test_a_second_upgrade_changes_nothing(database: Database) -> None:
    before = shape(database)
    migrations.upgrade(database)
    assert shape(database) == before


def set_revision(database: Database, revision: str) -> None:
    with database.begin() as tx:
        tx.execute(text("UPDATE alembic_version SET version_num = :revision"), {"revision": revision})


def test_tables_of_a_newer_mailcase_are_left_alone(database: Database) -> None:
    set_revision(database, "9999")
    for act in (migrations.prepare, migrations.check, migrations.upgrade):
        with pytest.raises(Invalid, match=r"newer mailcase \(revision 9999"):
            act(database)


@pytest.fixture
def later(tmp_path: Path) -> Path:
    """The revisions of a later mailcase: one more than ours."""
    folder = tmp_path / "versions"
    shutil.copytree(migrations.VERSIONS, folder, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "0002_more.py").write_text(
        f"from alembic import op\nrevision = 'more'\ndown_revision = '{migrations.newest()}'\n"
        "def upgrade():\n    op.execute('CREATE TABLE more (id integer)')\n"
    )
    return folder


def test_tables_of_an_older_mailcase_are_only_upgraded_on_command(database: Database, later: Path) -> None:
    with pytest.raises(Invalid, match="run `mailcase db upgrade`"):
        migrations.prepare(database, later)
    migrations.upgrade(database, later)
    migrations.check(database, later)
    assert migrations.current(database) == "more"


def test_a_failed_upgrade_leaves_nothing_behind(empty: Database, later: Path) -> None:
    with (later / "0002_more.py").open("a") as script:
        script.write("    raise ZeroDivisionError\n")
    with pytest.raises(ZeroDivisionError):
        migrations.upgrade(empty, later)
    assert migrations.is_empty(empty)


def test_somebody_elses_tables_are_left_alone(empty: Database) -> None:
    with empty.begin() as tx:
        tx.execute(text("CREATE TABLE theirs (id integer)"))
    for act in (migrations.prepare, migrations.upgrade):
        with pytest.raises(Invalid, match="no tables of mailcase"):
            act(empty)


def test_daemons_that_start_together_all_find_the_tables(postgres_url: str) -> None:
    with opened(postgres_url) as one, opened(postgres_url) as other, ThreadPoolExecutor() as threads:
        list(threads.map(migrations.prepare, [one, other]))
        assert migrations.current(one) == migrations.newest()
