"""What an attempt to send means for the mail, its case and the people who work on it."""

import json
from collections.abc import Collection
from datetime import datetime

from mailcase.desk import cases
from mailcase.desk.admin import ADMIN_TEMPLATES, Alarm, queue_alarm
from mailcase.desk.context import surviving
from mailcase.desk.desk import Desk
from mailcase.desk.filing import read_case
from mailcase.desk.outcome import Act
from mailcase.desk.post import COPY
from mailcase.desk.record import record
from mailcase.domain.activity import AuditRecord, TimelineEntry
from mailcase.domain.outbox import Authorship, Delivery, OutboxMessage, OutboxState, RecipientState, is_delayed, settle
from mailcase.errors import Refused
from mailcase.store import activities, audit, outbox, timeline
from mailcase.store.tx import Tx

WORDS = {
    OutboxState.QUEUED: "tried again",
    OutboxState.SENT: "sent",
    OutboxState.UNCERTAIN: "sent perhaps: {cause}; not sent again",
    OutboxState.DEAD: "given up",
}
REPEATED = "sent perhaps: {cause}; sent again with the same Message-ID, so that a second copy may arrive"
DELAYED = "delivery_delayed"
"""How the timeline calls a `DeliveryDelayed`."""
CUT = "the line was cut after the text"


def settle_delivery(tx: Tx, desk: Desk, message: OutboxMessage, delivery: Delivery, now: datetime) -> OutboxMessage:
    """Write what an attempt brought, on the mail and on the timeline of its case; return the mail as it then is.

    An attempt whose lease was lost to another daemon is dropped: that one settles. A human mail that is given up, or
    refused for one of its recipients, is told to those who work on the case.
    """
    settled = settle(message, delivery, now)
    if not outbox.settle(tx, settled, delivery.fence):
        return message
    if settled.state is OutboxState.QUEUED:
        if delivery.is_uncertain:
            _tell_timeline(tx, settled, now, words=REPEATED)
        if is_delayed(settled):
            _tell_of_delay(tx, desk, settled, now)
    else:
        _tell_timeline(tx, settled, now)
        if settled.authorship is Authorship.HUMAN:
            _tell_of_failures(tx, desk, settled, now)
    if settled.state is OutboxState.DEAD and not settled.template.startswith(ADMIN_TEMPLATES):
        queue_alarm(tx, desk, _dead_letter(settled), now)
    return settled


def _dead_letter(message: OutboxMessage) -> Alarm:
    failed = next((one for one in message.recipients if one.state is not RecipientState.ACCEPTED), None)
    said = (failed.response if failed else "") or message.response or "no answer"
    return Alarm(
        cause="dead letter",
        trouble=f"Mail {message.id} of the mailbox {message.mailbox} was given up: {said}",
        remedy=f"`mailcase outbox show {message.id}` shows it, `mailcase outbox retry {message.id}` tries it again; "
        "`mailcase outbox list --state dead` lists all.",
    )


def retry(tx: Tx, message: OutboxMessage, actor: str, now: datetime) -> OutboxMessage:
    """Let a dead or uncertain mail be tried again, on a person's word; audited, and on the timeline of its case.

    Raises Refused when it is neither, StaleWrite when somebody else was first.
    """
    if message.state not in (OutboxState.DEAD, OutboxState.UNCERTAIN):
        raise Refused(f"mail {message.id} is {message.state}; only dead and uncertain mail can be tried again.")
    if not message.raw:
        raise Refused(f"the bytes of mail {message.id} were erased; it cannot be sent again.")
    queued = outbox.requeue(tx, message, now)
    changes = json.dumps({"state": [message.state, queued.state]})
    record = AuditRecord(
        at=now, actor=actor, action="outbox.retry", object_type="outbox", object_id=message.id, changes=changes
    )
    audit.append(tx, [record])
    _tell_timeline(tx, queued, now, actor=actor)
    return queued


def end_lapsed(tx: Tx, now: datetime, in_hand: Collection[int] = ()) -> None:
    """Settle the mails whose daemon died while sending them, and note on their cases that they may be out.

    Those with an id `in_hand` are being sent.
    """
    for message in outbox.end_lapsed(tx, now, in_hand):
        words = REPEATED if message.state is OutboxState.QUEUED else WORDS[message.state]
        _tell_timeline(tx, message, now, words=words, cause=message.response)


def _tell_timeline(
    tx: Tx, settled: OutboxMessage, now: datetime, *, actor: str = "system", words: str = "", cause: str = CUT
) -> None:
    if settled.case_id is None or settled.template == COPY:
        return
    recipients = ", ".join(recipient.address for recipient in settled.recipients)
    what = settled.template or "mail"
    became = (words or WORDS[settled.state]).format(cause=cause)
    timeline.append(
        tx,
        [
            TimelineEntry(
                case_id=settled.case_id,
                at=now,
                event=f"mail_{settled.state}",
                actor=actor,
                cause=f"outbox {settled.id}",
                summary=f"{what} to {recipients} {became}",
                activity_id=settled.activity_id,
            )
        ],
    )


def _tell_of_delay(tx: Tx, desk: Desk, message: OutboxMessage, now: datetime) -> None:
    """Tell those who work on the case, once, that a person's mail is not out yet."""
    case = surviving(tx, message.case_id) if message.case_id else None
    act = Act(actor="system", cause=f"outbox {message.id}", now=now)
    if case is None or message.due_at is None:
        return
    if any((entry.event, entry.cause) == (DELAYED, act.cause) for entry in timeline.by_case(tx, case.id)):
        return
    pending = [one for one in message.recipients if one.state is RecipientState.PENDING]
    waiting = ((one.address, one.response or message.response) for one in pending)
    record(tx, desk, cases.delayed(read_case(tx, case), waiting, message.due_at, act), now)


def _tell_of_failures(tx: Tx, desk: Desk, message: OutboxMessage, now: datetime) -> None:
    failed = [one for one in message.recipients if one.state is not RecipientState.ACCEPTED]
    case = surviving(tx, message.case_id) if message.case_id else None
    if not failed or case is None:
        return
    act = Act(actor="system", cause=f"outbox {message.id}", now=now)
    mail = activities.get(tx, message.activity_id) if message.activity_id else None
    failures = ((one.address, one.response or message.response) for one in failed)
    record(tx, desk, cases.undelivered(read_case(tx, case), mail, failures, act), now)
