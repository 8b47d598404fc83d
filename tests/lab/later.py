"""`python -m lab.later --by SECONDS --config FILE`: the daemon, on a clock that is ahead; it can be moved while it runs.

Retries come after minutes and hours. The daemon asks one place for the time, so another clock there is all it takes: the
rest of the process is what `mailcase run` makes of it. With `--clock FILE` the number of seconds is read from that file
at every look at the clock.
"""

import argparse
from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime, timedelta
from pathlib import Path

from mailcase import log
from mailcase.app import build
from mailcase.clock import utc_now
from mailcase.config import load_config
from mailcase.daemon.supervise import Daemon
from mailcase.store.leases import daemon_lock


def main() -> None:
    """Run until SIGTERM."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--config", type=Path, required=True)
    parser.add_argument("--by", type=float, default=0)
    parser.add_argument("--clock", type=Path)
    options = parser.parse_args()
    settings = load_config(options.config).log
    log.configure(settings.level, settings.format)
    with ExitStack() as stack:
        by = options.by
        now = moved_clock(options.clock) if options.clock else lambda: utc_now() + timedelta(seconds=by)
        app = build(options.config, now=now)
        stack.callback(app.close)
        stack.enter_context(daemon_lock(app.database.path, "mailcase"))
        Daemon(app).run()


def moved_clock(file: Path) -> Callable[[], datetime]:
    """Return a clock that is ahead of the true time by as many seconds as `file` says at each look at it."""
    return lambda: utc_now() + timedelta(seconds=float(file.read_text()))


if __name__ == "__main__":
    main()
