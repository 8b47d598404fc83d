"""The same mail in several of our mailboxes, by To and Cc, Bcc or a forward of the server: one of them is filed.

`Copies` says what another mailbox's copy becomes. A copy in the same mailbox, and the copy of a mail that joined a case,
is never filed again: an agent's commands run once, and the customer is answered once.
"""

from dataclasses import replace
from datetime import datetime

from mailcase.desk.context import surviving
from mailcase.desk.desk import Desk
from mailcase.desk.filing import Mail
from mailcase.domain.activity import TimelineEntry
from mailcase.domain.decision import Decision, Hold, Ignore, OpenCase
from mailcase.domain.inbox import InboxMessage
from mailcase.domain.mailbox import Copies
from mailcase.mail.fingerprint import fingerprint
from mailcase.store import fingerprints, inbox, timeline
from mailcase.store.tx import Tx

COPY = "copy"
"""Reason of a mail that is filed already, as another one."""
ANYWHERE = ""
"""The scope in which the first of all copies is named; the others have a mailbox for theirs."""


def claim(tx: Tx, desk: Desk, mail: Mail, decision: Decision) -> tuple[InboxMessage | None, bool]:
    """Return the mail that was filed with the same words before, and whether `mail` is to be filed nevertheless.

    Of copies that are filed at the same moment one comes first, on every daemon. A mail that is not filed claims nothing.
    """
    key = fingerprint(mail.email)
    if key is None or isinstance(decision, Hold | Ignore):
        return None, True
    first = _other(tx, key, ANYWHERE, mail)
    if first is None:
        return None, True
    is_for_this_mailbox = desk.copies is Copies.ONE_PER_MAILBOX and first.mailbox != mail.message.mailbox
    if not (is_for_this_mailbox and isinstance(decision, OpenCase)):
        return first, False
    twin = _other(tx, key, mail.message.mailbox, mail)
    return (first, True) if twin is None else (twin, False)


def _other(tx: Tx, key: str, scope: str, mail: Mail) -> InboxMessage | None:
    owner = fingerprints.claim(tx, key, scope, mail.message.id)
    return None if owner == mail.message.id else inbox.get(tx, owner)


def settle(tx: Tx, settled: InboxMessage, first: InboxMessage, now: datetime) -> InboxMessage:
    """Return the skipped row `settled` of a mail that was filed before as `first`; the timeline of the case tells it."""
    case = surviving(tx, first.case_id) if first.case_id is not None else None
    if case is not None:
        where = "once more" if first.mailbox == settled.mailbox else f"to {settled.mailbox} too"
        entry = TimelineEntry(
            case_id=case.id,
            at=now,
            event="mail_copied",
            actor="system",
            cause=f"mail {settled.id}",
            summary=f"the same mail came {where}: mail {settled.id} is a copy of mail {first.id}",
        )
        timeline.append(tx, [entry])
    detail = f"The same mail is filed as mail {first.id} of {first.mailbox}."
    return replace(settled, reason=COPY, detail=detail, case_id=case.id if case else None, settled_at=now)
