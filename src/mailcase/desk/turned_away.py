"""The answer to a mail that opens no case because its sender has bought no support."""

from datetime import datetime

from mailcase.desk import acknowledgement, letters, post
from mailcase.desk.desk import Desk
from mailcase.desk.filing import Mail
from mailcase.desk.record import queue_mail
from mailcase.domain.decision import Ignore
from mailcase.domain.party import canonical_address
from mailcase.mail.draft import AutoSubmitted
from mailcase.store.tx import Tx


def answer(tx: Tx, desk: Desk, mail: Mail, decision: Ignore, now: datetime) -> None:
    """Tell the sender of a mail that opens no case so, if the rule wants it and no limit is reached."""
    sender, mailbox = mail.email.sender, mail.context.mailbox
    if decision.answer is None or sender is None or mail.message.is_quiet:
        return
    if acknowledgement.objection(tx, desk, canonical_address(sender.address), now):
        return
    known = mail.context.contact.language if mail.context.contact else None
    content = letters.without_case(desk, mailbox, mail.email.language or known or mailbox.language)
    rendered = desk.templates.render(decision.answer, content, language=content.language, mailbox=mailbox.name)
    cover = post.Cover(template=decision.answer, key=mail.act.cause, now=now, auto_submitted=AutoSubmitted.REPLIED)
    queue_mail(tx, post.without_case(mailbox, mail.email, desk, rendered, cover))
