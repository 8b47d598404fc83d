"""The daemon: a thread for each mailbox, one that files, one that sends, and ticks for whatever is due by time.

A thread that fails waits and tries again, longer each time, alone; the others go on. SIGTERM and SIGINT let each one
finish what it holds and stop. Rules and templates are read anew when their files change, and at once on SIGHUP; the last
good ones stay when the new ones are wrong.
"""

import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import time as clock_time
from datetime import timedelta

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger

from mailcase.app import App
from mailcase.daemon.alarms import tell_of_differences, tell_of_failing
from mailcase.daemon.claims import Claims
from mailcase.daemon.connections import smtp_rounds
from mailcase.daemon.deliver import deliver, take_over
from mailcase.daemon.health import LMTP, Health
from mailcase.daemon.housekeep import housekeep
from mailcase.daemon.intake import intake
from mailcase.daemon.lmtp import lmtp_listener
from mailcase.daemon.mailboxes import Mailboxes
from mailcase.daemon.notify import notify, watchdog_interval
from mailcase.daemon.readers import readers_of
from mailcase.daemon.reconcile import reconcile
from mailcase.daemon.reload import Reloader
from mailcase.daemon.retention import retain
from mailcase.daemon.sharing import RENEW_EVERY
from mailcase.daemon.ticks import Ticks, guarded
from mailcase.daemon.tidy import tidy_all
from mailcase.daemon.watch import give_out, watch
from mailcase.errors import MailcaseError, StaleWrite, Unavailable
from mailcase.log import get_logger
from mailcase.transport.smtp import SmtpPostman

FIRST_BACK_OFF_S = 1.0
LONGEST_BACK_OFF_S = 120.0
TICK = timedelta(seconds=5)  # how late a clock or a retry may be noticed
HOUSEKEEPING = timedelta(minutes=1)
TIDYING = timedelta(minutes=10)
NIGHT = clock_time(3, 17)  # on the desk's clock: when servers, ledger and cases are compared
LATE_NIGHT = clock_time(4, 17)  # when what has expired is deleted
STOP_WITHIN_S = 6.0
SETTLE_WITHIN_S = 1.0  # once the connections are cut; in all this leaves time for the rest of the 10 s
log = get_logger(__name__)


