"""The breaker before a sender who writes too much: a machine gone wild fills no queue (GUARANTEES, limits).

What comes past the limit is held, never lost, and held mail counts too: the breaker stays open until the flood ebbs. Mails
are counted by when they came to their server, so that mail which waited for a daemon is no flood.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from mailcase.desk.admin import Alarm, queue_alarm
from mailcase.desk.desk import Desk
from mailcase.domain.decision import Context
from mailcase.domain.email import InboundEmail
from mailcase.domain.inbox import InboxMessage, Source
from mailcase.domain.party import canonical_address
from mailcase.store import inbox
from mailcase.store.tx import Tx

WINDOW = timedelta(hours=1)


def measured(tx: Tx, desk: Desk, message: InboxMessage, context: Context, email: InboundEmail) -> Context:
    """Return `context` with the limit that the sender of `message` has passed, if that is so.

    Files given by hand and older mail are no flood, and neither is a mail that a person asked to try again.
    """
    limit = desk.sender_limit
    if email.sender is None or message.sender or message.is_quiet or message.source is Source.FILE:
        return context
    sender = canonical_address(email.sender.address)
    if not limit.exempt.isdisjoint((sender, f"@{sender.rpartition('@')[2]}")):
        return context
    # Of as many mails as are allowed in an hour, the first came less than an hour before this one.
    first = inbox.arrival_before(tx, sender, message.id, limit.per_hour)
    is_flood = first is not None and message.arrived_at - first < WINDOW
    return replace(context, flood_limit=limit.per_hour) if is_flood else context


def tell(tx: Tx, desk: Desk, email: InboundEmail, now: datetime) -> None:
    """Let the admin know that mail is held because its sender writes too much."""
    assert email.sender is not None, "the flood of somebody"
    alarm = Alarm(
        cause="sender flood",
        trouble=f"{email.sender.address} writes more than {desk.sender_limit.per_hour} mails an hour: what comes above is held.",
        remedy="`mailcase inbox held` lists it. Stop what sends it; if it is wanted, add the address to "
        "limits.exempt_senders, restart, and `mailcase inbox retry` what is held.",
    )
    queue_alarm(tx, desk, alarm, now)
