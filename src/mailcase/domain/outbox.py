"""A mail of ours from the moment its bytes are frozen to the last answer of a server, one state per recipient."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

# RFC 5321 section 4.5.4.1 asks for growing intervals and 4-5 days in all.
RETRY_DELAYS = (
    *(timedelta(minutes=m) for m in (1, 5, 15, 30)),
    *(timedelta(hours=h) for h in (1, 2, 4)),
)
RETRY_DELAY_LATER = timedelta(hours=6)
RETRY_FOR = timedelta(days=4)
DELAYED_AFTER = timedelta(hours=4)  # RFC 5321 section 4.5.4.1: those who wait are told before it is given up


class OutboxState(StrEnum):
    """Where an outgoing mail stands."""

    QUEUED = "queued"
    """Frozen, due at `due_at`."""
    SENDING = "sending"
    """Claimed by a daemon until `lease_until`; written before the server could have accepted it."""
    SENT = "sent"
    """Accepted for every recipient that could be reached."""
    UNCERTAIN = "uncertain"
    """The line was cut after the final dot: it may have been accepted."""
    DEAD = "dead"
    """Refused for good, or tried for too long."""


class Authorship(StrEnum):
    """Who caused a mail: decides what an unknown outcome means."""

    HUMAN = "human"
    """A person wrote it: goes out at least once."""
    AUTOMATIC = "automatic"
    """The desk wrote it: goes out at most once."""


class Rank(StrEnum):
    """What goes first when not everything may go out."""

    HUMAN = "human"
    """The words of a person."""
    AUTOMATIC = "automatic"
    """Everything else, mail to the admin among it."""
    ADMIN = "admin"
    """Mail to the admin alone: it goes out when nothing else may."""


class RecipientState(StrEnum):
    """What a server last said about one recipient."""

    PENDING = "pending"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    """A permanent failure (5yz), or too long without success."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """One envelope recipient."""

    address: str
    state: RecipientState = RecipientState.PENDING
    response: str = ""
    """The last SMTP reply about it, such as `550 5.1.1 no such user`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxMessage:
    """One outgoing mail: its bytes and Message-ID never change once it is stored."""

    id: int = 0
    """0 until it is stored."""
    case_id: int | None
    activity_id: int | None
    """The email activity whose delivery this is; None for notices to agents."""
    mailbox: str
    """The support mailbox it is sent for: chooses the SMTP account."""
    authorship: Authorship
    template: str
    """Such as `customer/acknowledged`; empty for an agent's own words."""
    dedupe_key: str
    """Unique: the same notice for the same cause is queued once."""
    message_id: str
    """Without angle brackets."""
    envelope_from: str
    """Return path; empty for the null return path (RFC 3834 section 3.3)."""
    recipients: tuple[Recipient, ...]
    subject: str
    raw: bytes
    created_at: datetime
    state: OutboxState = OutboxState.QUEUED
    due_at: datetime | None = None
    """UTC; None when nothing is to be done any more."""
    attempts: int = 0
    lease_until: datetime | None = None
    fence: int = 0
    """Rises with each claim: a settlement with an older fence is too late and is refused."""
    response: str = ""
    """The server's last word on the message as a whole."""
    sent_at: datetime | None = None


class Phase(StrEnum):
    """How far an SMTP dialogue had come (RFC 5321 section 3.3)."""

    CONNECT = "connect"
    MAIL = "mail"
    RCPT = "rcpt"
    DATA = "data"
    """Text is being sent; the final dot is not out yet."""
    DOT = "dot"
    """The final dot is out: a cut from here on leaves the outcome unknown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """What one attempt brought.

    `recipients` tell the new state of each recipient that was pending; `is_uncertain` says that the line was cut
    after the final dot, so that the pending ones may have been accepted.
    """

    outbox_id: int
    fence: int
    recipients: tuple[Recipient, ...]
    phase: Phase
    response: str
    is_uncertain: bool = False
    is_server_down: bool = False
    """Nothing was said about this mail: the server was not reached, or closed the session (421)."""


def settle(message: OutboxMessage, delivery: Delivery, now: datetime) -> OutboxMessage:
    """Return `message` as it stands after `delivery`, attempted at `now` (UTC).

    A human mail with an unknown outcome is sent again with the same bytes; an automatic one never is.
    """
    from_delivery = {recipient.address: recipient for recipient in delivery.recipients}
    recipients = tuple(from_delivery.get(recipient.address, recipient) for recipient in message.recipients)
    settled = replace(
        message,
        recipients=recipients,
        attempts=message.attempts + 1,
        lease_until=None,
        response=delivery.response,
        due_at=None,
    )
    if delivery.is_uncertain and message.authorship is Authorship.AUTOMATIC:
        return replace(settled, state=OutboxState.UNCERTAIN)
    if not any(recipient.state is RecipientState.PENDING for recipient in recipients):
        has_arrived = any(recipient.state is RecipientState.ACCEPTED for recipient in recipients)
        return replace(
            settled,
            state=OutboxState.SENT if has_arrived else OutboxState.DEAD,
            sent_at=now if has_arrived else None,
        )
    due_at = now + retry_delay(settled.attempts)
    if due_at > message.created_at + RETRY_FOR:
        return replace(settled, state=OutboxState.UNCERTAIN if delivery.is_uncertain else OutboxState.DEAD)
    return replace(settled, state=OutboxState.QUEUED, due_at=due_at)


def is_delayed(message: OutboxMessage) -> bool:
    """Tell whether a person's mail that is to be tried again will not be out within `DELAYED_AFTER`."""
    is_waiting = message.state is OutboxState.QUEUED and message.authorship is Authorship.HUMAN
    return is_waiting and message.due_at is not None and message.due_at - message.created_at >= DELAYED_AFTER


def lapse(message: OutboxMessage, now: datetime) -> OutboxMessage:
    """Return `message` as it stands when its daemon died after the server may have seen it, noticed at `now` (UTC).

    A human mail is due again with the same bytes; an automatic one never is, since it may be out.
    """
    ended = replace(message, lease_until=None, response="the daemon stopped while sending it")
    if message.authorship is Authorship.AUTOMATIC:
        return replace(ended, state=OutboxState.UNCERTAIN, due_at=None)
    return replace(ended, state=OutboxState.QUEUED, due_at=now, attempts=message.attempts + 1)


def retry_delay(attempts: int) -> timedelta:
    """Return how long to wait after the attempt numbered `attempts`, from 1 up."""
    return RETRY_DELAYS[attempts - 1] if attempts <= len(RETRY_DELAYS) else RETRY_DELAY_LATER


def tried_at(due_at: datetime, attempts: int) -> datetime:
    """Return when a mail that waits until `due_at` was last tried."""
    return due_at - retry_delay(attempts)
