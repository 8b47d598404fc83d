"""Rates and rests of outgoing mail, as values."""

from datetime import UTC, datetime, timedelta

import pytest

from mailcase.domain.outbox import Delivery, Phase, Recipient, RecipientState
from mailcase.domain.pace import PAUSES, Pause, Rate, next_pause, parse_rate, throttled

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
    ("response", "is_asked"),
    [
        ("421 4.7.0 too many connections", True),
        ("421 closing", True),
        ("454 4.7.0 temporary authentication failure", True),
        ("450 4.7.1 slow down", True),
        ("mx.example:465: the server refuses us (421 too many)", True),
        ("451 4.2.1 mailbox busy", False),
        ("550 5.7.1 not you", False),
        ("250 2.0.0 taken as 4.7.1.421 ", False),
    ],
)
def test_some_answers_ask_for_a_rest(response: str, is_asked: bool) -> None:
    delivery = Delivery(outbox_id=1, fence=1, recipients=(), phase=Phase.RCPT, response=response)
    assert throttled(delivery) == (response if is_asked else "")


def test_the_answer_about_one_recipient_counts_too() -> None:
    waiting = Recipient(address="a@x.example", response="450 4.7.28 rate limit")
    done = Recipient(address="b@x.example", state=RecipientState.REFUSED, response="421 4.7.0 old")
    delivery = Delivery(outbox_id=1, fence=1, recipients=(done, waiting), phase=Phase.DOT, response="250 2.0.0 taken")
    assert throttled(delivery) == "450 4.7.28 rate limit"


def test_rests_grow_up_to_an_hour_and_one_answer_counts_once() -> None:
    rest: Pause | None = None
    now, lasted = NOW, []
    for _ in range(8):
        rest = next_pause(rest, "smtp", "421 slow", now)
        assert next_pause(rest, "smtp", "421 slow", now) is rest
        lasted.append(rest.until - now)
        now = rest.until
    assert lasted == [*PAUSES, PAUSES[-1], PAUSES[-1]]
