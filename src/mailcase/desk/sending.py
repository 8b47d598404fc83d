"""What may go out now: the rates of the provider, the limit of a day, and rests that a server asked for.

When not everything may go, the words of people go before automatic mail. What is left over waits in the outbox.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from mailcase.desk.admin import Alarm, queue_alarm
from mailcase.desk.desk import Desk
from mailcase.domain.outbox import Delivery, OutboxMessage, Rank, RecipientState, tried_at
from mailcase.domain.pace import PUT_OFF_ALIKE, TELL_AFTER, Pause, Rate, is_put_off, next_pause, put_off, throttled
from mailcase.store import desk as founding
from mailcase.store import outbox, pauses, volume
from mailcase.store.tx import Tx

DAY = timedelta(days=1)
RANKS = (Rank.HUMAN, Rank.AUTOMATIC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Who we are to a mail server: what its rates and rests are for."""

    key: str
    """Such as `support@example.com@smtp.example.com:465`."""
    mailboxes: tuple[str, ...]
    """That are sent by it."""
    rates: tuple[Rate, ...] = ()
    batch: int = 20
    """Mails claimed at once."""


def claim(tx: Tx, desk: Desk, account: Account, now: datetime, *, lease: timedelta) -> list[OutboxMessage]:
    """Claim a batch of mails that are due and may go out at `now`; the admin hears when the day's mails are spent."""
    founding.lock(tx)  # who counts and claims at the same time as another would let both take what is left
    rest = pauses.get(tx, account.key)
    if rest is not None and now < rest.until:
        return []
    wanted = 1 if rest else account.batch  # one mail tries whether the server takes any
    busy = volume.sending(tx)
    room = min([wanted, *(_left(tx, rate, account.mailboxes, busy, now) for rate in account.rates)])
    if room <= 0:
        return []
    of_today = _left(tx, Rate(most=desk.outgoing_per_day, per=DAY), tuple(desk.mailboxes), busy, now)
    if of_today > 0:
        return outbox.claim_of(tx, now, min(room, of_today), lease, account.mailboxes, RANKS)
    claimed = outbox.claim_of(tx, now, room, lease, account.mailboxes, [Rank.ADMIN])
    if not busy and volume.is_due(tx, now):
        queue_alarm(tx, desk, _spent(desk), now)
    return claimed


def may_begin(tx: Tx, account: str, now: datetime) -> bool:
    """Tell whether a claimed mail may still be begun: no server has asked for a rest meanwhile."""
    rest = pauses.get(tx, account)
    return rest is None or now >= rest.until


def heed(tx: Tx, desk: Desk, account: Account, delivery: Delivery, now: datetime) -> Pause | None:
    """Slow the whole account down when the server asks for it, and end that when it takes mail again.

    What the delivery brought is written already. Returns the rest that begins.
    """
    response = throttled(delivery) or _put_off_alike(tx, account, delivery)
    before = pauses.get(tx, account.key)
    if not response:
        if before is not None and any(one.state is RecipientState.ACCEPTED for one in delivery.recipients):
            pauses.end(tx, account.key)
        return None
    rest = next_pause(before, account.key, response, now)
    if rest is before:
        return None
    pauses.put(tx, rest)
    if rest.times == TELL_AFTER:
        queue_alarm(tx, desk, _slowed(desk, rest), now)
    return rest


def _put_off_alike(tx: Tx, account: Account, delivery: Delivery) -> str:
    """Return the answer that puts off one recipient after the other, when it is many and none was taken in between."""
    response = put_off(delivery)
    if not response:
        return ""
    taken_at = volume.last_sent(tx, account.mailboxes)
    alike = {
        one.address
        for one in volume.waiting(tx, account.mailboxes)
        if is_put_off(one.response) and (taken_at is None or tried_at(one.due_at, one.attempts) > taken_at)
    }
    return response if len(alike) >= PUT_OFF_ALIKE else ""


def _left(tx: Tx, rate: Rate, mailboxes: tuple[str, ...], busy: Mapping[str, int], now: datetime) -> int:
    """Return how many more mails of `mailboxes` may go out by this rate; those that are being sent are counted."""
    sent = sum(volume.sent_since(tx, name, now - rate.per, rate.most) for name in mailboxes)
    return rate.most - sent - sum(busy.get(name, 0) for name in mailboxes)


def _spent(desk: Desk) -> Alarm:
    return Alarm(
        cause="outgoing limit",
        trouble=f"{desk.outgoing_per_day} mails went out within a day: what is queued waits, the words of people go first.",
        remedy="Look for a loop or a flood in `mailcase outbox list`; if all is as it should be, raise limits.outgoing_per_day "
        "and restart.",
    )


def _slowed(desk: Desk, rest: Pause) -> Alarm:
    return Alarm(
        cause=f"slowed {rest.account}",
        trouble=f"The mail server {rest.account} has asked {rest.times} times in a row to send more slowly, and rests until "
        f"{desk.local(rest.until):%H:%M}: {rest.response}",
        remedy="Ask the provider for its limits and set `rate` and `connections` of the smtp section accordingly.",
    )
