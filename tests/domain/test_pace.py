"""Rates and rests of outgoing mail, as values."""

from datetime import UTC, datetime, timedelta

import pytest

from mailcase.domain.outbox import Delivery, Phase, Recipient, RecipientState
from mailcase.domain.pace import PAUSES, Pause, Rate, next_pause, parse_rate, put_off, throttled

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "rate"),
    [
        ("30/minute", Rate(most=30, per=timedelta(minutes=1))),
        (" 10000 / day ", Rate(most=10000, per=timedelta(days=1))),
        ("1/second", Rate(most=1, per=timedelta(seconds=1))),
    ],
)
def test_a_rate_is_a_number_and_a_span(text: str, rate: Rate) -> None:
    assert parse_rate(text) == rate


@pytest.mark.parametrize("text", ["", "30", "0/minute", "-1/hour", "30/week", "30 per minute", "1.5/second"])
def test_anything_else_is_no_rate(text: str) -> None:
    with pytest.raises(ValueError, match="30/minute"):
        parse_rate(text)


@pytest.mark.parametrize(
    ("response", "phase", "is_down", "is_asked"),
    [
        ("421 4.7.0 too many connections", Phase.MAIL, True, True),
        ("421 closing", Phase.RCPT, True, True),
        ("421 4.7.0 enough for now", Phase.DOT, True, True),
        ("454 4.7.0 temporary authentication failure", Phase.CONNECT, True, True),
        ("450 4.7.1 slow down", Phase.MAIL, False, True),
        ("450 4.7.1 greylisted", Phase.RCPT, False, False),
        ("454 4.7.1 relay access denied", Phase.RCPT, False, False),
        ("451 4.7.1 later", Phase.DOT, False, False),
        ("450 4.7.1 greylisted", Phase.RCPT, True, False),
        ("mx.example:465: the server refuses us (421 too many)", Phase.CONNECT, True, True),
        ("451 4.2.1 mailbox busy", Phase.MAIL, False, False),
        ("550 5.7.1 not you", Phase.MAIL, False, False),
        ("250 2.0.0 taken as 4.7.1.421 ", Phase.MAIL, False, False),
    ],
)
def test_some_answers_ask_for_a_rest(response: str, phase: Phase, *, is_down: bool, is_asked: bool) -> None:
    delivery = Delivery(outbox_id=1, fence=1, recipients=(), phase=phase, response=response, is_server_down=is_down)
    assert throttled(delivery) == (response if is_asked else "")


@pytest.mark.parametrize(
    ("state", "response", "is_put_off"),
    [
        (RecipientState.PENDING, "450 4.7.28 rate limit", True),
        (RecipientState.PENDING, "451 4.2.1 mailbox busy", False),
        (RecipientState.REFUSED, "450 4.7.28 rate limit, once", False),
    ],
)
def test_recipients_are_put_off_by_policy(state: RecipientState, response: str, *, is_put_off: bool) -> None:
    recipients = (Recipient(address="a@x.example", state=state, response=response),)
    delivery = Delivery(outbox_id=1, fence=1, recipients=recipients, phase=Phase.RCPT, response="")
    assert put_off(delivery) == (response if is_put_off else "")


def test_who_takes_one_recipient_does_not_put_us_off() -> None:
    waiting = Recipient(address="a@x.example", response="450 4.7.28 rate limit")
    taken = Recipient(address="b@x.example", state=RecipientState.ACCEPTED, response="250 ok")
    delivery = Delivery(outbox_id=1, fence=1, recipients=(taken, waiting), phase=Phase.DOT, response="250 2.0.0 taken")
    assert put_off(delivery) == ""


def test_rests_grow_up_to_an_hour_and_one_answer_counts_once() -> None:
    rest: Pause | None = None
    now, lasted = NOW, []
    for _ in range(8):
        rest = next_pause(rest, "smtp", "421 slow", now)
        assert next_pause(rest, "smtp", "421 slow", now) is rest
        lasted.append(rest.until - now)
        now = rest.until
    assert lasted == [*PAUSES, PAUSES[-1], PAUSES[-1]]
