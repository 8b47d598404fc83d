"""Received mail in the database."""

from dataclasses import replace
from datetime import timedelta

import pytest

from mailcase.domain.inbox import HoldReason, InboxState, Source
from mailcase.errors import StaleWrite
from mailcase.store import inbox
from mailcase.store.engine import Database
from store.values import LEASE, NOW, a_received

SOON = NOW + timedelta(minutes=1)
LAPSED = timedelta(0)


def put(database: Database, *uids: int) -> list[inbox.InboxMessage]:
    with database.begin() as tx:
        inbox.put_many(tx, [a_received(uid) for uid in uids])
        return inbox.next_received(tx, NOW, 100)


def test_a_mail_is_stored_byte_for_byte(database: Database) -> None:
    raw = bytes(range(256)) * 10
    message, _ = a_received(raw=raw)
    with database.begin() as tx:
        inbox.put_many(tx, [(message, raw)])
    with database.read() as tx:
        assert inbox.raw(tx, message.sha256) == raw
        assert inbox.get(tx, 1) == replace(message, id=1)


def test_a_mail_of_the_server_is_stored_once(database: Database) -> None:
    put(database, 1, 2)
    with database.begin() as tx:
        assert inbox.put_many(tx, [a_received(uid) for uid in (2, 3, 1)]) == 1


@pytest.mark.parametrize(
    "other",
    [{"mailbox": "sales"}, {"uidvalidity": 8}, {"uid": 2}],
    ids=["the same mail in two mailboxes", "a folder made anew", "the same mail twice in a folder"],
)
def test_equal_bytes_elsewhere_are_another_mail(database: Database, other: dict[str, object]) -> None:
    with database.begin() as tx:
        assert inbox.put_many(tx, [a_received(), a_received(**other)]) == 2


def test_mail_is_filed_in_the_order_of_receipt(database: Database) -> None:
    assert [message.uid for message in put(database, 1, 2, 3)] == [1, 2, 3]


def test_a_mail_in_hand_is_not_given_out(database: Database) -> None:
    (message,) = put(database, 1)
    with database.begin() as tx:
        inbox.begin_attempts(tx, [message], LEASE, NOW)
    with database.begin() as tx:
        assert inbox.next_received(tx, NOW, 10) == []


def test_a_mail_whose_daemon_died_is_given_out_when_its_lease_has_run_out(database: Database) -> None:
    (message,) = put(database, 1)
    with database.begin() as tx:
        inbox.begin_attempts(tx, [message], LAPSED, NOW)
    with database.begin() as tx:
        assert [found.attempts for found in inbox.next_received(tx, NOW, 10)] == [1]


def test_a_renewed_mail_stays_in_hand(database: Database) -> None:
    mine, settled, taken = put(database, 1, 2, 3)
    with database.begin() as tx:
        inbox.begin_attempts(tx, [mine, settled, taken], LAPSED, NOW)
        inbox.settle(tx, replace(settled, attempts=1, state=InboxState.FILED))
        inbox.begin_attempts(tx, [replace(taken, attempts=1)], LAPSED, NOW)
    with database.begin() as tx:
        assert inbox.renew(tx, {mine.id: 1, settled.id: 1, taken.id: 1}, LEASE, NOW) == {mine.id}
    with database.begin() as tx:
        assert [found.uid for found in inbox.next_received(tx, NOW, 10)] == [3]


def test_a_failed_attempt_hides_the_mail_until_the_next(database: Database) -> None:
    (message,) = put(database, 1)
    with database.begin() as tx:
        (mine,) = inbox.begin_attempts(tx, [message], LEASE, NOW)
        inbox.postpone(tx, mine, SOON)
    with database.begin() as tx:
        assert inbox.next_received(tx, NOW, 10) == []
        assert [found.attempts for found in inbox.next_received(tx, SOON, 10)] == [1]


def test_who_knows_that_all_daemons_are_gone_lets_go_of_their_mail(database: Database) -> None:
    (message,) = put(database, 1)
    with database.begin() as tx:
        inbox.begin_attempts(tx, [message], LEASE, NOW)
        inbox.end_leases(tx)
    with database.begin() as tx:
        assert [found.attempts for found in inbox.next_received(tx, NOW, 10)] == [1]


