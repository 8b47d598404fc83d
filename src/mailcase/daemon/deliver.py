"""From the outbox to the servers: claim, COMMIT, try, settle.

Each mail is marked as begun, and that committed, before the server could have accepted anything of it; what a crash
leaves behind are rows in state `sending` whose lease runs out, because nobody renews it (`daemon.claims`). What was not
begun is then due again. Of what was begun, at most one mail, that of a person is sent again with the same bytes; an
automatic one may be out already and is not (GUARANTEES G8, G9).

How an attempt ended is kept until it is written: a database that goes away meanwhile costs no second copy.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime

from mailcase import metrics
from mailcase.app import App
from mailcase.clock import uptime
from mailcase.config import Config
from mailcase.daemon.claims import LEASE, Claims
from mailcase.desk import sending
from mailcase.desk.delivery import end_lapsed, settle_delivery
from mailcase.desk.sending import Account
from mailcase.domain.outbox import Delivery, OutboxMessage, OutboxState, RecipientState
from mailcase.domain.pace import parse_rate
from mailcase.errors import Unavailable
from mailcase.log import get_logger
from mailcase.store import inbox, outbox
from mailcase.store.tx import Tx
from mailcase.transport.ports import Postman

BATCH = 20  # mails claimed at once
log = get_logger(__name__)


def deliver(
    app: App,
    postmen: Mapping[str, Postman],
    is_stopping: Callable[[], bool] = lambda: False,
    claims: Claims | None = None,
) -> int:
    """Try what is due and may go out for the mailboxes that have a postman, a batch for each account; return how many were begun.

    What may go out now is `desk.sending`'s to say. Mails of other mailboxes stay queued, and so does what is not begun when `is_stopping` says so. Raises Unavailable
    when the database is; who calls it again after that gives the same `claims`, which know what was sent.
    """
    claims = claims or Claims(app)
    _settle(app, claims)
    _give_back(app, claims)
    with app.database.begin() as tx:
        end_lapsed(tx, app.now(), claims.outbox.in_hand())
    tried = 0
    for account, postman in _accounts(app.config, postmen):
        asked_at = uptime()
        with app.database.begin() as tx:
            batch = sending.claim(tx, app.desk, account, app.now(), lease=LEASE)
        claims.outbox.keep({message.id: message.fence for message in batch}, asked_at)
        try:
            tried += _deliver_for(app, claims, postman, batch, is_stopping)
        except Unavailable:
            claims.note_left(batch)
            raise
        finally:
            claims.let_go(batch)
    return tried


def _accounts(config: Config, postmen: Mapping[str, Postman]) -> Iterator[tuple[Account, Postman]]:
    """Yield each postman with the account that it sends by."""
    by_key: dict[str, list[str]] = {}
    for mailbox in postmen:
        by_key.setdefault(_account(config, mailbox), []).append(mailbox)
    for key, mailboxes in by_key.items():
        settings = config.smtp_of(mailboxes[0]) if mailboxes[0] in config.mailboxes else None
        rates = tuple(parse_rate(rate) for rate in settings.rate) if settings else ()
        batch = BATCH // settings.connections if settings else BATCH  # several connections share what there is
        yield Account(key=key, mailboxes=tuple(mailboxes), rates=rates, batch=batch), postmen[mailboxes[0]]


def _account(config: Config, mailbox: str) -> str:
    """Return who we are when we send for `mailbox`; one without settings is for itself."""
    settings = config.smtp_of(mailbox) if mailbox in config.mailboxes else None
    return settings.account if settings else mailbox


def _whole_account(config: Config, mailbox: str) -> Account:
    """Return who we are when we send for `mailbox`, with all mailboxes that we are that for."""
    key = _account(config, mailbox)
    return Account(
        key=key, mailboxes=tuple({mailbox, *(one for one in config.mailboxes if _account(config, one) == key)})
    )


def take_over(app: App) -> None:
    """Make what a daemon before this one left behind due at once: on SQLite there can be no other that still has it."""
    if app.database.path is not None:
        with app.database.begin() as tx:
            outbox.end_leases(tx, app.now())
            inbox.end_leases(tx)


def _deliver_for(
    app: App, claims: Claims, postman: Postman, messages: list[OutboxMessage], is_stopping: Callable[[], bool]
) -> int:
    """Try mails of one account and return how many were begun; what became of each is committed as the next begins."""
    claimed = {message.id: message for message in messages}
    left: list[OutboxMessage] = []

    def begun() -> Iterator[OutboxMessage]:
        for message in messages:
            if is_stopping():
                left.append(message)
                continue
            is_begun = _settle(app, claims, begin=message)
            if is_begun is None:
                left.append(message)
            elif is_begun:
                yield message

    for delivery in postman.deliver(begun()):
        claims.note_ended((claimed[delivery.outbox_id], delivery))
    _settle(app, claims)
    claims.note_left(left)
    _give_back(app, claims)
    return len(messages) - len(left)


def _give_back(app: App, claims: Claims) -> None:
    """Let others have at once what was claimed and is not begun; what was settled meanwhile stays as it is."""
    left = claims.take_left()
    if not left:
        return
    try:
        with app.database.begin() as tx:
            for message in left:
                outbox.settle(tx, replace(message, state=OutboxState.QUEUED, lease_until=None), message.fence)
    except BaseException:
        claims.note_left(left)
        raise


def _settle(app: App, claims: Claims, begin: OutboxMessage | None = None) -> bool | None:
    """Write and forget how attempts ended, and that the next begins.

    Returns False when that is no longer ours to send, None when its server asked for a rest.
    """
    tried = claims.take_ended()
    if not tried and begin is None:
        return False
    asked_at, now = uptime(), app.now()
    try:
        with app.database.begin() as tx:
            settled = [_settle_one(tx, app, message, delivery, now) for message, delivery in tried]
            may_begin = begin is not None and sending.may_begin(tx, _account(app.config, begin.mailbox), now)
            is_begun = begin is not None and may_begin and outbox.begin(tx, begin, LEASE, now)
    except BaseException:
        claims.note_ended(*tried)
        raise
    if begin is not None and is_begun:
        claims.outbox.keep({begin.id: begin.fence}, asked_at)
    for after, (message, delivery) in zip(settled, tried, strict=True):
        claims.outbox.drop(message.id)
        _tell(after, message, delivery)
    return is_begun if may_begin else None


def _settle_one(tx: Tx, app: App, message: OutboxMessage, delivery: Delivery, now: datetime) -> OutboxMessage:
    settled = settle_delivery(tx, app.desk, message, delivery, now)
    rest = sending.heed(tx, app.desk, _whole_account(app.config, message.mailbox), delivery, now)
    if rest is not None:
        log.warning("outbox.slowed", account=rest.account, until=rest.until.isoformat(), response=rest.response)
    return settled


def _tell(after: OutboxMessage, message: OutboxMessage, delivery: Delivery) -> None:
    """Count and log an attempt."""
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
