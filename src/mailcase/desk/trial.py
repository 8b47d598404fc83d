"""What would be decided about a mail, without doing any of it."""

from datetime import datetime

from mailcase.desk import context
from mailcase.desk.desk import Desk
from mailcase.domain.decision import Decision, Trace
from mailcase.domain.email import InboundEmail
from mailcase.domain.mailbox import Mailbox
from mailcase.mail.classify import classify
from mailcase.rules.decide import decide
from mailcase.store.tx import Tx


def decide_on(tx: Tx, desk: Desk, mailbox: Mailbox, email: InboundEmail, now: datetime) -> tuple[Decision, list[Trace]]:
    """Return the decision about `email` and the rules that were tried for it."""
    classification = classify(email, desk.own_addresses)
    found = context.gather(tx, desk, mailbox, email, classification, now)
    decision, trace = decide(email, classification, found, desk.rulebook, now)
    return decision, [trace]