def test_two_daemons_do_not_attempt_the_same_mail(database: Database) -> None:
    (message,) = put(database, 1)
    with database.begin() as tx:
        inbox.begin_attempts(tx, [message], LEASE, NOW)
    with pytest.raises(StaleWrite), database.begin() as tx:
        inbox.begin_attempts(tx, [message], LEASE, NOW)


def test_a_settled_mail_tells_what_was_learned(database: Database) -> None:
    (message,) = put(database, 1)
    held = replace(message, state=InboxState.HELD, reason=HoldReason.EMPTY, detail="no bytes", sender="a@example.com")
    with database.begin() as tx:
        inbox.settle(tx, held)
    with database.read() as tx:
        assert inbox.find(tx, state=InboxState.HELD) == [held]
        assert inbox.find(tx, state=InboxState.RECEIVED) == []


def test_a_mail_is_settled_once(database: Database) -> None:
    (message,) = put(database, 1)
    filed = replace(message, state=InboxState.FILED)
    with database.begin() as tx:
        inbox.settle(tx, filed)
    with pytest.raises(StaleWrite), database.begin() as tx:
        inbox.settle(tx, filed)


def test_a_daemon_that_slept_through_another_attempt_cannot_settle(database: Database) -> None:
    (message,) = put(database, 1)
    with database.begin() as tx:
        (mine,) = inbox.begin_attempts(tx, [message], LEASE, NOW)
        inbox.begin_attempts(tx, [mine], LEASE, NOW)
        assert not inbox.is_in_hand(tx, mine)
    with pytest.raises(StaleWrite), database.begin() as tx:
        inbox.settle(tx, replace(mine, state=InboxState.FILED))


def test_a_held_mail_is_received_again_on_command(database: Database) -> None:
    (message,) = put(database, 1)
    held = replace(message, state=InboxState.HELD, reason="rule")
    with database.begin() as tx:
        inbox.settle(tx, held)
        assert inbox.requeue(tx, held) == message
        assert inbox.next_received(tx, NOW, 10) == [message]


def test_a_command_on_a_mail_that_is_not_held_any_more_is_refused(database: Database) -> None:
    (message,) = put(database, 1)
    with pytest.raises(StaleWrite), database.begin() as tx:
        inbox.requeue(tx, replace(message, state=InboxState.HELD))


def test_only_mail_that_the_server_was_not_told_of_is_unacknowledged(database: Database) -> None:
    put(database, 5, 3, 4)
    with database.begin() as tx:
        inbox.put_many(tx, [a_received(9, source=Source.FILE), a_received(6, uidvalidity=8)])
        inbox.mark_acknowledged(tx, "support", 7, [3, 5], NOW)
    with database.read() as tx:
        assert inbox.unacknowledged(tx, "support", 7) == [4]


def test_a_page_begins_below_the_last_id(database: Database) -> None:
    put(database, 1, 2, 3)
    with database.read() as tx:
        assert [message.id for message in inbox.find(tx, mailbox="support", limit=1, before_id=3)] == [2]


def test_mail_of_a_renumbered_folder_is_known_by_its_bytes(database: Database) -> None:
    raws = [b"in the old folder", b"from a file", b"in this folder", b"in another mailbox"]
    places: list[dict[str, object]] = [{"uidvalidity": 6}, {"uidvalidity": 6, "source": Source.FILE}, {}]
    places.append({"uidvalidity": 6, "mailbox": "sales"})
    stored = [a_received(uid, raw, **place) for uid, (raw, place) in enumerate(zip(raws, places, strict=True))]
    with database.begin() as tx:
        inbox.put_many(tx, stored)
        hashes = [message.sha256 for message, _ in stored]
        assert inbox.known_before(tx, "support", 7, [*hashes, "0" * 64]) == {hashes[0]}


def test_a_mail_is_found_by_what_its_server_and_its_writer_call_it(database: Database) -> None:
    (message,) = put(database, 5)
    named = replace(message, message_id="a@x", state=InboxState.SKIPPED)
    with database.begin() as tx:
        inbox.settle(tx, named)
        assert inbox.by_uid(tx, "support", 7, 5) == named == inbox.by_message_id(tx, "a@x")[0]
        assert (inbox.by_uid(tx, "support", 8, 5), inbox.by_message_id(tx, "b@x")) == (None, [])
