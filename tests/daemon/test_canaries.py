"""Canary mails go the whole way round, and are missed when they do not."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from daemon.values import fetched, imap_section, received
from lab.desks import Furniture, ManualClock, furnish, open_app
from lab.imapserver import ImapServer
from lab.mails import mail
from lab.process import DaemonProcess
from mailcase.app import App
from mailcase.daemon.canaries import CanaryStanding, canary_standings, fly
from mailcase.daemon.check_canary import check_canaries
from mailcase.daemon.connections import smtp_postmen
from mailcase.daemon.deliver import deliver
from mailcase.daemon.health import Health
from mailcase.daemon.ingest import store
from mailcase.daemon.intake import intake
from mailcase.daemon.retention import retain
from mailcase.domain.inbox import InboxState
from mailcase.sandbox.server import Sandbox
from mailcase.store import cases, outbox
from mailcase.store.cases import CaseFilter
from mailcase.web.standing import look

EXTRA = """
[smtp]
host = "127.0.0.1"
port = {port}
security = "none"

[canary]
every = "15m"
late_after = "10m"
"""


@dataclass
class Bird:
    """A desk whose mailbox `support` can write to itself."""

    app: App
    clock: ManualClock
    path: Path

    def __post_init__(self) -> None:
        self.postmen = smtp_postmen(self.app.config, self.app.tokens)

    def goes_out(self) -> int:
        return deliver(self.app, {"support": self.postmen["support"]})

    def comes_back(self) -> None:
        fetched(self.app)
        while intake(self.app):
            pass

    def standing(self) -> CanaryStanding:
        with self.app.database.read() as tx:
            return canary_standings(tx, self.app)["support"]


@pytest.fixture
def bird(database_url: str, tmp_path: Path, clock: ManualClock, sandbox: Sandbox) -> Iterator[Bird]:
    server = ImapServer.embedded(sandbox)
    support = 'since = "all"\n' + imap_section(server)
    path = furnish(tmp_path, Furniture(url=database_url, support=support, extra=EXTRA.format(port=sandbox.smtp_port)))
    text = path.read_text().replace("support@northwind.example", server.username)
    path.write_text(text.replace("[desk]", '[desk]\nadmin = "root@northwind.example"'))
    found = Bird(open_app(path, clock), clock, path)
    yield found
    for postman in set(found.postmen.values()):
        postman.close()
    found.app.close()


def test_one_goes_round_in_each_span_and_is_nobodys_case(bird: Bird) -> None:
    assert [fly(bird.app), fly(bird.app)] == [True, False]
    assert bird.standing().round_trip_s is None
    assert bird.goes_out() == 1
    bird.clock.advance(timedelta(seconds=3))
    bird.comes_back()
    (back,) = received(bird.app)
    assert (back.state, back.reason, back.rule) == (InboxState.SKIPPED, "canary", "canary")
    assert (bird.standing().round_trip_s, bird.standing().missed_since) == (3.0, None)
    with bird.app.database.read() as tx:
        assert cases.count(tx, CaseFilter()) == 0
        assert len(outbox.find(tx)) == 1, "no acknowledgement"
    bird.clock.advance(timedelta(minutes=15))
    assert fly(bird.app)


def test_one_that_stays_away_is_told_of_and_the_desk_is_not_ready(bird: Bird) -> None:
    fly(bird.app)
    sent_at = bird.clock()
    health = Health(started_at=sent_at)
    bird.clock.advance(timedelta(minutes=10))
    assert look(bird.app, health).is_ready
    bird.clock.advance(timedelta(seconds=1))
    assert fly(bird.app), "the alarm"
    assert not fly(bird.app), "once"
    assert bird.standing().missed_since == sent_at
    assert not look(bird.app, health).is_ready
    bird.goes_out()
    bird.comes_back()
    assert look(bird.app, health).is_ready


def test_a_forged_one_is_no_canary(bird: Bird) -> None:
    fly(bird.app)
    with bird.app.database.read() as tx:
        (genuine,) = outbox.find(tx)
    forged = mail(message_id=f"<{genuine.message_id.replace('canary.support.', 'canary.support.1')}>")
    bird.goes_out()
    store(bird.app, forged, "support")
    bird.comes_back()
    assert sorted(message.reason for message in received(bird.app)) == ["", "canary"]


def test_they_are_deleted_after_some_days(bird: Bird) -> None:
    fly(bird.app)
    bird.goes_out()
    bird.comes_back()
    bird.clock.advance(timedelta(days=3))
    assert [one.count for one in retain(bird.app)] == [1, 1]
    with bird.app.database.read() as tx:
        assert outbox.find(tx) == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_one_by_hand_comes_back_without_a_daemon(bird: Bird) -> None:
    (found,) = check_canaries(bird.app, timedelta(seconds=20))
    assert found.is_ok, found
    assert "came back" in found.message


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_one_by_hand_comes_back_beside_a_daemon(bird: Bird) -> None:
    with DaemonProcess(bird.path) as daemon:
        daemon.wait_for_notice("READY=1")
        (found,) = check_canaries(bird.app, timedelta(seconds=30))
        assert found.is_ok, (found, daemon.tail())
