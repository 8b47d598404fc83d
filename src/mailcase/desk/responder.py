"""Machines that answer each of our mails and do not say so: two of them would write to each other for ever (GUARANTEES G11).

A machine that marks its mail as RFC 3834 asks is known by that. One that does not is known by what it does: it says the
same again and again, or answers faster than people write.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from mailcase.domain.activity import Activity
from mailcase.domain.decision import Context
from mailcase.domain.email import Classification, InboundEmail, Kind
from mailcase.domain.inbox import InboxMessage
from mailcase.domain.party import canonical_address
from mailcase.store import activities
from mailcase.store.tx import Tx

SAME_WITHIN = timedelta(hours=1)
MAX_SAME = 3  # as an acknowledgement, GUARANTEES G11; a person who repeats himself stops before
FAST_WITHIN = timedelta(minutes=10)
MAX_FAST = 10
LOOKED_AT = 40  # newest activities of the case, ours among them


def watched(
    tx: Tx, message: InboxMessage, context: Context, email: InboundEmail, classification: Classification, now: datetime
) -> Context:
    """Return `context` with what shows that a machine writes, if anything does.

    Commands are the same again and again by nature. Older mail, and a mail that a person asked to try again, pass.
    """
    text = email.reply.text.strip()
    if context.case is None or classification.kind is not Kind.HUMAN or message.is_quiet or message.sender:
        return context
    if email.sender is None or (context.agent is not None and text.startswith("#")):
        return context
    newest = activities.newest(tx, context.case.id, LOOKED_AT)
    theirs = [one for one in newest if _is_of(one, context, email.sender.address)]
    same = sum(one.text.strip() == text for one in theirs if now - one.created_at < SAME_WITHIN)
    fast = sum(now - one.created_at < FAST_WITHIN for one in theirs)
    if same >= MAX_SAME:
        return replace(context, machine=f"{same} mails before it said the same within an hour")
    if fast >= MAX_FAST:
        return replace(context, machine=f"{fast} mails came before it within ten minutes")
    return context


def _is_of(activity: Activity, context: Context, address: str) -> bool:
    """Whether the sender of a mail wrote an activity: the agent, or whoever has the address."""
    if context.agent is not None:
        return activity.created_by == context.agent.key
    return bool(activity.sender) and canonical_address(activity.sender) == canonical_address(address)
