"""From the outbox to the servers: claim, COMMIT, try, settle.

The claim is committed before the server could have accepted anything; what a crash leaves behind is a row in state
`sending` whose lease runs out. A mail that a person wrote is then sent again with the same bytes; an automatic one may
be out already and is not (GUARANTEES G8, G9).
"""

from collections.abc import Mapping
from datetime import timedelta

from mailcase.app import App
from mailcase.desk.delivery import give_up_lapsed, settle_delivery
from mailcase.domain.outbox import OutboxMessage
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
    claimed = {message.id: message for message in messages}
    for delivery in postman.deliver(messages):
        message = claimed[delivery.outbox_id]
        with app.database.begin() as tx:
            settled = settle_delivery(tx, app.desk, message, delivery, app.now())
        log.info(
            "outbox.tried",
            outbox=message.id,
            message_id=message.message_id,
            template=message.template or None,
            state=settled.state,
            phase=delivery.phase,
            response=delivery.response[:200],
        )
