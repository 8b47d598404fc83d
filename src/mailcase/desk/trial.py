"""What would be decided about a mail, without doing any of it."""

from datetime import datetime

from mailcase.desk import context
from mailcase.desk.desk import Desk
from mailcase.domain.email import InboundEmail
from mailcase.domain.mailbox import Mailbox
from mailcase.mail.classify import classify
from mailcase.rules.judge import Judgement, judge
from mailcase.store.tx import Tx


def judge_mail(tx: Tx, desk: Desk, mailbox: Mailbox, email: InboundEmail, now: datetime) -> Judgement:
    """Return what the rules say about `email` if it were received by `mailbox` at `now`."""
    classification = classify(email, desk.own_addresses)
    found = context.gather(tx, desk, mailbox, email, classification, now)
    return judge(email, classification, found, desk.rulebook, received_at=now, now=now)
