"""The threads that move mail, as the settings want them: one for each mailbox, one that files, one for each connection.

When the settings change, only those threads change that they concern: a mailbox that is new gets one, one that is gone
loses its own, and one that is fetched from elsewhere now ends its connection and makes another. The rest goes on.
"""

import threading
import time
from collections.abc import Callable
from functools import partial

from mailcase.app import App
from mailcase.daemon.claims import Claims
from mailcase.daemon.connections import SmtpPlan, smtp_plans, smtp_round
from mailcase.daemon.deliver import deliver
from mailcase.daemon.health import LMTP
from mailcase.daemon.intake import intake
from mailcase.daemon.lmtp import lmtp_listener
from mailcase.daemon.mailboxes import Mailboxes
from mailcase.daemon.readers import readers_of
from mailcase.daemon.worker import Surroundings, Worker
from mailcase.log import get_logger
from mailcase.transport.lmtp import LmtpListener
from mailcase.transport.smtp import SmtpPostman

LOOK_EVERY_S = 5.0  # how late mail that is due again may be noticed
STOP_WITHIN_S = 6.0
SETTLE_WITHIN_S = 1.0  # once the connections are cut; in all this leaves time for the rest of the 10 s
log = get_logger(__name__)


class Crew:
    """May be told of changes from any thread."""

    def __init__(self, app: App, around: Surroundings, claims: Claims) -> None:
        self._app = app
        self._around = around
        self._claims = claims
        self._has_mail = threading.Event()
        self.mailboxes = Mailboxes(app, around.health, around.stop, self._has_mail)
        self._lock = threading.RLock()
        self._intake = Worker("intake", self._file, around, wake=self._has_mail.set)
        self._readers, self._bounds = readers_of(app), app.config.limits
        self._lmtp = lmtp_listener(app, self._has_mail.set)
        self._others = [self._intake, *([self._listener(self._lmtp)] if self._lmtp else [])]
        self._watchers: dict[str, Worker] = {}
        self._senders: dict[SmtpPlan, _Sender] = {}
        self._leaving: list[Worker] = []
        self._hire()

    def start(self) -> None:
        """Let everybody begin."""
        with self._lock:
            for worker in self._workers():
                worker.start()

    def adapt(self) -> None:
        """Do as the settings say now."""
        with self._lock:
            names, plans = set(self.mailboxes.names), set(smtp_plans(self._app.config))
            gone = [name for name in self._watchers if name not in names]
            changed = [name for name in self._watchers if name in names and self.mailboxes.is_outdated(name)]
            leaving = [self._watchers.pop(name) for name in gone]
            leaving += [self._senders.pop(plan) for plan in tuple(self._senders) if plan not in plans]
            for worker in leaving:
                worker.end()
            for name in changed:
                self._watchers[name].hurry()
            self._leaving = [worker for worker in [*self._leaving, *leaving] if worker.is_alive]
            hired = self._hire()
            for worker in hired:
                worker.start()
        names_of = [worker.name for worker in hired]
        log.info("daemon.adapted", begun=names_of, ended=[one.name for one in leaving], restarted=changed)

    def announce_post(self) -> None:
        """Tell those who send that there may be something."""
        with self._lock:
            for sender in self._senders.values():
                sender.has_post.set()

    def interrupt(self) -> None:
        """End everybody's waits."""
        with self._lock:
            for worker in self._workers():
                worker.hurry()

    def join(self) -> list[str]:
        """Wait for all, for `STOP_WITHIN_S` at most, then cut the connections; return who was left by then."""
        with self._lock:
            workers = [*self._workers(), *self._leaving]
        deadline = time.monotonic() + STOP_WITHIN_S
        for worker in workers:
            worker.join(max(0.0, deadline - time.monotonic()))
        left = [worker.name for worker in workers if worker.is_alive]
        for worker in workers:
            worker.cut()
        deadline = time.monotonic() + SETTLE_WITHIN_S
        for worker in workers:
            worker.join(max(0.0, deadline - time.monotonic()))
        self._readers.close()
        return left

    @property
    def is_alive(self) -> bool:
        """Whether everybody works."""
        with self._lock:
            return all(worker.is_alive for worker in self._workers())

    def sends_for(self, mailbox: str) -> bool:
        """Return whether anybody sends the mail of a mailbox."""
        return any(mailbox in plan.mailboxes for plan in self._senders)

    def _workers(self) -> list[Worker]:
        return [*self._watchers.values(), *self._others, *self._senders.values()]

    def _hire(self) -> list[Worker]:
        """Make the threads that the settings want and that are not there; return them."""
        hired: list[Worker] = []
        for name in self.mailboxes.names:
            if name not in self._watchers:
                self._watchers[name] = self._watcher(name)
                hired.append(self._watchers[name])
        for plan in smtp_plans(self._app.config):
            if plan not in self._senders:
                postmen = smtp_round(self._app.config, plan, self._app.tokens, self._claims.outbox.holds)
                self._senders[plan] = _Sender(self._app, plan, postmen, self._claims, self._around)
                hired.append(self._senders[plan])
        return hired

    def _watcher(self, mailbox: str) -> Worker:
        name = f"poll {mailbox}"

        def watch() -> None:
            self.mailboxes.watch(name, mailbox, lambda: worker.is_ending)

        worker = Worker(name, watch, self._around, mailbox=mailbox, wake=partial(self.mailboxes.interrupt, mailbox))
        return worker

    def _listener(self, lmtp: LmtpListener) -> Worker:
        """Return who takes mail that is handed over, until the daemon stops."""

        def listen() -> None:
            lmtp.serve(lambda: self._around.health.went_well(LMTP))

        return Worker(LMTP, listen, self._around, wake=lmtp.stop)

    def _file(self) -> None:
        """File what came in until there is nothing left; then wait for a poll or a tick."""
        self._has_mail.clear()
        self._keep_to_bounds()
        if intake(self._app, self._claims, self._readers):
            self.announce_post()
            self._has_mail.set()
        else:
            self._readers.rest()
        if not self._intake.is_ending:
            self._has_mail.wait(LOOK_EVERY_S)

    def _keep_to_bounds(self) -> None:
        """Read mails by the limits of now; to be called from the thread that files."""
        if self._app.config.limits != self._bounds:
            self._readers.close()
            self._readers, self._bounds = readers_of(self._app), self._app.config.limits


class _Sender(Worker):
    """Sends by one connection."""

    def __init__(
        self,
        app: App,
        plan: SmtpPlan,
        postmen: dict[str, SmtpPostman],
        claims: Claims,
        around: Surroundings,
    ) -> None:
        self.has_post = threading.Event()
        self._postmen = postmen
        super().__init__(plan.name, self._send(app, claims), around, wake=self.has_post.set)

    def cut(self) -> None:
        """Close the connection, whatever goes on."""
        for postman in set(self._postmen.values()):
            postman.close()

    def _send(self, app: App, claims: Claims) -> Callable[[], None]:
        def work() -> None:
            """Send what is due until there is nothing left; then wait for intake or a tick."""
            self.has_post.clear()
            if deliver(app, self._postmen, lambda: self.is_ending, claims):
                self.has_post.set()
            if not self.is_ending:
                self.has_post.wait(LOOK_EVERY_S)

        return work
