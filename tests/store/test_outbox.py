"""Outgoing mail in the database."""

from dataclasses import replace
from datetime import timedelta

import pytest

from mailcase.domain.outbox import Authorship, OutboxMessage, OutboxState, Recipient, RecipientState
from mailcase.store import outbox
from mailcase.store.automatic_mail import AutomaticMail, to_customers
from mailcase.store.engine import Database
from store.values import LEASE, NOW, an_outgoing, stored_case

LAPSED = timedelta(0)
RECIPIENTS = (Recipient(address="b@example.com"), Recipient(address="a@example.com"))


def claimed(database: Database, message: OutboxMessage, lease: timedelta = LEASE) -> OutboxMessage:
    with database.begin() as tx:
        outbox.put(tx, message)
        (found,) = outbox.claim(tx, NOW, 10, lease)
    return found


def begun(database: Database, message: OutboxMessage, lease: timedelta = LEASE) -> OutboxMessage:
    found = claimed(database, message, lease)
    with database.begin() as tx:
        assert outbox.begin(tx, found, lease, NOW)
    return found


def test_a_mail_comes_back_with_its_recipients_in_order(database: Database) -> None:
    with database.begin() as tx:
        case = stored_case(tx)
        stored = outbox.put(tx, an_outgoing(case_id=case.id, recipients=RECIPIENTS))
        assert stored is not None
        assert outbox.get(tx, stored.id) == stored == outbox.by_message_id(tx, stored.message_id)
        assert outbox.of_case(tx, case.id) == [stored] == outbox.find(tx, state=OutboxState.QUEUED, mailbox="support")


def test_the_same_notice_for_the_same_cause_is_queued_once(database: Database) -> None:
    with database.begin() as tx:
        assert outbox.put(tx, an_outgoing("ack 1")) is not None
        assert outbox.put(tx, an_outgoing("ack 1", subject="another")) is None
        assert [message.subject for message in outbox.find(tx)] == ["Re: help"]


def test_a_claim_takes_what_is_due_the_longest_due_first(database: Database) -> None:
    with database.begin() as tx:
        for minutes in (1, 0, -2, -1):
            outbox.put(tx, an_outgoing(f"due {minutes}", due_at=NOW + timedelta(minutes=minutes)))
        taken = outbox.claim(tx, NOW, 2, LEASE)
        assert [message.dedupe_key for message in taken] == ["due -2", "due -1"]
        assert [outbox.get(tx, message.id) for message in taken] == taken
        assert [message.dedupe_key for message in outbox.claim(tx, NOW, 9, LEASE)] == ["due 0"]


def test_a_claim_is_a_lease_with_a_fence(database: Database) -> None:
    message = claimed(database, an_outgoing())
    assert (message.state, message.fence) == (OutboxState.SENDING, 1)
    assert message.lease_until is not None


def test_a_human_mail_whose_daemon_died_goes_out_again_with_the_same_bytes(database: Database) -> None:
    first = begun(database, an_outgoing(), LAPSED)
    with database.begin() as tx:
        (due,) = outbox.end_lapsed(tx, NOW)
        assert (due.state, due.due_at) == (OutboxState.QUEUED, NOW)
        (again,) = outbox.claim(tx, NOW, 10, LEASE)
    assert (again.fence, again.attempts, again.message_id, again.raw) == (2, 1, first.message_id, first.raw)


def test_an_automatic_mail_whose_daemon_died_never_goes_out_again(database: Database) -> None:
    begun(database, an_outgoing(authorship=Authorship.AUTOMATIC), LAPSED)
    with database.begin() as tx:
        assert outbox.claim(tx, NOW, 10, LEASE) == []
        (given_up,) = outbox.end_lapsed(tx, NOW)
        assert (given_up.state, given_up.due_at) == (OutboxState.UNCERTAIN, None)
        assert outbox.get(tx, given_up.id) == given_up
        assert outbox.end_lapsed(tx, NOW) == []


@pytest.mark.parametrize("authorship", Authorship)
def test_a_mail_that_was_claimed_and_not_begun_is_due_as_before(database: Database, authorship: Authorship) -> None:
    first = claimed(database, an_outgoing(authorship=authorship), LAPSED)
    with database.begin() as tx:
        assert outbox.end_lapsed(tx, NOW) == []
        (again,) = outbox.claim(tx, NOW, 10, LEASE)
    assert (again.fence, again.attempts, again.due_at) == (2, 0, first.due_at)


def test_a_mail_that_another_daemon_claimed_is_not_begun(database: Database) -> None:
    first = claimed(database, an_outgoing(), LAPSED)
    with database.begin() as tx:
        (again,) = outbox.claim(tx, NOW, 10, LEASE)
        assert [outbox.begin(tx, mail, LEASE, NOW) for mail in (first, again)] == [False, True]


