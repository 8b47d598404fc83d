"""A sender who writes too much is held past the limit, and nobody else is."""

import hashlib
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from daemon.values import received
from lab.desks import Furniture, ManualClock, furnish, open_app
from lab.mails import mail
from mailcase.app import App
from mailcase.daemon.intake import intake
from mailcase.domain.inbox import HoldReason, InboxMessage, InboxState, Source
from mailcase.store import inbox, outbox

EXTRA = """
[smtp]
host = "127.0.0.1"
security = "none"
port = 25

[limits]
mails_per_sender_hour = 3
exempt_senders = ["robot@Customer.example", "@partner.example"]
"""


@pytest.fixture
def app(database_url: str, tmp_path: Path, clock: ManualClock) -> Iterator[App]:
    path = furnish(tmp_path, Furniture(url=database_url, extra=EXTRA))
    path.write_text(path.read_text().replace("[desk]", '[desk]\nadmin = "root@northwind.example"'))
    found = open_app(path, clock)
    yield found
    found.close()


def arrive(app: App, count: int, sender: str = "Clara@customer.example", *, apart: timedelta = timedelta(0)) -> None:
    """Let mails of one sender come in that reached the server `apart` from each other, and file them."""
    known = len(received(app))
    rows = []
    for number in range(known, known + count):
        raw = mail(sender=sender, message_id=f"<{number}@customer.example>")
        message = InboxMessage(
            mailbox="support",
            source=Source.IMAP,
            uidvalidity=1,
            uid=number,
            sha256=hashlib.sha256(raw).hexdigest(),
            size=len(raw),
            received_at=app.now(),
            internal_date=app.now() - apart * (known + count - number),
        )
        rows.append((message, raw))
    with app.database.begin() as tx:
        inbox.put_many(tx, rows)
    while intake(app):
        pass


def states(app: App) -> list[InboxState]:
    return [message.state for message in received(app)]


def alarms(app: App) -> list[bytes]:
    with app.database.read() as tx:
        return [message.raw for message in outbox.find(tx) if message.template == "admin/alarm"]


def test_what_comes_past_the_limit_is_held_with_the_reason_and_told_once(app: App) -> None:
    arrive(app, 5)
    assert states(app) == [InboxState.FILED] * 3 + [InboxState.HELD] * 2
    held = received(app)[-1]
    assert (held.reason, held.rule) == (HoldReason.SENDER_FLOOD, "flood")
    assert "mailcase inbox retry" in held.detail
    (alarm,) = alarms(app)
    assert b"Clara@customer.example writes more than 3 mails" in alarm.replace(b"=\r\n", b"").replace(b"\r\n", b" ")


def test_the_breaker_closes_when_the_flood_has_ebbed(app: App, clock: ManualClock) -> None:
    arrive(app, 4)
    clock.advance(timedelta(minutes=30))
    arrive(app, 1)
    clock.advance(timedelta(minutes=31))
    arrive(app, 1)
    assert states(app)[-3:] == [InboxState.HELD, InboxState.HELD, InboxState.FILED]


def test_mail_that_waited_on_its_server_is_no_flood(app: App) -> None:
    arrive(app, 9, apart=timedelta(minutes=21))
    assert set(states(app)) == {InboxState.FILED}


@pytest.mark.parametrize(
    "sender",
    ["robot@customer.example", "any@partner.example", "anna@northwind.example"],
    ids=["a listed address", "a listed domain", "an agent"],
)
def test_some_may_write_as_much_as_they_like(app: App, sender: str) -> None:
    arrive(app, 6, sender)
    assert InboxState.HELD not in states(app)


def test_others_are_not_held_for_it(app: App) -> None:
    arrive(app, 5)
    arrive(app, 1, "carl@customer.example")
    assert states(app)[-1] is InboxState.FILED


def test_a_person_may_have_a_held_one_filed(app: App) -> None:
    arrive(app, 4)
    with app.database.begin() as tx:
        inbox.requeue(tx, received(app)[-1])
    intake(app)
    assert states(app) == [InboxState.FILED] * 4
