"""From the inbox into cases: each stored mail is read in a process of its own and filed inside one transaction.

While a mail is filed, the next one is read. An attempt is counted and committed before the mail is touched, so that a mail which kills the daemon is held after
its last attempt instead of killing it for ever (GUARANTEES G6).
"""

from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

from mailcase import metrics
from mailcase.app import App
from mailcase.clock import uptime
from mailcase.daemon.claims import FILING_LEASE, Claims
from mailcase.daemon.readers import Found, Readers, readers_of
from mailcase.desk.desk import Desk
from mailcase.desk.intake import file_mail
from mailcase.domain.inbox import MAX_ATTEMPTS, HoldReason, InboxMessage, InboxState
from mailcase.domain.number import format_number
from mailcase.errors import Invalid, Refused, StaleWrite, Unavailable, Unparseable
from mailcase.log import get_logger
from mailcase.store import inbox

BATCH = 50  # mails taken at once; each is filed in a transaction of its own
READ_BYTES = 4_000_000  # of raw mail that is read at once; a larger mail is read alone
ATTEMPT_DELAYS = (timedelta(0), timedelta(minutes=1), timedelta(minutes=10))  # before the second and third attempt
STALE_TRIES = 5
log = get_logger(__name__)


def intake(app: App, claims: Claims | None = None, readers: Readers | None = None) -> int:
    """File what is due, one batch; return how many mails were worked on. Raises Unavailable when the database is.

    Who calls it again after that gives the same `claims`: what was in hand then goes on, at the cost of no attempt.
    Without `readers` mails are read in this process.
    """
    claims = claims or Claims(app)
    readers = readers or readers_of(app, count=0)
    resumed = claims.unfinished()
    _file_all(app, claims, readers, resumed)
    asked_at = uptime()
    with app.database.begin() as tx:
        now = app.now()
        due = inbox.next_received(tx, now, BATCH)
        taken = inbox.begin_attempts(tx, [message for message in due if not message.attempts], FILING_LEASE, now)
    claims.take(taken, asked_at)
    _file_all(app, claims, readers, taken)
    for message in due:
        if message.attempts:
            _retry(app, claims, readers, message)
    return len(resumed) + len(due)


def _file_all(app: App, claims: Claims, readers: Readers, messages: list[InboxMessage]) -> None:
    """File mails that were taken; one that another daemon may have taken meanwhile is left to that."""
    desk = app.desk  # of one set of rules for the whole batch: some of it is read ahead
    for message, found in readers.each(_with_bytes(app, messages), desk.own_addresses):
        if claims.inbox.holds(message.id):
            _file(app, desk, message, found)
        claims.finish(message)


def _retry(app: App, claims: Claims, readers: Readers, message: InboxMessage) -> None:
    """Try a mail again whose last attempt failed or never ended.

    It is taken alone, so that one that kills the daemon costs no other mail an attempt. After its last attempt it is
    held untouched: had that one ended, its outcome would be here.
    """
    with suppress(StaleWrite):  # another daemon has it
        if message.attempts >= MAX_ATTEMPTS:
            detail = f"The daemon ended while filing it, {message.attempts} times. `mailcase inbox retry {message.id}` tries it again."
            _hold(app, message, HoldReason.FILING_FAILED, detail)
            return
        asked_at = uptime()
        with app.database.begin() as tx:
            taken = inbox.begin_attempts(tx, [message], FILING_LEASE, app.now())
        claims.take(taken, asked_at)
        _file_all(app, claims, readers, taken)


def _with_bytes(app: App, messages: Iterable[InboxMessage]) -> Iterator[tuple[InboxMessage, bytes | None]]:
    """Yield each mail with its raw bytes; small ones are read together."""
    left = deque(messages)
    while left:
        few, size = [left.popleft()], 0
        while left and (size := size + few[-1].size) + left[0].size <= READ_BYTES:
            few.append(left.popleft())
        with app.database.read() as tx:
            read = [inbox.raw(tx, message.sha256) for message in few]
        yield from zip(few, read, strict=True)


def _file(app: App, desk: Desk, message: InboxMessage, found: Found) -> None:
    """File one mail; whatever goes wrong with it stays with it."""
    try:
        _try_to_file(app, desk, message, found)
    except StaleWrite:
        log.warning("inbox.taken_over", mail=message.id, attempt=message.attempts)


def _try_to_file(app: App, desk: Desk, message: InboxMessage, found: Found) -> None:
    """File one mail, or write why not. Raises StaleWrite when another daemon has it by now."""
    try:
        _file_found(app, desk, message, found)
    except Unavailable:
        raise
    except Unparseable as error:
        _hold(app, message, HoldReason(error.reason), str(error))
    except (Refused, Invalid) as error:
        _hold(app, message, HoldReason.FILING_FAILED, str(error))
    except Exception as error:
        if isinstance(error, StaleWrite):
            _require_in_hand(app, message)
        log.exception("inbox.failed", mail=message.id, attempt=message.attempts)
        _fail(app, message, f"{type(error).__name__}: {error}.")


def _fail(app: App, message: InboxMessage, what: str) -> None:
    """End an attempt that failed: the mail waits for the next, or is held after the last."""
    if message.attempts >= MAX_ATTEMPTS:
        _hold(app, message, HoldReason.FILING_FAILED, f"{what} `mailcase inbox retry {message.id}` tries it again.")
        return
    with app.database.begin() as tx:
        inbox.postpone(tx, message, app.now() + ATTEMPT_DELAYS[message.attempts])


def _require_in_hand(app: App, message: InboxMessage) -> None:
    """Raise StaleWrite when another daemon has begun or ended another attempt at a mail."""
    with app.database.read() as tx:
        if not inbox.is_in_hand(tx, message):
            raise StaleWrite(f"mail {message.id} was taken over by another daemon.")


def _file_found(app: App, desk: Desk, message: InboxMessage, found: Found) -> None:
    if found is None:
        raise Invalid(f"the bytes of mail {message.id} ({message.sha256}) are not in the database.")
    if isinstance(found, Exception):
        raise found
    email, classification = found
    for _ in range(STALE_TRIES):
        try:
            with app.database.begin() as tx:
                filed = file_mail(tx, desk, message, email, classification, app.now())
        except StaleWrite:
            _require_in_hand(app, message)
            continue
        metrics.FILED.labels(message.mailbox, filed.state).inc()
        is_held = filed.state is InboxState.HELD
        (log.warning if is_held else log.info)(
            "inbox.held" if is_held else "inbox.filed",
            mail=message.id,
            message_id=email.message_id,
            state=filed.state,
            kind=filed.kind,
            case=format_number(filed.case_id) if filed.case_id else None,
            rule=filed.rule,
            reason=filed.reason or None,
        )
        return
    raise StaleWrite(f"mail {message.id}: its case changed {STALE_TRIES} times while it was being filed.")


def _hold(app: App, message: InboxMessage, reason: HoldReason, detail: str) -> None:
    log.warning("inbox.held", mail=message.id, reason=reason)
    now = app.now()
    held = replace(message, state=InboxState.HELD, reason=reason, detail=detail, next_attempt_at=None, settled_at=now)
    with app.database.begin() as tx:
        inbox.settle(tx, held)
    metrics.FILED.labels(message.mailbox, InboxState.HELD).inc()
