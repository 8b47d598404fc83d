"""How fast mail may go out: the rates of a provider, and the pauses after it said that we are too fast."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from mailcase.domain.outbox import Delivery, Phase, RecipientState

UNITS = {
    "second": timedelta(seconds=1),
    "minute": timedelta(minutes=1),
    "hour": timedelta(hours=1),
    "day": timedelta(days=1),
}
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 2, 5, 15, 30, 60))
"""How long an account rests after it was too fast, once, twice, … without a success in between."""
TELL_AFTER = 4
"""So many times in a row are worth an alarm."""
_RATE = re.compile(r"([1-9][0-9]{0,8}) ?/ ?(second|minute|hour|day)")
PUT_OFF_ALIKE = 5
"""So many recipients put off by policy, one after the other with none taken in between, mean us and not them."""
# RFC 5321 section 3.8: 421 closes the session; RFC 4954 section 6: 454 is a passing failure of the login; RFC 3463
# section 3.8: 4.7.x is a policy that may be different later.
_CLOSING = re.compile(r"(?<![0-9.])421[ -]")
_POLICY = re.compile(r"(?<![0-9.])4[0-9]{2}[ -]4\.7\.[0-9]")
_THROTTLING = re.compile(rf"{_CLOSING.pattern}|(?<![0-9.])454[ -]|{_POLICY.pattern}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """At most `most` mails in any span of the length `per`."""

    most: int
    per: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """A rest that a server asked for; it stays known until a mail is accepted again."""

    account: str
    until: datetime
    times: int
    """How often in a row, from 1 up."""
    response: str
    """What the server said."""


def parse_rate(text: str) -> Rate:
    """Return the rate written like `30/minute` or `10000/day`. Raises ValueError for another form."""
    found = _RATE.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"{text!r} is not a rate such as 30/minute or 10000/day (per second, minute, hour or day)")
    return Rate(most=int(found[1]), per=UNITS[found[2]])


def throttled(delivery: Delivery) -> str:
    """Return the answer by which the server told us to slow down, or an empty string.

    What it says before it hears of a recipient is about us; later only that it closes the session. A single recipient may
    be put off for reasons of its own, such as greylisting (RFC 6647): see `put_off`.
    """
    if delivery.phase in (Phase.CONNECT, Phase.MAIL):
        found = _THROTTLING.search(delivery.response)
    else:
        found = _CLOSING.search(delivery.response) if delivery.is_server_down else None
    return delivery.response if found else ""


def put_off(delivery: Delivery) -> str:
    """Return the answer by which recipients were put off for reasons of policy; empty when there is none, or one was taken."""
    if any(one.state is RecipientState.ACCEPTED for one in delivery.recipients):
        return ""
    waiting = (one.response for one in delivery.recipients if one.state is RecipientState.PENDING)
    return next((text for text in waiting if is_put_off(text)), "")


def is_put_off(response: str) -> bool:
    """Tell whether an answer about a recipient is a policy that may be different later."""
    return _POLICY.match(response) is not None


def next_pause(before: Pause | None, account: str, response: str, now: datetime) -> Pause:
    """Return the rest after another answer that asks for one; a longer one each time, an hour at most."""
    if before is not None and now < before.until:
        return before  # another connection heard the same
    times = before.times + 1 if before else 1
    return Pause(account=account, until=now + PAUSES[min(times, len(PAUSES)) - 1], times=times, response=response[:300])
