"""Troubles that the admin is told of by mail, each cause once a day at most (`desk.admin`).

Whatever fails is in the log at once; an alarm is for what stays that way. A refused reload and a dead letter are told
when they happen, the rest when it has lasted for `PATIENCE`.
"""

import socket
from datetime import datetime, timedelta

from mailcase.app import App
from mailcase.daemon.health import Condition, Health
from mailcase.daemon.oauth_standing import oauth_standings
from mailcase.daemon.reconcile import Report
from mailcase.desk.admin import Alarm, queue_alarm
from mailcase.errors import Unavailable
from mailcase.log import get_logger
from mailcase.store import oauth

PATIENCE = timedelta(minutes=10)
REMIND_ON = frozenset({29, 13, 6, 2, 1, 0})
"""Whole days before the end of a certificate, secret or sign-in; after its end the admin is told each day."""
log = get_logger(__name__)


def tell(app: App, cause: str, trouble: str, remedy: str = "") -> bool:
    """Queue an alarm unless the same cause was told today; return whether there is mail to send.

    Without a database nothing can be queued: then the log has to do.
    """
    alarm = Alarm(cause=cause, trouble=trouble, remedy=remedy, host=socket.gethostname())
    try:
        with app.database.begin() as tx:
            is_queued = queue_alarm(tx, app.desk, alarm, app.now())
    except Unavailable as error:
        log.warning("alarm.not_queued", cause=cause, error=str(error), remedy=error.remedy)
        return False
    if is_queued:
        log.info("alarm.queued", cause=cause)
    return is_queued


def tell_of_failing(app: App, health: Health) -> bool:
    """Queue an alarm for each thread that has failed for `PATIENCE`; return whether there is mail to send."""
    now = app.now()
    failing = [one for one in health.all().values() if _has_failed_long(one, now)]
    told = [tell(app, one.name, _trouble(app, one), one.remedy) for one in failing]
    return any(told)


def tell_of_endings(app: App) -> bool:
    """Queue alarms about what logins by OAuth 2.0 need and what ends soon; return whether there is mail to send.

    Raises Unavailable when the database is.
    """
    now = app.now()
    with app.database.read() as tx:
        standings = oauth_standings(app.config, oauth.find(tx))
    endings = [ending for one in standings for ending in one.endings(now)]
    due = [ending for ending in endings if ending.is_over or (ending.at - now).days in REMIND_ON]
    told = [tell(app, one.cause, f"{one.message[:1].upper()}{one.message[1:]}.", one.remedy) for one in due]
    return any(told)


def tell_of_refusal(app: App, problems: tuple[str, ...]) -> bool:
    """Queue an alarm about changed settings, rules or templates that are wrong; return whether there is mail to send."""
    more = f" There are {len(problems) - 1} more problems." if len(problems) > 1 else ""
    trouble = f"The changed settings, rules or templates are not used, the last good ones are: {problems[0]}{more}"
    return tell(app, "rules", trouble, "`mailcase check` names every problem.")


def tell_of_differences(app: App, report: Report) -> bool:
    """Queue an alarm about what the reconciliation found; return whether there is mail to send."""
    differences = report.differences
    if not differences:
        return False
    more = f" There are {len(differences) - 1} more differences." if len(differences) > 1 else ""
    trouble = f"Mail servers, database and cases do not agree: {differences[0]}{more}"
    return tell(app, "reconciliation", trouble, "`mailcase inbox reconcile` names every difference.")


def _has_failed_long(condition: Condition, now: datetime) -> bool:
    return condition.failing_since is not None and now - condition.failing_since >= PATIENCE


def _trouble(app: App, condition: Condition) -> str:
    assert condition.failing_since is not None, "asked for above"
    since = f"{app.desk.local(condition.failing_since):%H:%M}"
    what = f"The mailbox {condition.mailbox} cannot be read" if condition.mailbox else f"{condition.name} does not work"
    error = condition.error.rstrip()
    return f"{what} since {since}: {error}{'' if error.endswith(('.', '!', '?')) else '.'}"
