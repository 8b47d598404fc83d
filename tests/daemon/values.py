"""Desks with a real mail server, and what is in them."""

from pathlib import Path

from lab.desks import Furniture, ManualClock, furnish, open_app
from lab.imapserver import ImapServer
from lab.mails import mail
from mailcase.app import App
from mailcase.daemon.connections import imap_session
from mailcase.daemon.ingest import store
from mailcase.daemon.intake import intake
from mailcase.daemon.poll import poll
from mailcase.domain.inbox import InboxMessage
from mailcase.store import inbox
from mailcase.transport.imap import ImapSession

IMAP = """
[mailboxes.support.imap]
host = "127.0.0.1"
port = {port}
security = "none"
username = "{username}"
password = "{password}"
{more}
"""


def imap_section(server: ImapServer, more: str = "") -> str:
    return IMAP.format(port=server.port, username=server.username, password=server.password, more=more)


def desk_with(
    folder: Path,
    url: str,
    server: ImapServer,
    clock: ManualClock,
    *,
    since: str = '"all"',
    more: str = "",
    extra: str = "",
) -> App:
    """Open a desk whose mailbox `support` is fetched from `server`."""
    support = (f"since = {since}\n" if since else "") + imap_section(server, more)
    return open_app(furnish(folder, Furniture(url=url, support=support, extra=extra)), clock)


def fetched(app: App, session: ImapSession | None = None, mailbox: str = "support") -> int:
    """Poll the mailbox once over a session of its own; return how many mails were new."""
    session = session or imap_session(app.config, mailbox, app.tokens)
    try:
        return poll(app, mailbox, session, session.open())
    finally:
        session.close()


def received(app: App) -> list[InboxMessage]:
    """Return what is stored, the oldest first."""
    with app.database.read() as tx:
        return inbox.find(tx, limit=1000)[::-1]


def filed_case(app: App, raw: bytes | None = None) -> None:
    """Take a mail in and file it."""
    store(app, raw or mail(), None)
    intake(app)
