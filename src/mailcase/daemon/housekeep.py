"""What is done now and then, whatever comes in: digests, renewals, and the alarms that no event raises."""

from datetime import timedelta

from mailcase.app import App
from mailcase.daemon.errands import run_all
from mailcase.desk.admin import queue_digest
from mailcase.desk.entitlement_work import due_renewals
from mailcase.desk.today import due_digests
from mailcase.domain.setback import Errand
from mailcase.log import get_logger
from mailcase.store import setbacks

OVERDUE = timedelta(minutes=10)
"""What was to be tried again so long ago, and was not, is not due any more."""
log = get_logger(__name__)


def housekeep(app: App) -> bool:
    """Do what is due; return whether there is mail to send. Raises Unavailable when the database is."""
    renewed = run_all(app, Errand.RENEWAL, due_renewals)
    digests = run_all(app, Errand.DIGEST, due_digests)
    with app.database.begin() as tx:
        is_queued = queue_digest(tx, app.desk, app.now())
        setbacks.forget(tx, app.now() - OVERDUE)
    if renewed:
        log.info("entitlements.renewed", entitlements=renewed)
    if is_queued:
        log.info("held.digest_queued")
    if digests:
        log.info("agents.digests_queued", digests=digests)
    return is_queued or digests > 0
