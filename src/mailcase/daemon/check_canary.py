"""A canary mail by hand: sent now through SMTP, and awaited in the mailbox, with or without a daemon that files it."""

import time
from collections.abc import Iterator
from datetime import timedelta

from mailcase.app import App
from mailcase.daemon.connections import smtp_postman
from mailcase.daemon.finding import Finding
from mailcase.daemon.sources import Session, fetched_mailboxes, session_of
from mailcase.desk import canary
from mailcase.domain.outbox import OutboxMessage, RecipientState
from mailcase.errors import MailcaseError, Unavailable
from mailcase.store import inbox

PATIENCE = timedelta(seconds=60)
PAUSE = timedelta(seconds=1)
BATCH = 20


def check_canaries(app: App, patience: timedelta = PATIENCE) -> Iterator[Finding]:
    """Yield a finding for each mailbox that sends and fetches: how long its canary mail took, or what went wrong."""
    for name in fetched_mailboxes(app.config):
        if app.config.smtp_of(name) is None:
            continue
        what = f"canary of {name}"
        began = time.monotonic()
        try:
            is_back = _round_trip(app, name, patience)
        except MailcaseError as error:
            remedy = error.remedy if isinstance(error, Unavailable) else ""
            yield Finding(what=what, is_ok=False, message=str(error), remedy=remedy)
            continue
        took = time.monotonic() - began
        if is_back:
            yield Finding(what=what, is_ok=True, message=f"went out and came back in {took:.1f} s")
        else:
            message = f"was taken by the mail server, and has not come back in {patience.total_seconds():.0f} s."
            yield Finding(
                what=what, is_ok=False, message=message, remedy="Look into its junk folder, and the server's log."
            )


def _round_trip(app: App, name: str, patience: timedelta) -> bool:
    message = canary.compose(app.desk, app.desk.mailboxes[name], time.time_ns(), app.now())
    session = session_of(app.config, name, app.tokens)
    try:
        session.open()
        there = frozenset(session.uids())
        _hand_over(app, name, message)
        return _comes_back(app, session, there, message.message_id, patience)
    finally:
        session.close()


def _hand_over(app: App, name: str, message: OutboxMessage) -> None:
    postman = smtp_postman(app.config, name, app.tokens)
    try:
        (delivery,) = postman.deliver([message])
    finally:
        postman.close()
    if any(one.state is not RecipientState.ACCEPTED for one in delivery.recipients):
        raise Unavailable(
            f"the mail server did not take it: {delivery.response}", remedy="Mend what it complains of, and try again."
        )


def _comes_back(app: App, session: Session, there: frozenset[int], message_id: str, patience: timedelta) -> bool:
    """Wait until the mail is in the folder, or a daemon has stored it meanwhile; `there` are the UIDs from before."""
    deadline = time.monotonic() + patience.total_seconds()
    while time.monotonic() < deadline:
        with app.database.read() as tx:
            if inbox.by_message_id(tx, message_id, limit=1):
                return True
        new = [uid for uid in session.uids() if uid not in there][:BATCH]
        if any(message_id.encode() in one.raw for one in session.fetch_uids(new)):
            return True
        there = there.union(new)
        session.wait(PAUSE)
    return False
