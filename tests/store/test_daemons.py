"""What several daemons share, and what keeps them apart."""

import os
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from lab.databases import opened
from mailcase.domain.mailbox import NO_SERVER, Cursor
from mailcase.errors import Invalid, Refused
from mailcase.store import cursors, desk, inbox, leases, outbox, tokens
from mailcase.store.engine import Database
from store.values import LEASE, NOW, a_received, an_outgoing

NO_TIME = timedelta(0)
only_postgres = pytest.mark.parametrize("database_url", ["postgres"], indirect=True)


def test_a_lease_is_one_holders(database: Database) -> None:
    with database.begin() as tx:
        mine = leases.acquire(tx, "mailbox support", "one", LEASE, NOW)
        assert mine is not None
        assert leases.acquire(tx, "mailbox support", "other", LEASE, NOW) is None
        assert leases.acquire(tx, "mailbox sales", "other", LEASE, NOW) is not None


def test_a_lapsed_lease_goes_to_the_next_with_a_higher_fence(database: Database) -> None:
    with database.begin() as tx:
        first = leases.acquire(tx, "watch", "one", NO_TIME, NOW)
        second = leases.acquire(tx, "watch", "other", LEASE, NOW)
        assert first is not None
        assert second is not None
        assert (second.fence, second.holder) == (first.fence + 1, "other")
        assert leases.renew(tx, first, LEASE, NOW) is None


def test_a_renewed_lease_keeps_its_fence(database: Database) -> None:
    with database.begin() as tx:
        lease = leases.acquire(tx, "watch", "one", LEASE, NOW)
        assert lease is not None
        renewed = leases.renew(tx, lease, 2 * LEASE, NOW)
        assert renewed is not None
        assert renewed.fence == lease.fence
        assert renewed.until > lease.until


def test_a_lapsed_lease_cannot_be_renewed_even_if_nobody_took_it(database: Database) -> None:
    with database.begin() as tx:
        lease = leases.acquire(tx, "watch", "one", NO_TIME, NOW)
        assert lease is not None
        assert leases.renew(tx, lease, LEASE, NOW) is None


def test_a_released_lease_is_free_at_once(database: Database) -> None:
    with database.begin() as tx:
        lease = leases.acquire(tx, "watch", "one", LEASE, NOW)
        assert lease is not None
        leases.release(tx, lease, NOW)
        assert leases.acquire(tx, "watch", "other", LEASE, NOW) is not None


def test_an_old_holder_cannot_release_the_new_ones_lease(database: Database) -> None:
    with database.begin() as tx:
        old = leases.acquire(tx, "watch", "one", NO_TIME, NOW)
        new = leases.acquire(tx, "watch", "other", LEASE, NOW)
        assert old is not None
        leases.release(tx, old, NOW)
        assert new is not None
        assert leases.renew(tx, new, LEASE, NOW) is not None


@only_postgres
def test_leases_run_on_the_clock_of_postgresql(database: Database) -> None:
    with database.begin() as tx:
        assert leases.acquire(tx, "watch", "one", LEASE, NOW) is not None
        assert leases.acquire(tx, "watch", "jumped", LEASE, NOW + timedelta(days=900)) is None


def test_a_second_daemon_on_a_file_is_told_which_is_the_first(tmp_path: Path) -> None:
    path = tmp_path / "desk.db"
    told = pytest.raises(Refused, match=r"in use by mailcase run, process \d+; stop that")
    with leases.daemon_lock(path, "mailcase run"), told, leases.daemon_lock(path, "second"):
        pytest.fail("both have it")


def test_the_lock_is_free_when_the_first_daemon_ends(tmp_path: Path) -> None:
    for name in ("a longer name", "other"):
        with leases.daemon_lock(tmp_path / "desk.db", name):
            assert (tmp_path / "desk.db.lock").read_text() == f"{name}, process {os.getpid()}\n"


def test_postgresql_needs_no_lock_file() -> None:
    with leases.daemon_lock(None, "one"), leases.daemon_lock(None, "other"):
        pass


def test_a_lock_file_that_cannot_be_made_is_explained(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="cannot be made"), leases.daemon_lock(tmp_path / "no" / "desk.db", "one"):
        pytest.fail("made")


@only_postgres
def test_two_daemons_never_see_the_same_mail_to_file(database: Database, database_url: str) -> None:
    with database.begin() as tx:
        inbox.put_many(tx, [a_received(uid) for uid in range(1, 6)])
    with opened(database_url) as other, database.begin() as one, other.begin() as two:
        mine = {message.uid for message in inbox.next_received(one, NOW, 3)}
        theirs = {message.uid for message in inbox.next_received(two, NOW, 9)}
    assert (mine, theirs) == ({1, 2, 3}, {4, 5})


@only_postgres
def test_two_daemons_never_send_the_same_mail(database: Database, database_url: str) -> None:
    with database.begin() as tx:
        for number in range(4):
            outbox.put(tx, replace(an_outgoing(), dedupe_key=str(number)))
    with opened(database_url) as other, database.begin() as one, other.begin() as two:
        mine = {message.dedupe_key for message in outbox.claim(one, NOW, 3, LEASE)}
        theirs = {message.dedupe_key for message in outbox.claim(two, NOW, 9, LEASE)}
    assert (mine, theirs) == ({"0", "1", "2"}, {"3"})


def test_a_mailbox_remembers_how_far_it_was_read_and_since_when(database: Database) -> None:
    with database.begin() as tx:
        assert (cursors.get(tx, "support"), cursors.first_seen_at(tx, "support")) == (None, None)
        cursors.put(tx, "support", Cursor(uidvalidity=2**32 - 1, uid=5), NOW)
        cursors.put(tx, "support", Cursor(uidvalidity=9, uid=6), NOW + LEASE)
        assert cursors.get(tx, "support") == Cursor(uidvalidity=9, uid=6)
        assert cursors.first_seen_at(tx, "support") == NOW


def test_a_mailbox_is_met_once(database: Database) -> None:
    with database.begin() as tx:
        for later in range(2):
            cursors.meet(tx, "support", NOW + later * LEASE)
        assert (cursors.names(tx), cursors.first_seen_at(tx, "support")) == ({"support"}, NOW)
        assert cursors.get(tx, "support") == Cursor(uidvalidity=NO_SERVER, uid=0)


def test_the_newest_key_comes_first(database: Database) -> None:
    with database.begin() as tx:
        assert tokens.keys(tx) == []
        tokens.add(tx, b"old\0", NOW)
        tokens.add(tx, b"new\xff", NOW)
        assert tokens.keys(tx) == [b"new\xff", b"old\0"]


def test_a_desk_is_founded_once(database: Database) -> None:
    with database.begin() as tx:
        assert desk.founded_at(tx) is None
        assert [desk.found(tx, moment) for moment in (NOW, NOW + LEASE)] == [NOW, NOW]
