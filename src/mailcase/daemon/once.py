"""One round of everything, for cron: what the daemon does all the time, done once."""

from mailcase.app import App
from mailcase.daemon.connections import imap_session, smtp_postmen
from mailcase.daemon.deliver import deliver
from mailcase.daemon.housekeep import housekeep
from mailcase.daemon.intake import intake
from mailcase.daemon.poll import poll
from mailcase.daemon.watch import watch
from mailcase.errors import Unavailable


def run_once(app: App) -> list[str]:
    """Poll each mailbox, file, fire clocks and send until nothing is due; return a line for each trouble met."""
    troubles = [
        trouble
        for name, settings in app.config.mailboxes.items()
        if settings.imap and (trouble := _poll_once(app, name))
    ]
    postmen = smtp_postmen(app.config)
    try:
        while intake(app):
            pass
        watch(app)
        housekeep(app)
        while deliver(app, postmen):
            pass
    finally:
        for postman in set(postmen.values()):
            postman.close()
    return troubles


def _poll_once(app: App, mailbox: str) -> str:
    session = imap_session(app.config, mailbox)
    try:
        poll(app, mailbox, session, session.open())
    except Unavailable as error:
        return f"{mailbox}: {error.advice}"
    finally:
        session.close()
    return ""
