"""What is stored of each folder, by the numbers that its server gave: asked for those that are there now."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, func, select

from mailcase.domain.inbox import InboxState, Source
from mailcase.store import schema
from mailcase.store.columns import Moment, fixed
from mailcase.store.statement import Listed, Statement
from mailcase.store.tx import Tx

_inbox = schema.inbox.c
_others = schema.inbox.alias("others")
_of_folder = (_inbox.mailbox == bindparam("mailbox")) & (_inbox.uidvalidity == bindparam("uidvalidity"))
_taken = Listed(lambda listed: select(_inbox.uid).where(_of_folder, _inbox.uid.in_(listed)))
_done_with = Listed(
    lambda listed: (
        select(_inbox.uid)
        .where(_of_folder, _inbox.uid.in_(listed), _inbox.is_truncated.is_(False))
        .where(_inbox.state.in_([fixed(InboxState.FILED), fixed(InboxState.SKIPPED)]))
        .where(func.coalesce(_inbox.settled_at, _inbox.received_at) <= bindparam("before", type_=Moment))
        # The same bytes may be held under another number: the folder was made anew, or the mail came twice.
        .where(
            ~select(_others.c.id)
            .where(_others.c.sha256 == _inbox.sha256)
            .where(_others.c.state.in_([fixed(InboxState.RECEIVED), fixed(InboxState.HELD)]))
            .exists()
        )
    )
)

_count = Statement(
    select(func.count()).where(_inbox.mailbox == bindparam("mailbox"), _inbox.source == bindparam("source"))
)


def taken(tx: Tx, mailbox: str, uidvalidity: int, uids: Sequence[int]) -> frozenset[int]:
    """Return which of `uids` are stored of a mailbox under this uidvalidity."""
    folder = {"mailbox": mailbox, "uidvalidity": uidvalidity}
    return frozenset(uid for (uid,) in tx.listed(_taken, uids, folder))


def done_with(tx: Tx, mailbox: str, uidvalidity: int, uids: Sequence[int], before: datetime) -> frozenset[int]:
    """Return which of `uids` are stored as a whole, and were filed or skipped at `before` (UTC) or earlier.

    Held mail is never among them, nor mail whose bytes are held under another number too.
    """
    folder = {"mailbox": mailbox, "uidvalidity": uidvalidity, "before": before}
    return frozenset(uid for (uid,) in tx.listed(_done_with, uids, folder))


def count(tx: Tx, mailbox: str, source: Source) -> int:
    """Return how many mails of a mailbox came from such a source."""
    found: int = tx.scalar(_count, {"mailbox": mailbox, "source": source})
    return found
