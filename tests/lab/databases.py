"""A migrated, empty database of each kind for a test: copies of a template that is made once per process."""

import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from lab.postgres import Postgres
from mailcase.store import migrations
from mailcase.store.engine import Database, open_database


def found(url: str) -> None:
    """Make all tables in the empty database at `url`."""
    database = open_database(url)
    migrations.upgrade(database)
    database.close()


@contextmanager
def opened(url: str) -> Iterator[Database]:
    """Yield the database at `url` and close it afterwards."""
    database = open_database(url)
    try:
        yield database
    finally:
        database.close()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with all tables and no rows."""
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    found(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgres_template(postgres_server: Postgres) -> str:
    """The name of a PostgreSQL database with all tables and no rows; it goes when its server goes."""
    name = f"template_{uuid.uuid4().hex[:16]}"
    with psycopg.connect(postgres_server.url(), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE template0 STRATEGY file_copy")
    found(postgres_server.url(name))
    return name


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database with all tables and no rows, that is the test's own: every test runs on both kinds."""
    if request.param == "sqlite":
        path = tmp_path / "desk.db"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite:///{path}"
        return
    template = request.getfixturevalue("postgres_template")
    with request.getfixturevalue("postgres_server").database(template=template) as url:
        yield url


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """The database at `database_url`, opened."""
    with opened(database_url) as found:
        yield found
