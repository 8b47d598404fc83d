"""One round of everything, for cron: what the daemon does all the time, done once."""

from collections.abc import Mapping

from mailcase.app import App
from mailcase.daemon.claims import Claims
from mailcase.daemon.connections import smtp_postmen
from mailcase.daemon.deliver import deliver, take_over
from mailcase.daemon.housekeep import housekeep
from mailcase.daemon.intake import intake
from mailcase.daemon.readers import readers_of
from mailcase.daemon.sources import fetched_mailboxes, look, session_of
from mailcase.daemon.tidy import tidy_all
from mailcase.daemon.watch import give_out, watch
from mailcase.domain.outbox import OutboxState
from mailcase.errors import MailcaseError, Unavailable
from mailcase.store import outbox
from mailcase.transport.smtp import SmtpPostman


def run_once(app: App) -> list[str]:
    """Poll each mailbox, file, fire clocks and send until nothing is due; return a line for each trouble met."""
    troubles = [trouble for name in fetched_mailboxes(app.config) if (trouble := _poll_once(app, name))]
    claims = Claims(app)
    readers = readers_of(app)
    postmen = smtp_postmen(app.config, app.tokens, claims.outbox.holds)
    take_over(app)
    try:
        with claims.renewed():
            while intake(app, claims, readers):
                pass
            watch(app)
            give_out(app)
            housekeep(app)
            while deliver(app, postmen, claims=claims):
                pass
        troubles += [_trouble(name, error) for name, error in tidy_all(app, list(app.config.mailboxes))]
        return troubles + _smtp_troubles(app, postmen)
    finally:
        readers.close()
        for postman in set(postmen.values()):
            postman.close()


def _poll_once(app: App, mailbox: str) -> str:
    session = session_of(app.config, mailbox, app.tokens)
    try:
        look(app, mailbox, session, session.open())
    except MailcaseError as error:  # the other mailboxes are polled all the same
        return _trouble(mailbox, error)
    finally:
        session.close()
    return ""


def _smtp_troubles(app: App, postmen: Mapping[str, SmtpPostman]) -> list[str]:
    """Ask each server that mail still waits for whether it takes any; return a line for each that is missing or does not."""
    with app.database.read() as tx:
        waiting = [
            name for name in app.config.mailboxes if outbox.find(tx, state=OutboxState.QUEUED, mailbox=name, limit=1)
        ]
    troubles = [
        f"{name}: mail waits in its outbox and there is no SMTP server; add [smtp] or [mailboxes.{name}.smtp]."
        for name in waiting
        if name not in postmen
    ]
    for postman in {postmen[name]: name for name in waiting if name in postmen}:
        try:
            postman.check()
        except MailcaseError as error:
            troubles.append(_trouble("smtp", error))
    return troubles


def _trouble(where: str, error: MailcaseError) -> str:
    return f"{where}: {error.advice if isinstance(error, Unavailable) else error}"