def test_a_mail_that_is_begun_has_its_lease_anew(database: Database) -> None:
    first = claimed(database, an_outgoing(authorship=Authorship.AUTOMATIC), LAPSED)
    with database.begin() as tx:
        assert outbox.begin(tx, first, LEASE, NOW)
        assert outbox.end_lapsed(tx, NOW) == []


def test_only_a_claim_that_is_the_newest_is_renewed(database: Database) -> None:
    mine = claimed(database, an_outgoing(), LAPSED)
    with database.begin() as tx:
        assert outbox.renew(tx, {mine.id: mine.fence}, LEASE, NOW) == {mine.id}
        assert outbox.renew(tx, {mine.id: mine.fence - 1}, LEASE, NOW) == frozenset()
        assert outbox.claim(tx, NOW, 10, LEASE) == []


def test_ended_leases_have_lapsed(database: Database) -> None:
    first = claimed(database, an_outgoing())
    with database.begin() as tx:
        outbox.end_leases(tx, NOW)
        (again,) = outbox.claim(tx, NOW, 10, LEASE)
    assert again.id == first.id


def test_a_lease_that_runs_is_left_alone(database: Database) -> None:
    claimed(database, an_outgoing(authorship=Authorship.AUTOMATIC))
    with database.begin() as tx:
        assert (outbox.claim(tx, NOW, 10, LEASE), outbox.end_lapsed(tx, NOW)) == ([], [])


def test_a_settlement_is_stored_with_each_recipient(database: Database) -> None:
    message = claimed(database, an_outgoing(recipients=RECIPIENTS))
    told = tuple(replace(r, state=RecipientState.ACCEPTED, response="250 ok") for r in RECIPIENTS)
    sent = replace(message, state=OutboxState.SENT, recipients=told, due_at=None, lease_until=None, sent_at=NOW)
    with database.begin() as tx:
        assert outbox.settle(tx, sent, message.fence)
        assert outbox.get(tx, message.id) == sent


@pytest.mark.parametrize("outcome", [OutboxState.SENT, OutboxState.QUEUED])
def test_a_settlement_with_an_older_fence_is_refused(database: Database, outcome: OutboxState) -> None:
    message = claimed(database, an_outgoing(), LAPSED)
    with database.begin() as tx:
        (other,) = outbox.claim(tx, NOW, 10, LEASE)
        assert not outbox.settle(tx, replace(message, state=outcome), message.fence)
        assert outbox.get(tx, message.id) == other


def test_a_mail_is_settled_once_a_claim(database: Database) -> None:
    message = claimed(database, an_outgoing())
    sent = replace(message, state=OutboxState.SENT, due_at=None, lease_until=None)
    with database.begin() as tx:
        assert [outbox.settle(tx, sent, message.fence) for _ in range(2)] == [True, False]


def test_automatic_mail_to_customers_is_counted_by_address_domain_and_in_all(database: Database) -> None:
    ack = an_outgoing(authorship=Authorship.AUTOMATIC, template="customer/acknowledged")
    with database.begin() as tx:
        for hours, address in [(0, "a@x.example"), (2, "a@x.example"), (0, "b@x.example"), (0, "a@y.example")]:
            at = NOW - timedelta(hours=hours, minutes=1)
            to = (Recipient(address=address),)
            outbox.put(tx, replace(ack, dedupe_key=f"{hours} {address}", recipients=to, created_at=at))
        counts = to_customers(tx, "a@x.example", NOW)
    assert counts == AutomaticMail(
        to_address_last_hour=1, to_address_last_day=2, to_domain_last_hour=2, in_all_last_hour=3
    )


@pytest.mark.parametrize(
    "other",
    [{"template": "agent/assigned"}, {"authorship": Authorship.HUMAN}, {"created_at": NOW - timedelta(days=2)}],
    ids=["to an agent", "by a person", "long ago"],
)
def test_other_mail_is_not_counted(database: Database, other: dict[str, object]) -> None:
    ack = {"authorship": Authorship.AUTOMATIC, "template": "customer/acknowledged"} | other
    with database.begin() as tx:
        outbox.put(tx, an_outgoing(**ack))
        assert to_customers(tx, "carla@example.com", NOW).to_address_last_day == 0


@pytest.mark.parametrize("asked", ["v_x@y.example", "V_X+new@y.example".lower()])
def test_the_tags_of_an_address_are_counted_together(database: Database, asked: str) -> None:
    ack = an_outgoing(authorship=Authorship.AUTOMATIC, template="customer/acknowledged")
    others = ("vax@y.example", "vax+a@y.example", "v_x@z.example", "v_x+a@y.example.net", "w+v_x@y.example")
    with database.begin() as tx:
        for address in ("v_x@y.example", "v_x+a@y.example", "v_x+b@y.example", *others):
            outbox.put(tx, replace(ack, dedupe_key=address, recipients=(Recipient(address=address),)))
        counts = to_customers(tx, asked, ack.created_at + timedelta(minutes=1))
    assert (counts.to_address_last_hour, counts.to_address_last_day) == (3, 3)
