"""Troubles that the admin is told of: once a day for each cause, and only when they last."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from lab.desks import START, Furniture, ManualClock, furnish, open_app
from mailcase.app import App
from mailcase.daemon.alarms import tell, tell_of_endings, tell_of_failing, tell_of_refusal
from mailcase.daemon.health import Health
from mailcase.daemon.ingest import store
from mailcase.daemon.intake import intake
from mailcase.desk.delivery import settle_delivery
from mailcase.domain.outbox import Delivery, OutboxState, Phase, RecipientState
from mailcase.mail.parse import parse
from mailcase.store import outbox
from store.values import LEASE, an_outgoing

SMTP = '[smtp]\nhost = "127.0.0.1"\nsecurity = "none"\nport = 25\n'


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def app(database_url: str, tmp_path: Path, clock: ManualClock) -> Iterator[App]:
    limits = "[limits]\nacknowledgements_per_hour = 2\n"
    path = furnish(tmp_path, Furniture(url=database_url, extra=f"{SMTP}{limits}"))
    path.write_text(path.read_text().replace("[desk]", '[desk]\nadmin = "root@northwind.example"'))
    found = open_app(path, clock)
    yield found
    found.close()


def alarms(app: App) -> list[str]:
    """The text of each alarm, the oldest first."""
    with app.database.read() as tx:
        mails = [mail for mail in reversed(outbox.find(tx)) if mail.template == "admin/alarm"]
    assert all(mail.envelope_from == "" for mail in mails)
    return [parse(mail.raw).text for mail in mails]


def test_a_cause_is_told_once_a_day(app: App, clock: ManualClock) -> None:
    assert [tell(app, "disk", "It is full.", "Empty it."), tell(app, "disk", "It is fuller.")] == [True, False]
    assert tell(app, "mailbox support", "It is away.")
    clock.advance(timedelta(days=1))
    assert tell(app, "disk", "It is still full.")
    assert "It is full.\n\nEmpty it." in alarms(app)[0]
    assert len(alarms(app)) == 3


def test_nobody_is_told_without_an_admin(database_url: str, tmp_path: Path) -> None:
    app = open_app(furnish(tmp_path, Furniture(url=database_url, extra=SMTP)), ManualClock())
    assert not tell(app, "disk", "It is full.")
    assert alarms(app) == []
    app.close()


@pytest.mark.parametrize(("after", "is_told"), [(9, False), (10, True)], ids=["may pass", "lasts"])
def test_a_mailbox_that_stays_away_is_told_of(app: App, clock: ManualClock, after: int, is_told: bool) -> None:
    health = Health(started_at=START)
    health.add("poll support", "support")
    health.failed("poll support", "imap: the login was refused", "Check the password.", clock())
    clock.advance(timedelta(minutes=after))
    health.failed("poll support", "imap: the login was refused", "Check the password.", clock())
    assert tell_of_failing(app, health) is is_told
    told = "The mailbox support cannot be read since 09:00: imap: the login was refused.\n\nCheck the password."
    assert [told in text for text in alarms(app)] == [True] * is_told


def test_a_success_ends_a_failure(app: App, clock: ManualClock) -> None:
    health = Health(started_at=START)
    health.add("poll support", "support")
    health.failed("poll support", "away", "", clock())
    health.looked("poll support", 0, clock())
    clock.advance(timedelta(hours=1))
    assert not tell_of_failing(app, health)
    assert health.all()["poll support"].failures == 1


def test_refused_rules_are_told_of_with_the_first_place(app: App) -> None:
    assert tell_of_refusal(app, ("rules/sla.yaml:3:5: no such key", "rules/queues.yaml:1:1: empty"))
    (text,) = alarms(app)
    assert "rules/sla.yaml:3:5: no such key There are 1 more problems." in text


def refuse(app: App, key: str, template: str) -> None:
    with app.database.begin() as tx:
        outbox.put(tx, replace(an_outgoing(key, template=template), created_at=app.now(), due_at=app.now()))
        (claimed,) = outbox.claim(tx, app.now(), 9, LEASE)
        refused = [replace(one, state=RecipientState.REFUSED, response="550 no") for one in claimed.recipients]
        delivery = Delivery(
            outbox_id=claimed.id,
            fence=claimed.fence,
            recipients=tuple(refused),
            phase=Phase.RCPT,
            response="550 no",
        )
        assert settle_delivery(tx, app.desk, claimed, delivery, app.now()).state is OutboxState.DEAD


def test_a_dead_letter_is_told_of_but_not_that_of_an_alarm(app: App) -> None:
    refuse(app, "1", "admin/alarm-of-a-test")
    assert alarms(app) == []
    refuse(app, "2", "")
    (text,) = alarms(app)
    assert "of the mailbox support was given up: 550 no" in text
    assert "mailcase outbox retry" in text


def test_an_open_breaker_is_told_of(app: App) -> None:
    for number in range(4):
        raw = f"From: c{number}@customer{number}.example\r\nTo: support@northwind.example\r\nSubject: Hi\r\n\r\nHi\r\n"
        store(app, raw.encode(), "support")
    while intake(app):
        pass
    with app.database.read() as tx:
        acknowledged = [mail for mail in outbox.find(tx) if mail.template.startswith("customer/acknowledged")]
    assert len(acknowledged) == 2
    (text,) = alarms(app)
    assert "the breaker is open" in text


@pytest.mark.parametrize(
    ("days_left", "is_told"), [(40, False), (30, True), (29, False), (1, True), (-3, True), (-4, True)]
)
def test_the_end_of_a_client_secret_is_told_some_days_before_and_after(
    database_url: str, tmp_path: Path, days_left: int, *, is_told: bool
) -> None:
    end = START.date() + timedelta(days=days_left)
    login = '[mailboxes.support.imap]\nhost = "imap.northwind.example"\noauth = "office"\n'
    keys = 'provider = "google"\nclient_id = "x"\nclient_secret = "canary"\n'
    extra = f"{SMTP}[oauth.office]\n{keys}client_secret_expires = {end}\n"
    path = furnish(tmp_path, Furniture(url=database_url, support=login, extra=extra))
    path.write_text(path.read_text().replace("[desk]", '[desk]\nadmin = "root@northwind.example"'))
    app = open_app(path, ManualClock())
    assert [tell_of_endings(app), tell_of_endings(app)] == [is_told, False]
    assert [f"on {end}" in text and "canary" not in text for text in alarms(app)] == [True] * is_told
    app.close()