class Daemon:
    """The threads of one process."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._stop = threading.Event()
        self._has_mail = threading.Event()
        self._has_post: list[threading.Event] = []
        self._claims = Claims(app)
        self._readers = readers_of(app)
        self._rounds = smtp_rounds(app.config, app.tokens, self._claims.outbox.holds)
        self.health = Health(started_at=app.now())
        self._mailboxes = Mailboxes(app, self.health, self._stop, self._has_mail)
        self._lmtp = lmtp_listener(app, self._has_mail.set)
        self._threads = [
            *(self._watch_thread(name) for name in self._mailboxes.names),
            *([self._thread(LMTP, self._listen)] if self._lmtp else []),
            self._thread("intake", self._intake),
            *(self._thread(name, self._deliver_for(postmen)) for name, postmen in self._named_rounds()),
        ]
        self._ticks = Ticks(self._stop)
        self._scheduler = BackgroundScheduler(timezone="UTC")
        self._reloader = Reloader(app)

    def run(self) -> None:
        """Run until SIGTERM or SIGINT. To be called from the main thread."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self.stop())
        signal.signal(signal.SIGHUP, lambda *_: self._reload())
        self.start()
        notify("READY=1", f"STATUS=watching {', '.join(self._app.config.mailboxes) or 'no mailbox'}")
        while not self._stop.wait(1.0):
            pass
        notify("STOPPING=1")
        self.join()

    def start(self) -> None:
        """Start all threads."""
        log.info("daemon.started", mailboxes=list(self._app.config.mailboxes), rules=self._app.desk.rulebook.version)
        for name in self._app.config.mailboxes:
            if not any(name in postmen for postmen in self._rounds):
                log.warning("mailbox.cannot_send", mailbox=name, remedy=f"Add [smtp] or [mailboxes.{name}.smtp].")
        take_over(self._app)
        for thread in self._threads:
            thread.start()
        self._add_ticks()
        self._ticks.start()
        self._scheduler.start()

    def stop(self) -> None:
        """Ask every thread to finish what it holds; returns at once."""
        self._stop.set()
        self._has_mail.set()
        self._announce_post()
        self._mailboxes.interrupt()
        if self._lmtp:
            self._lmtp.stop()

    def join(self) -> None:
        """Wait for the threads after `stop`, for `STOP_WITHIN_S` at most: what they hold is safe in the database."""
        self._scheduler.shutdown(wait=False)
        deadline = time.monotonic() + STOP_WITHIN_S
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        left = [thread.name for thread in self._threads if thread.is_alive()]
        for postmen in self._rounds:
            for postman in set(postmen.values()):
                postman.close()
        deadline = time.monotonic() + SETTLE_WITHIN_S
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        self._readers.close()
        log.info("daemon.stopped", left_behind=left or None)

    @property
    def is_alive(self) -> bool:
        """Whether every thread lives."""
        return self._ticks.is_alive and all(thread.is_alive() for thread in self._threads)

    def _thread(self, name: str, work: Callable[[], None], mailbox: str = "") -> threading.Thread:
        self.health.add(name, mailbox)
        return threading.Thread(target=self._keep_going, args=(name, work), name=name, daemon=True)

    def _watch_thread(self, mailbox: str) -> threading.Thread:
        name = f"poll {mailbox}"
        return self._thread(name, lambda: self._mailboxes.watch(name, mailbox), mailbox)

    def _keep_going(self, name: str, work: Callable[[], None]) -> None:
        """Do `work` until the daemon stops; after a failure wait with jitter, longer each time (at most two minutes)."""
        pause = FIRST_BACK_OFF_S
        while not self._stop.is_set():
            began = time.monotonic()
            try:
                work()
            except Exception as error:  # noqa: BLE001 - whatever it is, the thread goes on
                self._note_failure(name, error, round(pause))
            else:
                self.health.went_well(name)
                pause = FIRST_BACK_OFF_S
                continue
            if time.monotonic() - began > LONGEST_BACK_OFF_S:
                pause = FIRST_BACK_OFF_S
            self._stop.wait(pause * random.uniform(0.5, 1.0))  # noqa: S311 - jitter, not a secret
            pause = min(2 * pause, LONGEST_BACK_OFF_S)

    def _note_failure(self, name: str, error: Exception, retry_in_s: int) -> None:
        """Say what failed in the log, and to those who ask how the thread does."""
        remedy = "The log has the traceback; please report it."
        if isinstance(error, Unavailable):
            remedy = error.remedy
            log.warning("thread.unavailable", thread=name, error=str(error), remedy=remedy, retry_in_s=retry_in_s)
        elif isinstance(error, MailcaseError):
            remedy = ""
            log.error("thread.refused", thread=name, error=str(error), retry_in_s=retry_in_s)
        else:
            log.error("thread.failed", thread=name, retry_in_s=retry_in_s, exc_info=error)
        self.health.failed(name, str(error) or type(error).__name__, remedy, self._app.now())

    def _listen(self) -> None:
        """Take mail that is handed over, until the daemon stops."""
        assert self._lmtp is not None, "who has no listener has no thread for it"
        self._lmtp.serve(lambda: self.health.went_well(LMTP))

    def _intake(self) -> None:
        """File what came in until there is nothing left; then wait for a poll or a tick."""
        self._has_mail.clear()
        if intake(self._app, self._claims, self._readers):
            self._announce_post()
            self._has_mail.set()
        else:
            self._readers.rest()
        self._rest(self._has_mail)

    def _named_rounds(self) -> Iterator[tuple[str, dict[str, SmtpPostman]]]:
        """Yield the connections that may be open at the same time, each account's own: a slow one holds up no other."""
        seen: Counter[str] = Counter()
        for postmen in self._rounds:
            names = ", ".join(postmen)
            seen[names] += 1
            yield f"deliver {names}" + (f" ({seen[names]})" if seen[names] > 1 else ""), postmen

    def _deliver_for(self, postmen: dict[str, SmtpPostman]) -> Callable[[], None]:
        has_post = threading.Event()
        self._has_post.append(has_post)

        def work() -> None:
            """Send what is due until there is nothing left; then wait for intake or a tick."""
            has_post.clear()
            if deliver(self._app, postmen, self._stop.is_set, self._claims):
                has_post.set()
            self._rest(has_post)

        return work

    def _announce_post(self) -> None:
        for has_post in self._has_post:
            has_post.set()

    def _rest(self, until: threading.Event) -> None:
        """Wait for an event, the next retry to look for, or the end."""
        if not self._stop.is_set():
            until.wait(TICK.total_seconds())

    def _add_ticks(self) -> None:
        """Name everything that is due by time; the database holds what is due."""
        self._ticks.add("clocks", self._tick, TICK)
        self._ticks.add("rules", self._reloader.follow, TICK)
        self._ticks.add("leases", self._mailboxes.renew, RENEW_EVERY)
        self._ticks.add("claims", self._claims.renew, RENEW_EVERY)
        self._ticks.add("housekeeping", self._housekeep, HOUSEKEEPING)
        self._ticks.add("tidying", self._tidy, TIDYING)
        watchdog = watchdog_interval()
        if watchdog is not None:
            self._ticks.add("watchdog", self._pat_watchdog, watchdog)
        self._each_night("reconciliation", self._reconcile, NIGHT)
        self._each_night("retention", self._retain, LATE_NIGHT)

    def _each_night(self, name: str, job: Callable[[], None], at: clock_time) -> None:
        """Do a job once a day, on the desk's clock."""
        self._scheduler.add_job(
            guarded(name, job),
            CronTrigger(hour=at.hour, minute=at.minute, timezone=self._app.desk.zone),
            id=name,
            coalesce=True,
            max_instances=1,
            misfire_grace_time=3600,
        )

    def _tick(self) -> None:
        """Fire the clocks that are due, and give out waiting cases."""
        if watch(self._app) + give_out(self._app):
            self._announce_post()

    def _housekeep(self) -> None:
        """Tell the admin what there is to tell."""
        if housekeep(self._app) | tell_of_failing(self._app, self.health):
            self._announce_post()

    def _retain(self) -> None:
        """Delete what has expired; of several daemons, those that come second find less or nothing."""
        with suppress(StaleWrite):  # another one was at the same rows
            retain(self._app)

    def _reconcile(self) -> None:
        """Compare servers, ledger and cases, and tell the admin of differences."""
        if tell_of_differences(self._app, reconcile(self._app, self._mailboxes.ours)):
            self._announce_post()

    def _tidy(self) -> None:
        """Delete on the servers what is filed and was kept for long enough."""
        for mailbox, error in tidy_all(self._app, self._mailboxes.ours):
            log.warning("mailbox.not_tidied", mailbox=mailbox, because=str(error), remedy=error.remedy)

    def _pat_watchdog(self) -> None:
        """Tell systemd that we live, as long as every thread does."""
        if self.is_alive:
            notify("WATCHDOG=1")

    def _reload(self) -> None:
        notify("RELOADING=1", f"MONOTONIC_USEC={time.monotonic_ns() // 1000}")
        if not self._reloader.reload():
            self._announce_post()  # the admin is told
        notify("READY=1")
