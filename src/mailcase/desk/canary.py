"""Canary mails: a mailbox writes to itself, and the desk knows how long it took, or that it did not come back.

One goes out in each span of the length `every`; its place in time is its number, so that several daemons send one. It is
an outbox row like any mail, and an inbox row that no rule sees; both tell all that is known of it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from mailcase.desk import post
from mailcase.desk.desk import Desk
from mailcase.domain.email import Address
from mailcase.domain.mailbox import Mailbox
from mailcase.domain.outbox import OutboxMessage
from mailcase.mail import canary
from mailcase.mail.draft import AutoSubmitted, Draft
from mailcase.store import inbox, outbox
from mailcase.store.tx import Tx

TEMPLATE = "canary"
TEXT = """\
This mail was sent by mailcase to the mailbox {mailbox}, to see that mail goes out and comes back.
It opens no case, and nobody needs to do anything about it.
"""
MAX_FLIGHTS = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Flight:
    """One canary mail of a mailbox."""

    sent_at: datetime
    """When it was put into the outbox, UTC."""
    returned_at: datetime | None
    """When it was stored again, UTC; None as long as it is on its way."""

    @property
    def round_trip(self) -> timedelta | None:
        """How long it took, if it is back."""
        return self.returned_at - self.sent_at if self.returned_at else None


def compose(desk: Desk, mailbox: Mailbox, number: int, now: datetime) -> OutboxMessage:
    """Return the canary mail `number` of a mailbox; its null return path keeps its bounce from the desk."""
    domain = mailbox.address.rpartition("@")[2]
    cover = post.Cover(
        template=TEMPLATE, key=f"{mailbox.name} {number}", now=now, auto_submitted=AutoSubmitted.GENERATED
    )
    draft = Draft(
        desk=post.LOOP_NAME,
        sender=Address(name=mailbox.display_name or desk.name, address=mailbox.address),
        to=(Address(address=mailbox.address),),
        subject=f"Canary of {mailbox.name}",
        text=TEXT.format(mailbox=mailbox.name),
        message_id=canary.mint(desk.secrets[0], mailbox.name, number, domain),
        date=now,
        auto_submitted=AutoSubmitted.GENERATED,
    )
    return post.freeze(desk, draft, cover, mailbox, case_id=None, activity_id=None, envelope_from="")


def send(tx: Tx, desk: Desk, mailbox: Mailbox, every: timedelta, now: datetime) -> bool:
    """Queue the canary mail of this span, unless it is there; return whether it was queued."""
    message = compose(desk, mailbox, _number(now, every), now)
    return not outbox.is_known(tx, message.dedupe_key) and outbox.put(tx, message) is not None


def flights(tx: Tx, mailbox: Mailbox, every: timedelta, late_after: timedelta, now: datetime) -> list[Flight]:
    """Return the canary mails of a mailbox that may still be on their way or are back, the newest first."""
    newest, count = _number(now, every), min(late_after // every + 2, MAX_FLIGHTS)
    found = []
    for number in range(newest, newest - count, -1):
        cover = post.Cover(template=TEMPLATE, key=f"{mailbox.name} {number}", now=now, auto_submitted=None)
        message = outbox.by_dedupe_key(tx, post.dedupe_key(cover, mailbox.address))
        if message is not None:
            back = inbox.by_message_id(tx, message.message_id, limit=1)
            found.append(Flight(sent_at=message.created_at, returned_at=back[0].received_at if back else None))
    return found


def is_late(flight: Flight, late_after: timedelta, now: datetime) -> bool:
    """Return whether a canary mail is missed."""
    return flight.returned_at is None and now - flight.sent_at > late_after


def _number(now: datetime, every: timedelta) -> int:
    return int(now.timestamp() // every.total_seconds())
