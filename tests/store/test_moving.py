"""Desks that are copied, moved and backed up."""

import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from lab.databases import opened
from mailcase.domain.activity import AuditRecord
from mailcase.errors import Invalid, Refused, Unavailable
from mailcase.store import activities, audit, cases, inbox, leases, outbox, tokens
from mailcase.store.backup import backup
from mailcase.store.engine import Database
from mailcase.store.moving import move
from store.values import LEASE, NOW, a_received, an_activity, an_outgoing, stored_case


@pytest.fixture(params=["sqlite", "postgres"])
def target(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """An empty database of each kind, without tables."""
    url = f"sqlite:///{tmp_path}/target.db"
    with opened(url if request.param == "sqlite" else request.getfixturevalue("postgres_url")) as found:
        yield found


def quietly(*_: object) -> None:
    """Be told of progress."""


def furnish(database: Database) -> None:
    """Put something into many tables, with references to rows that come later."""
    with database.begin() as tx:
        survivor = stored_case(tx, "dora@example.com", title="Süß \u0001 ''")
        loser = stored_case(tx)
        cases.update(tx, replace(survivor, related_id=loser.id, tags=("a", "b"), custom=(("order", "7"),)))
        cases.update(tx, replace(loser, merged_into_id=survivor.id))
        activities.insert(tx, an_activity(loser.id, text="help\r\n"), [])
        inbox.put_many(tx, [a_received(uid, raw=b"%d\0\xff" % uid * 200) for uid in range(1, 1200)])
        outbox.put(tx, an_outgoing())
        tokens.add(tx, b"\0secret\xff", NOW)
        record = AuditRecord(at=NOW, actor="x", action="y", object_type="case", object_id=1, changes="{}")
        audit.append(tx, [record])


def test_a_desk_moves_as_it_is(database: Database, target: Database) -> None:
    furnish(database)
    told: list[tuple[str, int, int]] = []
    found = move(database, target, NOW, lambda *step: told.append(step))
    with database.read() as old, target.read() as new:
        assert cases.find(new, cases.CaseFilter()) == cases.find(old, cases.CaseFilter())
        assert inbox.find(new, limit=5000) == inbox.find(old, limit=5000)
        assert outbox.find(new) == outbox.find(old)
        assert tokens.keys(new) == [b"\0secret\xff"]
    assert found["inbox"].rows == 1199
    assert ("inbox", 1199, 1199) in told


def test_numbers_go_on_where_they_were(database: Database, target: Database) -> None:
    furnish(database)
    move(database, target, NOW, quietly)
    with target.begin() as tx:
        assert stored_case(tx).id == 3
        assert activities.insert(tx, an_activity(3), []).id == 2


def test_the_number_of_a_deleted_case_is_not_given_again(database: Database, target: Database) -> None:
    with database.begin() as tx:
        gone = stored_case(tx)
        tx.connection.exec_driver_sql("DELETE FROM cases")
    move(database, target, NOW, quietly)
    with target.begin() as tx:
        assert stored_case(tx).id == gone.id + 1


def test_there_and_back_again_is_the_same(database: Database, target: Database, tmp_path: Path) -> None:
    furnish(database)
    there = move(database, target, NOW, quietly)
    with opened(f"sqlite:///{tmp_path}/back.db") as back:
        assert move(target, back, NOW, quietly) == there


def test_a_target_with_something_in_it_is_left_alone(database: Database, target: Database) -> None:
    furnish(database)
    move(database, target, NOW, quietly)
    with pytest.raises(Invalid, match="is not empty, there is something in"):
        move(database, target, NOW, quietly)


def test_a_source_that_a_daemon_works_on_is_refused(database: Database, target: Database) -> None:
    with database.begin() as tx:
        leases.acquire(tx, "mailbox support", "host:7", LEASE, NOW)
    with pytest.raises(Refused, match="host:7 holds mailbox support; stop every daemon first"):
        move(database, target, NOW, quietly)
    with target.read() as tx:
        assert cases.find(tx, cases.CaseFilter()) == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_backup_holds_what_was_committed_when_it_began(database: Database, tmp_path: Path) -> None:
    furnish(database)
    file = tmp_path / "copy.db"
    written: list[int] = []

    def told(done: int, total: int) -> None:
        written.append(done)
        with database.begin() as tx:  # the daemon goes on meanwhile
            tokens.add(tx, b"later", NOW)

    size = backup(database, file, told)
    assert size == file.stat().st_size
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert written
    with opened(f"sqlite:///{file}") as copied, copied.read() as tx:
        assert tokens.keys(tx) == [b"\0secret\xff"]
        assert len(inbox.find(tx, limit=5000)) == 1199


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_backup_overwrites_nothing(database: Database, tmp_path: Path) -> None:
    file = tmp_path / "precious"
    file.write_text("precious")
    with pytest.raises(Invalid, match="is there already"):
        backup(database, file, quietly)
    with pytest.raises(Invalid, match="cannot be made: No such file or directory"):
        backup(database, tmp_path / "no" / "folder", quietly)
    assert file.read_text() == "precious"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_backup_that_fails_leaves_no_file(database: Database, tmp_path: Path) -> None:
    def told(done: int, total: int) -> None:
        raise sqlite3.OperationalError("disk I/O error")

    with pytest.raises(Unavailable, match="the copy failed"):
        backup(database, tmp_path / "copy.db", told)
    assert [file.name for file in tmp_path.iterdir() if "copy" in file.name] == []


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
def test_postgresql_is_backed_up_by_its_own_tool(database: Database, tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="pg_dump --format=custom"):
        backup(database, tmp_path / "copy", quietly)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_backup_is_one_file(database: Database, tmp_path: Path) -> None:
    backup(database, tmp_path / "copy.db", quietly)
    with closing(sqlite3.connect(tmp_path / "copy.db")) as copied:
        assert copied.execute("PRAGMA journal_mode").fetchone() == ("delete",)
