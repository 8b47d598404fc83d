"""How much slower filing gets on a desk with very many cases.

A few hundred cases are filed as ever; `lab.crowd` makes very many of them.
"""

from contextlib import ExitStack
from datetime import timedelta
from itertools import islice
from pathlib import Path

from bench.mails import Seeded
from bench.result import Figure, Options, Result, percentile
from bench.servers import Servers, servers
from bench.stopwatch import Stopwatch
from bench.workplace import SECRET, database_url, desk
from lab.crowd import grow
from mailcase.app import App
from mailcase.clock import utc_now
from mailcase.daemon import intake as intake_stage
from mailcase.daemon.connections import imap_session
from mailcase.daemon.poll import poll

FIRST = 200
MESSAGES = 500
TURN = 25  # mails filed on one desk, then on the other
LONG_AGO = timedelta(days=30)


def run(options: Options) -> Result:
    """Measure."""
    count = options.messages or MESSAGES
    with ExitStack() as stack:
        mail = stack.enter_context(servers())
        few, many = (_desk(stack, options, mail, options.folder / name) for name in ("few", "many"))
        seeded = Seeded(FIRST + count, SECRET, opening=FIRST, has_files=False)
        stream = iter(seeded)
        mail.fill(islice(stream, FIRST))
        for app in (few, many):
            app.now = lambda: utc_now() - LONG_AGO
            file_all(app)
            app.now = utc_now
        stored = grow(many.database, options.cases)
        small: list[float] = []
        large: list[float] = []
        while mails := list(islice(stream, TURN)):  # in turns, so that what else the machine does slows both
            mail.fill(mails)
            small += file_all(few)
            large += file_all(many)
    figures = [
        *_figures("small", f"filing a mail, {FIRST} cases", small),
        *_figures("large", f"filing a mail, {stored:,} cases", large),
        Figure(
            key="growth", name="p95, many to few", value=percentile(large, 95) / percentile(small, 95), unit="ratio"
        ),
    ]
    return Result(stage="growth", setting=f"{count} mails on each desk, {options.database}", figures=figures)


def _figures(key: str, name: str, seconds: list[float]) -> list[Figure]:
    return [
        Figure(key=f"{key}_p95", name=f"{name}: p95", value=percentile(seconds, 95) * 1000, unit="ms"),
        Figure(key=f"{key}_median", name="median", value=percentile(seconds, 50) * 1000, unit="ms", is_part=True),
    ]


def _desk(stack: ExitStack, options: Options, mail: Servers, folder: Path) -> App:
    url = stack.enter_context(database_url(options.database, folder))
    return stack.enter_context(desk(folder, url, mail, options.agents))


def file_all(app: App) -> list[float]:
    """File what is new on the server and return how long each mail took, in seconds."""
    session = imap_session(app.config, "support", app.tokens)
    fetched = poll(app, "support", session, session.open())
    session.close()
    watch = Stopwatch()
    with watch.on([("file", intake_stage, "_file")]):
        while intake_stage.intake(app):
            pass
    assert len(watch.calls["file"]) == fetched
    return watch.calls["file"]
