"""What the tests of the postman share."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from mailcase.domain.outbox import Authorship, Delivery, OutboxMessage, Recipient, RecipientState
from mailcase.transport.smtp import SmtpPostman

PENDING, ACCEPTED, REFUSED = RecipientState.PENDING, RecipientState.ACCEPTED, RecipientState.REFUSED
PATIENT = dict.fromkeys(("connect_timeout", "command_timeout", "dot_timeout"), timedelta(seconds=20))
IMPATIENT = dict.fromkeys(PATIENT, timedelta(seconds=0.3))
RAW = b"From: desk@desk.example\r\nSubject: hello\r\n\r\n.dot\r\n..\r\nend\r\n"

LINE = b"y" * 990 + b"\r\n"

Post = Callable[..., SmtpPostman]


def outgoing(*addresses: str, raw: bytes = RAW, sender: str = "desk@desk.example") -> OutboxMessage:
    return OutboxMessage(
        id=7,
        case_id=1,
        activity_id=None,
        mailbox="support",
        authorship=Authorship.HUMAN,
        template="",
        dedupe_key="k",
        message_id="m@desk.example",
        envelope_from=sender,
        recipients=tuple(Recipient(address=address) for address in addresses or ("ann@customer.example",)),
        subject="hello",
        raw=raw,
        created_at=datetime(2026, 1, 1, tzinfo=UTC),
        fence=3,
    )


def once(postman: SmtpPostman, message: OutboxMessage) -> Delivery:
    (delivery,) = postman.deliver([message])
    return delivery


def states(delivery: Delivery) -> list[RecipientState]:
    return [recipient.state for recipient in delivery.recipients]
