"""Opening a database, its transactions, and what its troubles mean."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from lab.databases import opened
from lab.ports import free_port
from lab.postgres import Postgres
from mailcase.domain.case import Case
from mailcase.errors import Invalid, StaleWrite, Unavailable
from mailcase.store import cases, desk, tokens
from mailcase.store.cases import CaseFilter
from mailcase.store.engine import Database, log_pages, open_database
from store.values import NOW, stored_case

only_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
only_postgres = pytest.mark.parametrize("database_url", ["postgres"], indirect=True)


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("desk.db", "cannot be read"),
        ("postgresql://desk@localhost:port/desk", "cannot be read"),
        ("mysql://localhost/desk", "mysql"),
        ("postgresql+asyncpg://localhost/desk", "asyncpg"),
        ("sqlite://", "names no file"),
        ("sqlite:///:memory:", "names no file"),
        ("sqlite:////no/such/folder/desk.db", "/no/such/folder: no such folder"),
    ],
)
def test_a_wrong_url_is_explained(url: str, said: str) -> None:
    with pytest.raises(Invalid, match=said):
        open_database(url)


def test_a_file_that_is_no_database_is_explained(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("Dear Sir or Madam, " * 200)
    with pytest.raises(Invalid, match="not a SQLite database"):
        open_database(f"sqlite:///{tmp_path}/letter.txt")


def test_a_relative_path_is_of_the_folder_we_are_in_when_opening(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with opened("sqlite:///desk.db") as database:
        monkeypatch.chdir("/")
        with database.begin() as tx:
            tx.execute(text("CREATE TABLE here (id integer)"))
        assert database.path == tmp_path / "desk.db"


def test_a_new_file_is_its_owners_only(tmp_path: Path) -> None:
    with opened(f"sqlite:///{tmp_path}/desk.db") as database, database.begin() as tx:
        tx.execute(text("CREATE TABLE here (id integer)"))
        assert {path.stat().st_mode & 0o777 for path in tmp_path.iterdir()} == {0o600}


def test_the_url_is_shown_without_its_password() -> None:
    with closing(open_database("postgresql://desk:canary@localhost/desk")) as database:
        assert database.url == "postgresql://desk:***@localhost/desk"


@only_sqlite
@pytest.mark.parametrize(("pragma", "value"), [("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1)])
def test_a_commit_is_on_the_disk(database: Database, pragma: str, value: object) -> None:
    with database.begin() as tx:
        assert tx.execute(text(f"PRAGMA {pragma}")).scalar_one() == value


def test_a_row_that_others_refer_to_stays(database: Database) -> None:
    with database.begin() as tx:
        stored_case(tx)
    with pytest.raises((DBAPIError, StaleWrite), match=r"(?i)foreign key"), database.begin() as tx:
        tx.execute(text("DELETE FROM contacts"))


def test_a_read_sees_one_moment(database: Database) -> None:
    with database.read() as before:
        assert cases.count(before, CaseFilter()) == 0
        with database.begin() as tx:
            stored_case(tx)
        assert cases.count(before, CaseFilter()) == 0
    with database.read() as after:
        assert cases.count(after, CaseFilter()) == 1


@only_sqlite
def test_a_checkpoint_brings_commits_into_the_file(database: Database, tmp_path: Path) -> None:
    with database.begin() as tx:
        stored_case(tx)
    assert database.checkpoint() == 0
    assert database.path is not None
    alone = tmp_path / "without-the-log.db"
    alone.write_bytes(database.path.read_bytes())
    with closing(sqlite3.connect(alone)) as file:
        assert file.execute("SELECT count(*) FROM cases").fetchone() == (1,)


@only_sqlite
def test_a_checkpoint_waits_for_nobody(database: Database) -> None:
    with database.read() as before:
        assert cases.count(before, CaseFilter()) == 0
        with database.begin() as tx:
            stored_case(tx)
            database.checkpoint()
        assert database.checkpoint() > 0
        assert cases.count(before, CaseFilter()) == 0
    assert database.checkpoint() == 0


@pytest.mark.parametrize(
    ("free_bytes", "pages"),
    [
        (0, 1_000),  # SQLite's own default
        (6_000_000, 1_000),
        (262_144_000, 8_000),
        (10**12, 16_000),
    ],
)
def test_the_log_takes_a_small_part_of_the_disk(free_bytes: int, pages: int) -> None:
    assert log_pages(free_bytes) == pages


@only_postgres
def test_postgresql_needs_no_checkpoint_of_ours(database: Database) -> None:
    assert database.checkpoint() == 0


def test_a_read_writes_nothing(database: Database) -> None:
    with pytest.raises((DBAPIError, Unavailable)), database.read() as tx:
        tx.execute(text("DELETE FROM cases"))


def test_writers_of_one_process_take_turns(database: Database) -> None:
    def count_up(_: int) -> None:
        with database.begin() as tx:
            tx.execute(text("UPDATE token_keys SET id = id + 1"))

    with database.begin() as tx:
        tokens.add(tx, b"x", NOW)
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(count_up, range(40)))
    with database.read() as tx:
        assert tx.execute(text("SELECT id FROM token_keys")).scalar_one() == 41


def test_readers_do_not_wait_for_the_writer(database: Database) -> None:
    with database.begin() as tx:
        stored_case(tx)
        with ThreadPoolExecutor(1) as threads:
            assert threads.submit(count_cases, database).result(timeout=5) == 0


def count_cases(database: Database) -> int:
    with database.read() as tx:
        return cases.count(tx, CaseFilter())


@only_sqlite
def test_a_file_locked_by_another_program_is_unavailable(database: Database) -> None:
    with database.begin() as tx:
        tx.execute(text("PRAGMA busy_timeout = 1"))  # of the one writing connection, for good
    with closing(sqlite3.connect(str(database.path), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(Unavailable, match="locked by another program"), database.begin():
            pytest.fail("began")
    with database.begin() as tx:
        stored_case(tx)


@only_sqlite
def test_a_full_disk_is_unavailable_and_tears_nothing(database: Database) -> None:
    with database.begin() as tx:
        pages = tx.execute(text("PRAGMA page_count")).scalar_one()
        tx.execute(text(f"PRAGMA max_page_count = {pages + 3}"))  # of the one writing connection, for good
    with pytest.raises(Unavailable, match="disk is full") as caught, database.begin() as tx:
        tokens.add(tx, b"x" * 100_000, NOW)
    assert "Free space" in caught.value.remedy
    with database.begin() as tx:
        assert tokens.keys(tx) == []
        tokens.add(tx, b"small", NOW)


def lose_the_connection(database: Database) -> None:
    with database.begin() as tx:
        hang_up(database, tx.execute(text("SELECT pg_backend_pid()")).scalar_one())
        tokens.add(tx, b"lost", NOW)


@only_postgres
def test_a_lost_connection_is_unavailable_once(database: Database) -> None:
    with database.begin() as tx:
        tokens.add(tx, b"kept", NOW)
    with pytest.raises(Unavailable):
        lose_the_connection(database)
    with database.read() as tx:
        assert tokens.keys(tx) == [b"kept"]


@only_postgres
def test_connections_that_died_in_the_pool_are_replaced(database: Database) -> None:
    with database.begin() as tx:
        pid = tx.execute(text("SELECT pg_backend_pid()")).scalar_one()
    with opened_again(database) as other:
        hang_up(other, pid)
    with pytest.raises(Unavailable), database.begin() as tx:
        tokens.keys(tx)
    with database.begin() as tx:
        assert tokens.keys(tx) == []


def opened_again(database: Database) -> closing[Database]:
    return closing(open_database(database._url.render_as_string(hide_password=False)))


def hang_up(database: Database, pid: int) -> None:
    with database.begin() as tx:
        tx.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": pid})


def connect(url: str) -> None:
    with closing(open_database(url)) as database, database.begin():
        pytest.fail("connected")


def test_no_server_is_unavailable() -> None:
    with pytest.raises(Unavailable, match="cannot be reached") as caught:
        connect(f"postgresql://desk@127.0.0.1:{free_port()}/desk")
    assert "Start PostgreSQL" in caught.value.remedy


def test_a_missing_database_is_a_wrong_url(postgres_server: Postgres) -> None:
    with pytest.raises(Invalid, match="no such database"):
        connect(postgres_server.url("nowhere"))


def test_a_refused_login_is_unavailable(postgres_server: Postgres) -> None:
    with pytest.raises(Unavailable, match="refuses the login"):
        connect(postgres_server.url().replace("postgres@", "stranger@"))


def test_what_was_stored_first_wins(database: Database) -> None:
    with database.begin() as tx:
        desk.found(tx, NOW)
    with pytest.raises(StaleWrite), database.begin() as tx:
        tx.execute(text("INSERT INTO desk SELECT * FROM desk"))


def write_twice(database: Database, case: Case) -> None:
    with database.begin() as tx:
        stored_case(tx)
        cases.update(tx, case)
        cases.update(tx, case)
        stored_case(tx)


def test_a_failed_write_ends_the_whole_transaction(database: Database) -> None:
    with database.begin() as tx:
        case = stored_case(tx)
    with pytest.raises(StaleWrite):
        write_twice(database, case)
    with database.read() as tx:
        assert cases.count(tx, CaseFilter()) == 1
        assert cases.get(tx, case.id) == case
