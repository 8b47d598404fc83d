"""Held mail and the person who looks at it: filed in spite of the reason, or set aside for good; both are audited.

A mail that is set aside stays in the database with its raw bytes, as every mail does.
"""

import json
from dataclasses import replace
from datetime import datetime

from mailcase.desk import context, copies, memory, participants
from mailcase.desk.desk import Desk
from mailcase.desk.filing import Mail
from mailcase.desk.intake import act_on
from mailcase.domain.activity import AuditRecord
from mailcase.domain.decision import Context, NewCase, OpenCase, Step, Trace
from mailcase.domain.email import Classification, InboundEmail
from mailcase.domain.inbox import HoldReason, InboxMessage, InboxState
from mailcase.domain.mailbox import Mailbox
from mailcase.domain.number import format_number
from mailcase.errors import Invalid, Refused
from mailcase.rules.judge import opening
from mailcase.store import audit, inbox
from mailcase.store.tx import Tx

DISCARDED = "discarded"
"""Reason of a mail that a person set aside."""
RULE = "released by hand"


def release(
    tx: Tx,
    desk: Desk,
    message: InboxMessage,
    email: InboundEmail,
    classification: Classification,
    *,
    actor: str,
    now: datetime,
) -> InboxMessage:
    """File a held mail as a new case in spite of the reason; nobody outside is answered, the agents are told.

    The case begins `now`, as its clocks do. Raises Refused when it is not held or has no sender, Invalid when its
    mailbox is gone, StaleWrite when somebody else was first.
    """
    _require_held(message)
    if email.sender is None:
        raise Refused(
            f"mail {message.id} has no sender to open a case for; `mailcase inbox raw {message.id}` shows it."
        )
    found = context.gather(tx, desk, _mailbox(desk, message), email, classification, now)
    mail = Mail(
        message=replace(inbox.requeue(tx, message), received_at=now),
        email=email,
        classification=classification,
        # It opens a case like anybody's: a mail held for want of proof must not act for an agent now.
        context=replace(found, agent=None, has_authority=False, case=None),
        house=participants.of_house(desk),
    )
    decision = _decision(message, found, actor)
    step = Step(rule=RULE, place="", is_hit=True, why=f"by {actor}")
    trace = Trace(rulebook=desk.rulebook.version, steps=(step,))
    judged = opening(decision, trace, email, mail.context, desk.rulebook, received_at=now, now=now)
    mail = _claimed(tx, desk, mail, decision)
    settled = replace(act_on(tx, desk, mail, judged, now), rulebook=desk.rulebook.version, settled_at=now)
    inbox.settle(tx, settled)
    memory.remember(tx, mail, judged, now)
    case = format_number(settled.case_id) if settled.case_id else None
    _audit(tx, "inbox.release", message, settled, actor, now, case=[None, case])
    return replace(settled, received_at=message.received_at)


def _mailbox(desk: Desk, message: InboxMessage) -> Mailbox:
    mailbox = desk.mailboxes.get(message.mailbox)
    if mailbox is None:
        raise Invalid(f"mail {message.id} is of the mailbox {message.mailbox}, which mailcase.toml no longer has.")
    return mailbox


def _decision(message: InboxMessage, found: Context, actor: str) -> OpenCase:
    hinted = found.case or found.hinted_case
    return OpenCase(
        rule=RULE,
        fields=NewCase(note=_note(message, actor)),
        acknowledge=None,
        is_unverified=hinted is not None,
        related=hinted,
    )


def _claimed(tx: Tx, desk: Desk, mail: Mail, decision: OpenCase) -> Mail:
    """Return `mail` with the copy of it that another mailbox got. Raises Refused when that is all there is to file."""
    first, is_filed = copies.claim(tx, desk, mail, decision)
    if first is not None and not is_filed:
        raise Refused(
            f"the same mail is filed as mail {first.id} of {first.mailbox}; `mailcase inbox discard` this one."
        )
    return replace(mail, sibling=first)


def discard(tx: Tx, message: InboxMessage, why: str, actor: str, now: datetime) -> InboxMessage:
    """Set a held mail aside, with the reason in words; its bytes are kept and it can be tried again.

    Raises Refused when it is not held, StaleWrite when somebody else was first.
    """
    _require_held(message)
    requeued = inbox.requeue(tx, message)
    settled = replace(requeued, state=InboxState.SKIPPED, reason=DISCARDED, detail=why, settled_at=now)
    inbox.settle(tx, settled)
    _audit(tx, "inbox.discard", message, settled, actor, now)
    return settled


def _require_held(message: InboxMessage) -> None:
    if message.state is not InboxState.HELD:
        raise Refused(f"mail {message.id} is {message.state}, not held; `mailcase inbox held` shows what is.")


def _note(message: InboxMessage, actor: str) -> str:
    lines = [f"Released by {actor}. It was held: {message.reason}. {message.detail}".rstrip()]
    if message.reason == HoldReason.TOO_LARGE:
        lines.append("Only its header was fetched; the text and the files are in the mailbox on the mail server.")
    return "\n".join(lines)


def _audit(
    tx: Tx,
    action: str,
    before: InboxMessage,
    after: InboxMessage,
    actor: str,
    now: datetime,
    **more: object,
) -> None:
    changes = {name: [getattr(before, name), getattr(after, name)] for name in ("state", "reason", "detail")} | more
    record = AuditRecord(
        at=now,
        actor=actor,
        action=action,
        object_type="inbox",
        object_id=before.id,
        changes=json.dumps(changes, ensure_ascii=False),
    )
    audit.append(tx, [record])
