"""A mail to two recipients, one of whom the server refuses or puts off: each is sent one copy, or none, and it is known which."""

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta

from lab.experiment import Setting, Trial
from lab.inside import Inside, inside
from lab.smtpsink import SmtpSink
from mailcase.config import Security
from mailcase.daemon.deliver import deliver
from mailcase.domain.outbox import Authorship, OutboxMessage, OutboxState, Recipient, RecipientState
from mailcase.store import outbox
from mailcase.transport.account import SmtpAccount
from mailcase.transport.smtp import SmtpPostman

ACCEPTED, REFUSED = RecipientState.ACCEPTED, RecipientState.REFUSED
TO = ("first@customer.example", "second@customer.example")
SOON = timedelta(minutes=2)
"""Past the first pause between two tries."""
PATIENCE = timedelta(seconds=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """What the server says to RCPT, one after the other, and how each recipient must end."""

    what: str
    answers: tuple[str, ...]
    ends: tuple[RecipientState, RecipientState]
    attempts: int


KINDS = (
    Kind(
        what="550 for one of two recipients",
        answers=("550 5.1.1 no such user", "250 ok"),
        ends=(REFUSED, ACCEPTED),
        attempts=1,
    ),
    Kind(
        what="451 for one of two recipients, then taken",
        answers=("451 4.7.1 greylisted", "250 ok", "250 ok"),
        ends=(ACCEPTED, ACCEPTED),
        attempts=2,
    ),
    Kind(
        what="451 for one of two recipients, then 550",
        answers=("250 ok", "451 4.2.1 later", "550 5.1.1 no such user"),
        ends=(ACCEPTED, REFUSED),
        attempts=2,
    ),
    Kind(
        what="550 for one of two recipients, 451 for the other, then taken",
        answers=("550 5.1.1 no such user", "451 4.2.1 later", "250 ok"),
        ends=(REFUSED, ACCEPTED),
        attempts=2,
    ),
)


def refused_in_part(setting: Setting, times: int) -> list[Trial]:
    """Send mails to two recipients each, by every kind of server, and count the copies of each recipient."""
    with inside(setting.room("partial")) as desk:
        return [_tried(desk, kind, times) for kind in KINDS]


def _tried(desk: Inside, kind: Kind, times: int) -> Trial:
    lost = doubled = 0
    for number in range(times):
        key = f"{kind.what} {number}"
        with SmtpSink() as sink:
            sink.rescript({"rcpt": list(kind.answers)})
            kept = _sent(desk, key, sink.port)
            copies = Counter(address for taken in sink.taken for address in taken.recipients)
        wanted = tuple(state is ACCEPTED for state in kind.ends)
        given = tuple(sum(times for command, times in copies.items() if one in command) for one in TO)
        is_told = tuple(one.state for one in kept.recipients) == kind.ends and kept.state is OutboxState.SENT
        lost += sum(want and not got for want, got in zip(wanted, given, strict=True))
        lost += not is_told or kept.attempts != kind.attempts
        doubled += sum(max(0, got - want) for want, got in zip(wanted, given, strict=True))
    return Trial(
        what=kind.what, times=times, lost=lost, doubled=doubled, note="a state for each recipient, one copy each"
    )


def _sent(desk: Inside, key: str, port: int) -> OutboxMessage:
    """Send a mail to both, once more when it is due again, and return it as it then stands."""
    now = desk.clock()
    mail = OutboxMessage(
        case_id=None,
        activity_id=None,
        mailbox="support",
        authorship=Authorship.HUMAN,
        template="",
        dedupe_key=key,
        message_id=f"{key.replace(' ', '.')}@northwind.example",
        envelope_from="support@northwind.example",
        recipients=tuple(Recipient(address=address) for address in TO),
        subject="Printer",
        raw=b"Subject: Printer\r\n\r\nTry this.\r\n",
        created_at=now,
        due_at=now,
    )
    with desk.app.database.begin() as tx:
        stored = outbox.put(tx, mail)
    assert stored is not None, f"{key} is new"
    postman = SmtpPostman(_account(port))
    for _ in range(2):
        deliver(desk.app, {"support": postman})
        desk.pass_time(SOON)
    postman.close()
    with desk.app.database.read() as tx:
        kept = outbox.get(tx, stored.id)
    assert kept is not None, f"{key} is stored"
    return kept


def _account(port: int) -> SmtpAccount:
    return SmtpAccount(
        host="127.0.0.1",
        port=port,
        security=Security.NONE,
        username=None,
        password=lambda: "",
        helo_name="desk.northwind.example",
        connect_timeout=PATIENCE,
        command_timeout=PATIENCE,
        dot_timeout=PATIENCE,
    )
