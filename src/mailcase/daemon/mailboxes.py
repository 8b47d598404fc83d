"""The mailboxes of one process: each is held on to, read to its end, waited for, and read again.

On PostgreSQL several daemons share them: a mailbox is read by whoever holds its lease (`daemon.sharing`).
"""

import threading
from collections.abc import Callable

from mailcase.app import App
from mailcase.daemon.health import Health
from mailcase.daemon.sharing import Shares
from mailcase.daemon.sources import Session, Source, fetched_mailboxes, look, session_of, source_of, time_between_looks
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
        self._sources: dict[str, Source] = {}
        self._shares = Shares(app, self.interrupt)

    @property
    def names(self) -> list[str]:
        """Those that mail is fetched for."""
        return fetched_mailboxes(self._app.config)

    @property
    def ours(self) -> list[str]:
        """Those that this process watches now."""
        return [name for name in self.names if self._shares.holds(name)]

    def is_outdated(self, mailbox: str) -> bool:
        """Return whether a mailbox is watched, or was last tried, by other settings than those of now."""
        return mailbox in self._sources and self._sources[mailbox] != source_of(self._app.config, mailbox)

    def watch(self, thread: str, mailbox: str, is_ending: Callable[[], bool]) -> None:
        """Watch a mailbox if no other daemon does; returns when that is to end, it is lost, or its settings are others now.

        `thread` is the name of the thread in the daemon's health. Raises Unavailable when the server or database is.
        """
        if not self._shares.take(mailbox):
            self._health.elsewhere(thread)
            self._stop.wait(LOOK_AGAIN_S)
            return
        try:
            self._poll(thread, mailbox, is_ending)
        finally:
            self._shares.give_back(mailbox)

    def renew(self) -> None:
        """Hold on to what is ours. Raises Unavailable."""
        self._shares.renew()

    def interrupt(self, mailbox: str) -> None:
        """End the wait for mail in a mailbox."""
        if mailbox in self._sessions:
            self._sessions[mailbox].interrupt()

    def _poll(self, thread: str, mailbox: str, is_ending: Callable[[], bool]) -> None:
        """Hold one connection to a mailbox that is ours: poll, wait, poll."""
        config = self._app.config
        self._sources[mailbox] = source_of(config, mailbox)
        wait = time_between_looks(config, mailbox)
        session = session_of(config, mailbox, self._app.tokens)
        self._sessions[mailbox] = session
        try:
            folder = session.open()
            log.info("mailbox.connected", mailbox=mailbox, limitations=session.limitations or None)
            self._health.connected(thread, self._app.now())
            while not is_ending() and self._shares.holds(mailbox) and not self.is_outdated(mailbox):
                stored = look(self._app, mailbox, session, folder)
                self._health.looked(thread, stored, self._app.now())
                if stored:
                    self._has_mail.set()
                session.wait(wait)
        finally:
            session.close()
