"""From the outbox to the servers: claim, COMMIT, try, settle.

Each mail is marked as begun, and that committed, before the server could have accepted anything of it; what a crash
leaves behind are rows in state `sending` whose lease runs out, because nobody renews it (`daemon.claims`). What was not
begun is then due again. Of what was begun, at most one mail, that of a person is sent again with the same bytes; an
automatic one may be out already and is not (GUARANTEES G8, G9).

How an attempt ended is kept until it is written: a database that goes away meanwhile costs no second copy.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from mailcase import metrics
from mailcase.app import App
from mailcase.clock import uptime
from mailcase.daemon.claims import LEASE, Claims
from mailcase.desk.delivery import end_lapsed, settle_delivery
from mailcase.domain.outbox import OutboxMessage, OutboxState, RecipientState
from mailcase.log import get_logger
from mailcase.store import inbox, outbox
from mailcase.transport.ports import Postman

BATCH = 20  # mails claimed at once
log = get_logger(__name__)


def deliver(
    app: App,
    postmen: Mapping[str, Postman],
    is_stopping: Callable[[], bool] = lambda: False,
    claims: Claims | None = None,
) -> int:
    """Try what is due for the mailboxes that have a postman, a batch for each; return how many mails were due.

    Mails of other mailboxes stay queued, and so does what is not begun when `is_stopping` says so. Raises Unavailable
    when the database is; who calls it again after that gives the same `claims`, which know what was sent.
    """
    claims = claims or Claims(app)
    _settle(app, claims)
    with app.database.begin() as tx:
        end_lapsed(tx, app.now())
    tried = 0
    for mailbox, postman in postmen.items():
        asked_at = uptime()
        with app.database.begin() as tx:
            batch = outbox.claim(tx, app.now(), BATCH, LEASE, mailbox)
        claims.outbox.keep({message.id: message.fence for message in batch}, asked_at)
        try:
            _deliver_for(app, claims, postman, batch, is_stopping)
        finally:
            claims.let_go(batch)
        tried += len(batch)
    return tried


def take_over(app: App) -> None:
    """Make what a daemon before this one left behind due at once: on SQLite there can be no other that still has it."""
    if app.database.path is not None:
        with app.database.begin() as tx:
            outbox.end_leases(tx, app.now())
            inbox.end_leases(tx)


def _deliver_for(
    app: App, claims: Claims, postman: Postman, messages: list[OutboxMessage], is_stopping: Callable[[], bool]
) -> None:
    """Try mails of one mailbox; what became of each is committed together with the beginning of the next."""
    claimed = {message.id: message for message in messages}
    left: list[OutboxMessage] = []

    def begun() -> Iterator[OutboxMessage]:
        for message in messages:
            if is_stopping():
                left.append(message)
            elif _settle(app, claims, begin=message):
                yield message

    for delivery in postman.deliver(begun()):
        claims.note_ended((claimed[delivery.outbox_id], delivery))
    _settle(app, claims)
    if not left:
        return
    with app.database.begin() as tx:
        for message in left:
            outbox.settle(tx, replace(message, state=OutboxState.QUEUED, lease_until=None), message.fence)


def _settle(app: App, claims: Claims, begin: OutboxMessage | None = None) -> bool:
    """Write and forget how attempts ended, and that the next begins; return False when that is no longer ours to send."""
    tried = claims.take_ended()
    if not tried and begin is None:
        return False
    asked_at = uptime()
    try:
        with app.database.begin() as tx:
            settled = [settle_delivery(tx, app.desk, message, delivery, app.now()) for message, delivery in tried]
            is_begun = begin is not None and outbox.begin(tx, begin, LEASE, app.now())
    except BaseException:
        claims.note_ended(*tried)
        raise
    if begin is not None and is_begun:
        claims.outbox.keep({begin.id: begin.fence}, asked_at)
    for after, (message, delivery) in zip(settled, tried, strict=True):
        claims.outbox.drop(message.id)
        metrics.SENT.labels(message.mailbox, after.state).inc()
        refused = sum(one.state is RecipientState.REFUSED for one in delivery.recipients)
        metrics.REFUSED.labels(message.mailbox).inc(refused)
        log.info(
            "outbox.tried",
            outbox=message.id,
            message_id=message.message_id,
            template=message.template or None,
            state=after.state,
            phase=delivery.phase,
            response=delivery.response[:200],
        )
    return is_begun
