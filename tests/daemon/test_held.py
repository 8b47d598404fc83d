"""Held mail: told once a day, filed in spite of the reason, or set aside, and never lost."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from lab.desks import Furniture, ManualClock, furnish, open_app
from mailcase.app import App
from mailcase.daemon.held import discard, find, release
from mailcase.daemon.housekeep import housekeep
from mailcase.daemon.ingest import store
from mailcase.daemon.intake import intake
from mailcase.domain.inbox import HoldReason, InboxMessage, InboxState
from mailcase.errors import Refused
from mailcase.mail.parse import parse
from mailcase.store import activities, audit, cases, inbox, outbox

ADMIN = 'host = "127.0.0.1"\nsecurity = "none"\nport = 25\n'
HOPS = b"Received: from a by b; Mon, 2 Mar 2026 08:00:00 +0000\r\n" * 60
LOOPED = (
    HOPS + b"From: clara@customer.example\r\nTo: support@northwind.example\r\nSubject: Round\r\n\r\nRound and round\r\n"
)
NOBODYS = b"To: support@northwind.example\r\nSubject: Who\r\n\r\nNobody\r\n"


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def app(database_url: str, tmp_path: Path, clock: ManualClock) -> Iterator[App]:
    path = furnish(tmp_path, Furniture(url=database_url, extra=f"[smtp]\n{ADMIN}"))
    path.write_text(path.read_text().replace("[desk]", '[desk]\nadmin = "root@northwind.example"'))
    found = open_app(path, clock)
    yield found
    found.close()


def held(app: App, raw: bytes = LOOPED) -> InboxMessage:
    stored = store(app, raw, "support")
    while intake(app):
        pass
    message, _ = find(app, stored.id)
    assert message.state is InboxState.HELD
    return message


def outgoing(app: App, template: str) -> list[bytes]:
    with app.database.read() as tx:
        return [mail.raw for mail in outbox.find(tx) if mail.template == template]


def test_a_released_mail_opens_a_case_that_agents_are_told_of_and_the_sender_is_not(app: App) -> None:
    settled = release(app, held(app).id, "root")
    with app.database.read() as tx:
        case = cases.get(tx, settled.case_id or 0)
        written = activities.by_case(tx, settled.case_id or 0)
        templates = [mail.template for mail in outbox.find(tx)]
    assert case is not None
    assert (case.title, settled.state) == ("Round", InboxState.FILED)
    assert any("Released by root. It was held: too_many_hops" in activity.text for activity in written)
    assert templates == ["agent/new_case"]


def test_a_release_is_audited_and_happens_once(app: App) -> None:
    message = held(app)
    release(app, message.id, "root")
    with pytest.raises(Refused, match="is filed, not held"):
        release(app, message.id, "root")
    with app.database.read() as tx:
        (record,) = audit.of_object(tx, "inbox", message.id)
    assert (record.actor, record.action) == ("root", "inbox.release")
    assert json.loads(record.changes)["state"] == ["held", "filed"]


def test_a_mail_without_a_sender_cannot_be_released(app: App) -> None:
    message = held(app, NOBODYS)
    with pytest.raises(Refused, match="has no sender to open a case for"):
        release(app, message.id, "root")
    assert find(app, message.id)[0] == message


def test_a_mail_that_nobody_can_read_stays_held(app: App) -> None:
    message = held(app, b"   \r\n")
    with pytest.raises(Refused, match="cannot be read even with wider limits"):
        release(app, message.id, "root")
    assert find(app, message.id)[0].state is InboxState.HELD


def test_a_mail_without_its_body_is_filed_with_a_note_that_says_where_it_is(app: App) -> None:
    message = held(app)
    with app.database.begin() as tx:
        received = inbox.requeue(tx, message)
        inbox.settle(tx, replace(received, state=InboxState.HELD, reason=HoldReason.TOO_LARGE))
    settled = release(app, message.id, "root")
    with app.database.read() as tx:
        texts = [activity.text for activity in activities.by_case(tx, settled.case_id or 0)]
    assert any("Only its header was fetched" in text for text in texts)


def test_a_discarded_mail_is_kept_with_its_bytes_and_the_reason(app: App) -> None:
    message = held(app)
    settled = discard(app, message.id, "a mailing list gone mad", "root")
    kept, raw = find(app, message.id)
    assert kept == settled
    assert (kept.state, kept.reason, kept.detail) == (InboxState.SKIPPED, "discarded", "a mailing list gone mad")
    assert raw == LOOPED
    with app.database.read() as tx:
        assert [record.action for record in audit.of_object(tx, "inbox", message.id)] == ["inbox.discard"]
    with pytest.raises(Refused, match="is skipped, not held"):
        discard(app, message.id, "again", "root")


def test_the_admin_gets_one_digest_a_day(app: App, clock: ManualClock) -> None:
    message = held(app)
    assert [housekeep(app) for _ in range(3)] == [True, False, False]
    clock.advance(timedelta(days=1))
    assert housekeep(app)
    mails = outgoing(app, "admin/held")
    read = parse(mails[0])
    assert len(mails) == 2
    assert [address.address for address in read.to] == ["root@northwind.example"]
    assert f"{message.id}  2 March 2026 09:00  support" in read.text
    assert "mailcase inbox release NUMBER" in read.text


def test_no_digest_comes_at_night_or_when_nothing_is_held(app: App, clock: ManualClock) -> None:
    assert not housekeep(app)
    held(app)
    clock.advance(timedelta(hours=17))
    assert not housekeep(app)
    clock.advance(timedelta(hours=5))
    assert housekeep(app)
