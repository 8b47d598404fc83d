"""Mailboxes among daemons."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from lab.desks import Furniture, ManualClock, furnish, open_app
from mailcase.app import App
from mailcase.daemon.sharing import Shares
from mailcase.store import leases

only_postgres = pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
only_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def app(database_url: str, tmp_path: Path) -> Iterator[App]:
    found = open_app(furnish(tmp_path, Furniture(url=database_url)), ManualClock())
    yield found
    found.close()


@pytest.fixture
def lost() -> list[str]:
    return []


def end_leases(app: App) -> None:
    """Do what time does to leases that nobody renews."""
    with app.database.begin() as tx:
        tx.connection.exec_driver_sql("UPDATE leases SET until = until - interval '1 day'")


@only_postgres
def test_a_mailbox_is_one_daemons(app: App, lost: list[str]) -> None:
    one, other = Shares(app, lost.append), Shares(app, lost.append)
    assert one.take("support")
    assert not other.take("support")
    assert other.take("billing")
    assert (one.holds("support"), other.holds("support")) == (True, False)


@only_postgres
def test_a_mailbox_that_is_given_back_is_free_at_once(app: App, lost: list[str]) -> None:
    one, other = Shares(app, lost.append), Shares(app, lost.append)
    one.take("support")
    one.give_back("support")
    assert not one.holds("support")
    assert other.take("support")
    one.give_back("support")
    assert other.holds("support")


@only_postgres
def test_renewing_keeps_what_is_held(app: App, lost: list[str]) -> None:
    one, other = Shares(app, lost.append), Shares(app, lost.append)
    one.take("support")
    for _ in range(3):
        one.renew()
    assert one.holds("support")
    assert not other.take("support")
    assert lost == []


@only_postgres
def test_a_daemon_that_slept_too_long_is_told_that_it_lost(app: App, lost: list[str]) -> None:
    one, other = Shares(app, lost.append), Shares(app, lost.append)
    one.take("support")
    end_leases(app)
    assert other.take("support")
    one.renew()
    assert lost == ["support"]
    assert not one.holds("support")


@only_sqlite
def test_on_sqlite_every_mailbox_is_the_one_daemons(app: App, lost: list[str]) -> None:
    shares = Shares(app, lost.append)
    assert shares.take("support")
    shares.renew()
    assert shares.holds("support")
    shares.give_back("support")
    with app.database.begin() as tx:
        assert leases.acquire(tx, "mailbox support", "another", timedelta(1), app.now()) is not None
