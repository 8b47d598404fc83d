"""The daemon: a thread for each mailbox, one that files, one that sends, and ticks for whatever is due by time.

A thread that fails waits and tries again, longer each time, alone; the others go on. SIGTERM and SIGINT let each one
finish what it holds and stop. Settings, rules and templates are read anew when their files change, and at once on SIGHUP;
the last good ones stay when the new ones are wrong.
"""

import signal
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import time as clock_time
from datetime import timedelta
from queue import Empty, SimpleQueue

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger

from mailcase.app import App
from mailcase.daemon import tidy
from mailcase.daemon.alarms import tell_of_differences, tell_of_endings, tell_of_failing
from mailcase.daemon.canaries import fly
from mailcase.daemon.claims import Claims
from mailcase.daemon.crew import Crew
from mailcase.daemon.deliver import take_over
from mailcase.daemon.health import Health
from mailcase.daemon.housekeep import housekeep
from mailcase.daemon.notify import notify, watchdog_interval
from mailcase.daemon.reconcile import reconcile
from mailcase.daemon.reload import Reloader
from mailcase.daemon.retention import retain
from mailcase.daemon.sharing import RENEW_EVERY
from mailcase.daemon.ticks import Ticks, guarded
from mailcase.daemon.watch import bring_forward, give_out, watch
from mailcase.daemon.worker import Surroundings
from mailcase.errors import StaleWrite
from mailcase.log import configure, get_logger

CLOCK_TICK = timedelta(seconds=1)  # how late a clock may be noticed
CHECKPOINT = timedelta(seconds=5)  # how long SQLite's log of changes grows
TICK = timedelta(seconds=5)  # how late a retry may be noticed
HOUSEKEEPING = timedelta(minutes=1)
TIDYING = timedelta(minutes=10)
NIGHT = clock_time(3, 17)  # on the desk's clock: when servers, ledger and cases are compared
LATE_NIGHT = clock_time(4, 17)  # when what has expired is deleted
log = get_logger(__name__)


