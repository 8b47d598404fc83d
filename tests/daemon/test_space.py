"""The floor under the free space."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from lab.desks import Furniture, ManualClock, furnish, open_app
from lab.imapserver import ImapServer
from mailcase.app import App
from mailcase.daemon.poll import poll
from mailcase.daemon.space import floor, require_space
from mailcase.errors import Unavailable
from mailcase.sandbox.server import Sandbox
from mailcase.transport.imap import ImapSession

TOO_MUCH = 10**18
MAIL = b"From: clara@customer.example\r\nTo: support@northwind.example\r\nSubject: Hi\r\n\r\nHi\r\n"


def open_with(folder: Path, url: str, free_space: int | None) -> App:
    extra = f"[limits]\nfree_space_bytes = {free_space}\n" if free_space is not None else ""
    return open_app(furnish(folder, Furniture(url=url, support='since = "all"', extra=extra)), ManualClock())


@pytest.fixture
def session(sandbox: Sandbox) -> Iterator[ImapSession]:
    server = ImapServer.embedded(sandbox)
    server.append(MAIL)
    found = ImapSession(server.account())
    yield found
    found.close()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_fetching_pauses_below_the_floor_and_goes_on_above_it(
    database_url: str, tmp_path: Path, session: ImapSession
) -> None:
    full = open_with(tmp_path, database_url, TOO_MUCH)
    with pytest.raises(Unavailable, match=r"only \d+ MB are free and 1000000000000 MB are needed: no mail is fetched"):
        poll(full, "support", session, session.open())
    full.close()
    freed = open_with(tmp_path, database_url, 1)
    assert poll(freed, "support", session, session.open()) == 1
    freed.close()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_floor_holds_one_and_a_half_of_the_largest_mail(database_url: str, tmp_path: Path) -> None:
    app = open_with(tmp_path, database_url, None)
    assert floor(app.config) == 35_000_000 * 3 // 2 + 200_000_000
    app.close()


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
def test_postgresql_minds_its_own_disk(database_url: str, tmp_path: Path) -> None:
    app = open_with(tmp_path, database_url, TOO_MUCH)
    assert require_space(app) is None
    app.close()
