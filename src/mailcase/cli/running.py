"""`mailcase run`: the daemon, or one round of it."""

from contextlib import ExitStack
from typing import Annotated

import typer

from mailcase.cli import options, printing


def run(
    once: Annotated[
        bool, typer.Option("--once", help="Poll each mailbox, file, send and check clocks once, then end: for cron.")
    ] = False,
    config: options.Config = None,
) -> None:
    """Run the daemon: watch the mailboxes, file mail, send mail, fire clocks."""
    from mailcase import log
    from mailcase.app import build
    from mailcase.config import load_config
    from mailcase.daemon.once import run_once
    from mailcase.daemon.supervise import Daemon
    from mailcase.store.leases import daemon_lock

    path = options.config_path(config)
    settings = load_config(path).log
    log.configure(settings.level, settings.format)
    with ExitStack() as stack:
        app = build(path)
        stack.callback(app.close)
        stack.enter_context(daemon_lock(app.database.path, "mailcase"))
        if not once:
            daemon = Daemon(app)
            web = app.config.web
            if web.port is not None:
                from mailcase.web.pages import pages
                from mailcase.web.server import serving

                stack.enter_context(serving(pages(app, daemon), web.host, web.port))
            daemon.run()
            return
        troubles = run_once(app)
    if troubles:
        printing.problems(troubles, printing.EXIT_TROUBLE)
