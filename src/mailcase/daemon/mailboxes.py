"""The mailboxes of one process: each is held on to, read to its end, waited for, and read again.

On PostgreSQL several daemons share them: a mailbox is read by whoever holds its lease (`daemon.sharing`).
"""

import threading

from mailcase.app import App
from mailcase.daemon.health import Health
from mailcase.daemon.sharing import Shares
from mailcase.daemon.sources import Session, fetched_mailboxes, look, session_of, time_between_looks
from mailcase.log import get_logger

LOOK_AGAIN_S = 5.0  # for a mailbox that another daemon has
log = get_logger(__name__)


class Mailboxes:
    """Every mailbox that mail is fetched for. Each is watched by a thread of its own."""

    def __init__(self, app: App, health: Health, stop: threading.Event, has_mail: threading.Event) -> None:
        """Set `has_mail` whenever new mail is stored, and watch until `stop` is set."""
        self._app = app
        self._health = health
        self._stop = stop
        self._has_mail = has_mail
        self._sessions: dict[str, Session] = {}
        self._shares = Shares(app, self._interrupt)

    @property
    def names(self) -> list[str]:
        """Those that mail is fetched for."""
        return fetched_mailboxes(self._app.config)

    @property
    def ours(self) -> list[str]:
        """Those that this process watches now."""
        return [name for name in self.names if self._shares.holds(name)]

    def watch(self, thread: str, mailbox: str) -> None:
        """Watch a mailbox if no other daemon does; returns when the daemon stops or the mailbox is lost to another one.

        `thread` is the name of the thread in the daemon's health. Raises Unavailable when the server or database is.
        """
        if not self._shares.take(mailbox):
            self._health.elsewhere(thread)
            self._stop.wait(LOOK_AGAIN_S)
            return
        try:
            self._poll(thread, mailbox)
        finally:
            self._shares.give_back(mailbox)

    def renew(self) -> None:
        """Hold on to what is ours. Raises Unavailable."""
        self._shares.renew()

    def interrupt(self) -> None:
        """End every wait for mail."""
        for session in tuple(self._sessions.values()):
            session.interrupt()

    def _interrupt(self, mailbox: str) -> None:
        if mailbox in self._sessions:
            self._sessions[mailbox].interrupt()

    def _poll(self, thread: str, mailbox: str) -> None:
        """Hold one connection to a mailbox that is ours: poll, wait, poll."""
        wait = time_between_looks(self._app.config, mailbox)
        session = session_of(self._app.config, mailbox, self._app.tokens)
        self._sessions[mailbox] = session
        try:
            folder = session.open()
            log.info("mailbox.connected", mailbox=mailbox, limitations=session.limitations or None)
            self._health.connected(thread, self._app.now())
            while not self._stop.is_set() and self._shares.holds(mailbox):
                stored = look(self._app, mailbox, session, folder)
                self._health.looked(thread, stored, self._app.now())
                if stored:
                    self._has_mail.set()
                session.wait(wait)
        finally:
            session.close()
