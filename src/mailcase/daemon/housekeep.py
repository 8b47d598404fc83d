"""What is done now and then, whatever comes in: the digest of held mail and the alarms that nobody event raises."""

from mailcase.app import App
from mailcase.desk.admin import queue_digest
from mailcase.desk.entitlement_work import renew_due
from mailcase.desk.today import queue_digests
from mailcase.log import get_logger

log = get_logger(__name__)


def housekeep(app: App) -> bool:
    """Do what is due; return whether there is mail to send. Raises Unavailable when the database is."""
    with app.database.begin() as tx:
        is_queued = queue_digest(tx, app.desk, app.now())
        renewed = renew_due(tx, app.now())
        digests = queue_digests(tx, app.desk, app.now())
    if renewed:
        log.info("entitlements.renewed", entitlements=renewed)
    if is_queued:
        log.info("held.digest_queued")
    if digests:
        log.info("agents.digests_queued", digests=digests)
    return is_queued or digests > 0
