"""A burst on the running daemon: all its threads, from the full mailbox until the last answer is out."""

import time
from contextlib import ExitStack

from bench.mails import Seeded
from bench.result import Figure, Options, Result, peak_memory_mb
from bench.servers import servers
from bench.workplace import SECRET, database_url, desk
from mailcase.app import App
from mailcase.daemon.supervise import Daemon
from mailcase.domain.inbox import InboxState
from mailcase.domain.outbox import OutboxState
from mailcase.store import cases, inbox, outbox
from mailcase.store.cases import CaseFilter

MESSAGES = 2000
LOOK_EVERY_S = 0.1
SLOWEST_RATE = 2  # mails a second; a burst that takes longer has failed


def run(options: Options) -> Result:
    """Measure."""
    count = options.messages or MESSAGES
    with ExitStack() as stack:
        mail = stack.enter_context(servers())
        url = stack.enter_context(database_url(options.database, options.folder))
        app = stack.enter_context(desk(options.folder, url, mail, options.agents))
        seeded = Seeded(count, SECRET)
        mail.fill(seeded)
        idle = peak_memory_mb()
        daemon = Daemon(app)
        begin, began = time.perf_counter(), time.process_time()
        daemon.start()
        try:
            _wait(app, seeded, time.monotonic() + 30 + count / SLOWEST_RATE)
        finally:
            daemon.stop()
            daemon.join()
        spent, cpu = time.perf_counter() - begin, time.process_time() - began
    figures = [
        Figure(key="rate", name="with every thread at work", value=count / spent, unit="mails/s"),
        Figure(key="cpu", name="processor time", value=cpu / count * 1000, unit="ms a mail"),
        Figure(key="memory", name="peak memory", value=peak_memory_mb(), unit="MB"),
        Figure(key="memory_before", name="before the first mail", value=idle, unit="MB", is_part=True),
    ]
    return Result(stage="burst", setting=f"{count} mails from {mail.imap}, {options.database}", figures=figures)


def _wait(app: App, seeded: Seeded, until: float) -> None:
    """Return when every mail is filed and every answer is out."""
    while True:
        with app.database.read() as tx:
            is_open = any(
                (
                    cases.count(tx, CaseFilter()) < seeded.cases,
                    inbox.find(tx, state=InboxState.RECEIVED, limit=1),
                    outbox.find(tx, state=OutboxState.QUEUED, limit=1),
                    outbox.find(tx, state=OutboxState.SENDING, limit=1),
                )
            )
        if not is_open:
            return
        assert time.monotonic() < until, "the burst did not come to an end"
        time.sleep(LOOK_EVERY_S)