class Daemon:
    """The threads of one process."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._stop = threading.Event()
        self._claims = Claims(app)
        self.health = Health(started_at=app.now())
        around = Surroundings(health=self.health, now=app.now, stop=self._stop)
        self._crew = Crew(app, around, self._claims)
        self._ticks = Ticks(self._stop)
        self._scheduler = BackgroundScheduler(timezone="UTC")
        self._reloader = Reloader(app, self._adapt)
        self._log = app.config.log

    def run(self) -> None:
        """Run until SIGTERM or SIGINT. To be called from the main thread.

        A signal is only noted when it comes: it may come while this thread holds a lock, or obeys the one before.
        """
        signals: SimpleQueue[int] = SimpleQueue()  # the one queue that a signal handler may write to
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, lambda number, _: signals.put(number))
        self.start()
        notify("READY=1", self._status())
        while not self._stop.is_set():
            with suppress(Empty):
                self._obey(signals.get(timeout=1.0), signals)
        notify("STOPPING=1")
        self.join()

    def _obey(self, first: int, others: SimpleQueue[int]) -> None:
        """Do what the signals want that have come by now: to end before all else, to reload only once."""
        wanted = {first}
        with suppress(Empty):
            while True:
                wanted.add(others.get_nowait())
        if wanted - {signal.SIGHUP}:
            self.stop()
        else:
            self._reload()

    def start(self) -> None:
        """Start all threads."""
        log.info("daemon.started", mailboxes=list(self._app.config.mailboxes), rules=self._app.desk.rulebook.version)
        self._warn_of_silent_mailboxes()
        take_over(self._app)
        self._crew.start()
        self._add_ticks()
        self._ticks.start()
        self._scheduler.start()

    def stop(self) -> None:
        """Ask every thread to finish what it holds; returns at once."""
        self._stop.set()
        self._crew.interrupt()

    def join(self) -> None:
        """Wait for the threads after `stop`, for some seconds at most: what they hold is safe in the database."""
        self._scheduler.shutdown(wait=False)
        left = self._crew.join()
        log.info("daemon.stopped", left_behind=left or None)

    @property
    def is_alive(self) -> bool:
        """Whether every thread lives."""
        return self._ticks.is_alive and self._crew.is_alive

    def _add_ticks(self) -> None:
        """Name everything that is due by time; the database holds what is due."""
        self._ticks.add("clocks", self._tick, CLOCK_TICK)
        self._ticks.add("checkpoint", self._app.database.checkpoint, CHECKPOINT)
        self._ticks.add("rules", self._reloader.follow, TICK)
        self._ticks.add("leases", self._crew.mailboxes.renew, RENEW_EVERY)
        self._ticks.add("claims", self._claims.renew, RENEW_EVERY)
        self._ticks.add("housekeeping", self._housekeep, HOUSEKEEPING)
        self._ticks.add("tidying", self._tidy, TIDYING)
        watchdog = watchdog_interval()
        if watchdog is not None:
            self._ticks.add("watchdog", self._pat_watchdog, watchdog)
        self._plan_nights()

    def _plan_nights(self) -> None:
        self._each_night("reconciliation", self._reconcile, NIGHT)
        self._each_night("retention", self._retain, LATE_NIGHT)

    def _each_night(self, name: str, job: Callable[[], None], at: clock_time) -> None:
        """Do a job once a day, on the desk's clock."""
        self._scheduler.add_job(
            guarded(name, job),
            CronTrigger(hour=at.hour, minute=at.minute, timezone=self._app.desk.zone),
            id=name,
            replace_existing=True,
            coalesce=True,
            max_instances=1,
            misfire_grace_time=3600,
        )

    def _tick(self) -> None:
        """Fire the clocks that are due, and give out waiting cases."""
        if bring_forward(self._app) + watch(self._app) + give_out(self._app):
            self._crew.announce_post()

    def _housekeep(self) -> None:
        """Tell the admin what there is to tell."""
        told = housekeep(self._app) | tell_of_failing(self._app, self.health) | tell_of_endings(self._app)
        if fly(self._app) | told:
            self._crew.announce_post()

    def _retain(self) -> None:
        """Delete what has expired; of several daemons, those that come second find less or nothing."""
        with suppress(StaleWrite):  # another one was at the same rows
            retain(self._app)

    def _reconcile(self) -> None:
        """Compare servers, ledger and cases, and tell the admin of differences."""
        if tell_of_differences(self._app, reconcile(self._app, self._crew.mailboxes.ours)):
            self._crew.announce_post()

    def _tidy(self) -> None:
        """Delete on the servers what is filed and was kept for long enough."""
        ours = self._crew.mailboxes.ours
        tidy.note(self.health, ours, dict(tidy.tidy_all(self._app, ours)), self._app.now())

    def _pat_watchdog(self) -> None:
        """Tell systemd that we live, as long as every thread does."""
        if self.is_alive:
            notify("WATCHDOG=1")

    def _reload(self) -> None:
        notify("RELOADING=1", f"MONOTONIC_USEC={time.monotonic_ns() // 1000}")
        guarded("reload", self._take_over_files)()
        notify("READY=1")

    def _take_over_files(self) -> None:
        if not self._reloader.reload():
            self._crew.announce_post()  # the admin is told

    def _adapt(self) -> None:
        """Go on with other settings: only the threads that they concern begin, end or connect anew."""
        self._crew.adapt()
        self._plan_nights()
        settings = self._app.config.log
        if settings != self._log:
            configure(settings.level, settings.format)
            self._log = settings
        notify(self._status())
        self._warn_of_silent_mailboxes()

    def _status(self) -> str:
        return f"STATUS=watching {', '.join(self._app.config.mailboxes) or 'no mailbox'}"

    def _warn_of_silent_mailboxes(self) -> None:
        for name in self._app.config.mailboxes:
            if not self._crew.sends_for(name):
                log.warning("mailbox.cannot_send", mailbox=name, remedy=f"Add [smtp] or [mailboxes.{name}.smtp].")
