"""From the outbox to the servers: claim, COMMIT, try, settle.

The claim is committed before the server could have accepted anything; what a crash leaves behind is a row in state
`sending` whose lease runs out. A mail that a person wrote is then sent again with the same bytes; an automatic one may
be out already and is not (GUARANTEES G8, G9).
"""

from collections.abc import Mapping
from datetime import timedelta

from mailcase import metrics
from mailcase.app import App
from mailcase.desk.delivery import give_up_lapsed, settle_delivery
from mailcase.domain.outbox import Authorship, Delivery, OutboxMessage, RecipientState
from mailcase.log import get_logger
from mailcase.store import outbox
from mailcase.transport.ports import Postman

BATCH = 20  # mails claimed at once
LEASE = timedelta(minutes=20)  # longer than the longest SMTP dialogue: DATA and dot wait 600 s
log = get_logger(__name__)


def deliver(app: App, postmen: Mapping[str, Postman]) -> int:
    """Try what is due for the mailboxes that have a postman, a batch for each; return how many mails were tried.

    Mails of other mailboxes stay queued. Raises Unavailable when the database is.
    """
    with app.database.begin() as tx:
        give_up_lapsed(tx, app.now())
    tried = 0
    for mailbox, postman in postmen.items():
        with app.database.begin() as tx:
            batch = outbox.claim(tx, app.now(), BATCH, LEASE, mailbox)
        _deliver_for(app, postman, batch)
        tried += len(batch)
    return tried


def _deliver_for(app: App, postman: Postman, messages: list[OutboxMessage]) -> None:
    """Try mails of one mailbox.

    What became of an automatic mail is written with the next: a crash before that leaves it unsure, but not sent twice.
    A person's mail would be sent twice, so its end is written at once.
    """
    claimed = {message.id: message for message in messages}
    tried: list[tuple[OutboxMessage, Delivery]] = []
    for delivery in postman.deliver(messages):
        message = claimed[delivery.outbox_id]
        tried.append((message, delivery))
        if message.authorship is Authorship.HUMAN:
            _settle(app, tried)
            tried.clear()
    _settle(app, tried)


def _settle(app: App, tried: list[tuple[OutboxMessage, Delivery]]) -> None:
    if not tried:
        return
    with app.database.begin() as tx:
        settled = [settle_delivery(tx, app.desk, message, delivery, app.now()) for message, delivery in tried]
    for after, (message, delivery) in zip(settled, tried, strict=True):
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
