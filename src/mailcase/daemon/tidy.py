"""Deleting where it was fetched what is filed, some time after: for mailboxes with `after_filing = "delete"`.

The folder is asked what it holds and the ledger what of that is done with, each time anew, so there is nothing to lose
when the daemon dies. Held mail stays, whatever its age, and so does a mail of which only the header was fetched.
"""

from collections.abc import Iterable, Mapping
from contextlib import closing
from datetime import datetime, timedelta

from mailcase.app import App
from mailcase.daemon.health import Health
from mailcase.daemon.poll import batches
from mailcase.daemon.sources import kept_for, session_of
from mailcase.errors import Unavailable
from mailcase.log import get_logger
from mailcase.store import ledger
from mailcase.transport.ports import TidySession

AT_ONCE = 500  # mails of one mailbox; the rest wait for the next time
ELSEWHERE = "Let the server offer what is missing, or take another after_filing."
REFUSED = "Let the login delete in that folder (its rights on the server), or take another after_filing."
log = get_logger(__name__)


def note(health: Health, mailboxes: Iterable[str], failed: Mapping[str, Unavailable], now: datetime) -> None:
    """Tell those who ask how the daemon does, and the log, which of `mailboxes` could not be tidied; others are well."""
    for mailbox in mailboxes:
        name, error = f"delete {mailbox}", failed.get(mailbox)
        if error is None:
            health.remove(name)
            continue
        if name not in health.all():
            health.add(name)
        health.failed(name, str(error), error.remedy, now)
        log.warning("mailbox.not_tidied", mailbox=mailbox, because=str(error), remedy=error.remedy)


def tidy_all(app: App, mailboxes: list[str]) -> list[tuple[str, Unavailable]]:
    """Tidy those of `mailboxes` that are to be; return those that could not be reached, with the reason."""
    failed = []
    for name in mailboxes:
        delay = kept_for(app.config, name)
        if delay is None:
            continue
        try:
            with closing(session_of(app.config, name, app.tokens)) as session:
                tidy(app, name, session, delay)
        except Unavailable as error:  # the others are tidied all the same
            failed.append((name, error))
    return failed


def tidy(app: App, mailbox: str, session: TidySession, delay: timedelta) -> int:
    """Delete up to `AT_ONCE` mails that were filed or skipped `delay` ago or earlier; return how many are gone.

    Raises Unavailable when the server or the database is, or when the server lets nothing be deleted.
    """
    folder = session.open()
    if session.limitations:
        raise Unavailable(f"filed mail is not deleted: {'; '.join(session.limitations)}", remedy=ELSEWHERE)
    before = app.now() - delay
    due: list[int] = []
    for some in batches(session.uids()):
        with app.database.read() as tx:
            due += sorted(ledger.done_with(tx, mailbox, folder.uidvalidity, some, before))
        if len(due) >= AT_ONCE:
            break
    if not due:
        return 0
    gone = session.remove(due[:AT_ONCE])
    if not gone:
        raise Unavailable(f"none of {len(due)} filed mails could be deleted: the server refuses it", remedy=REFUSED)
    log.info("mailbox.tidied", mailbox=mailbox, deleted=len(gone), left=len(due) - len(gone))
    return len(gone)
