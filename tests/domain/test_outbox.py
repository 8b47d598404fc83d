"""What an attempt to send makes of a mail."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from mailcase.domain.outbox import (
    RETRY_DELAY_LATER,
    RETRY_DELAYS,
    RETRY_FOR,
    Authorship,
    Delivery,
    OutboxMessage,
    OutboxState,
    Phase,
    Recipient,
    RecipientState,
    retry_delay,
    settle,
)

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
PENDING, ACCEPTED, REFUSED = RecipientState.PENDING, RecipientState.ACCEPTED, RecipientState.REFUSED
HUMAN, AUTOMATIC = Authorship.HUMAN, Authorship.AUTOMATIC
QUEUED, SENT, UNCERTAIN, DEAD = OutboxState.QUEUED, OutboxState.SENT, OutboxState.UNCERTAIN, OutboxState.DEAD


def message(authorship: Authorship = HUMAN, recipients: int = 1, **others: object) -> OutboxMessage:
    plain = OutboxMessage(
        id=1,
        case_id=1,
        activity_id=1,
        mailbox="support",
        authorship=authorship,
        template="",
        dedupe_key="k",
        message_id="m@desk.example",
        envelope_from="support@desk.example",
        recipients=tuple(Recipient(address=f"{index}@example.com") for index in range(recipients)),
        subject="Re: help",
        raw=b"x",
        created_at=NOW,
        state=OutboxState.SENDING,
        lease_until=NOW,
        fence=1,
    )
    return replace(plain, **others)  # type: ignore[arg-type]


def delivery(*states: RecipientState, is_uncertain: bool = False) -> Delivery:
    recipients = (Recipient(address=f"{index}@example.com", state=state) for index, state in enumerate(states))
    return Delivery(
        outbox_id=1, fence=1, recipients=tuple(recipients), phase=Phase.DOT, response="said", is_uncertain=is_uncertain
    )


@pytest.mark.parametrize(
    ("authorship", "states", "is_uncertain", "becomes"),
    [
        (HUMAN, (ACCEPTED,), False, SENT),
        (AUTOMATIC, (ACCEPTED,), False, SENT),
        (HUMAN, (REFUSED,), False, DEAD),
        (HUMAN, (ACCEPTED, REFUSED), False, SENT),  # who could be reached has it
        (HUMAN, (REFUSED, REFUSED), False, DEAD),
        (HUMAN, (PENDING,), False, QUEUED),
        (AUTOMATIC, (PENDING,), False, QUEUED),  # surely not out yet
        (HUMAN, (ACCEPTED, PENDING), False, QUEUED),  # the rest is tried again
        (HUMAN, (PENDING,), True, QUEUED),  # at least once
        (AUTOMATIC, (PENDING,), True, UNCERTAIN),  # at most once
        (AUTOMATIC, (ACCEPTED, PENDING), True, UNCERTAIN),
    ],
)
def test_an_attempt_settles_a_mail(
    authorship: Authorship, states: tuple[RecipientState, ...], is_uncertain: bool, becomes: OutboxState
) -> None:
    settled = settle(message(authorship, len(states)), delivery(*states, is_uncertain=is_uncertain), NOW)
    assert settled.state is becomes
    assert (settled.attempts, settled.response, settled.lease_until) == (1, "said", None)
    assert (settled.due_at is not None) == (becomes is QUEUED)
    assert (settled.sent_at is not None) == (becomes is SENT)
    assert tuple(recipient.state for recipient in settled.recipients) == states


def test_bytes_and_message_id_never_change() -> None:
    before = message()
    after = settle(before, delivery(PENDING, is_uncertain=True), NOW)
    assert (after.raw, after.message_id, after.dedupe_key) == (before.raw, before.message_id, before.dedupe_key)


def test_who_was_not_spoken_of_stays_as_they_were() -> None:
    both = message(recipients=2)
    settled = settle(both, delivery(ACCEPTED), NOW)
    assert [recipient.state for recipient in settled.recipients] == [ACCEPTED, PENDING]
    assert settled.state is QUEUED


def test_retries_come_at_growing_intervals_for_four_days_and_then_end() -> None:
    waiting, now, delays = message(), NOW, []
    while (waiting := settle(waiting, delivery(PENDING), now)).state is QUEUED:
        assert waiting.due_at is not None
        delays.append(waiting.due_at - now)
        now = waiting.due_at
    assert delays[: len(RETRY_DELAYS)] == list(RETRY_DELAYS)
    assert set(delays[len(RETRY_DELAYS) :]) == {RETRY_DELAY_LATER}
    assert waiting.state is DEAD
    assert RETRY_FOR - RETRY_DELAY_LATER < now - NOW <= RETRY_FOR


def test_the_table_of_delays_is_the_promised_one() -> None:
    minutes = [retry_delay(attempt) / timedelta(minutes=1) for attempt in range(1, 10)]
    assert minutes == [1, 5, 15, 30, 60, 120, 240, 360, 360]


def test_a_human_mail_that_stays_uncertain_to_the_end_is_not_called_dead() -> None:
    old = message(attempts=30, created_at=NOW - RETRY_FOR)
    assert settle(old, delivery(PENDING, is_uncertain=True), NOW).state is UNCERTAIN
