"""Rules tried on stored mail: how many mails a second, under the desk's rules and under changed ones."""

import shutil
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from time import perf_counter

from bench.filing import file_all
from bench.mails import Seeded
from bench.result import Figure, Options, Result, peak_memory_mb
from bench.servers import servers
from bench.workplace import SECRET, database_url, desk
from lab.crowd import grow
from mailcase.app import App
from mailcase.clock import utc_now
from mailcase.desk.replay import Comparison, replay_page
from mailcase.rules.load import load
from mailcase.store import cases, rulings
from mailcase.store.cases import CaseFilter

FIRST = 500
MESSAGES = 20_000
PROPOSED = "rules:\n  - {name: freight, when: 'text.contains(\"freight\") || reply.size() > 2000', then: {case: {priority: high}}}\n"


def run(options: Options) -> Result:
    """Measure."""
    wanted = options.messages or MESSAGES
    with ExitStack() as stack:
        mail = stack.enter_context(servers())
        url = stack.enter_context(database_url(options.database, options.folder / "replay"))
        app = stack.enter_context(desk(options.folder / "replay", url, mail, options.agents))
        mail.fill(Seeded(FIRST, SECRET, has_files=False))
        file_all(app)
        grow(app.database, round(wanted * _cases_a_mail(app)))
        mails, differing, seconds = _replay(app, options.folder / "proposed")
    figures = [
        Figure(key="mails", name="stored mails under two sets of rules", value=mails, unit=""),
        Figure(key="differing", name="of which differ", value=differing, unit="", is_part=True),
        Figure(key="rate", name="replayed", value=mails / seconds, unit="mails/s"),
        Figure(key="hundred_thousand", name="100,000 mails would take", value=100_000 * seconds / mails, unit="s"),
        Figure(key="memory", name="peak memory", value=peak_memory_mb(), unit="MB"),
    ]
    return Result(stage="replay", setting=f"{options.database}, stored parse results", figures=figures)


def _cases_a_mail(app: App) -> float:
    with app.database.read() as tx:
        found = rulings.count(tx, utc_now() - timedelta(days=1))
        return cases.count(tx, CaseFilter()) / found


def _replay(app: App, folder: Path) -> tuple[int, int, float]:
    """Return how many mails there were, how many came out differently, and how long it took, in seconds."""
    shutil.copytree(app.config.paths.rules, folder)
    (folder / "record_creation.yaml").write_text(PROPOSED, encoding="utf-8")
    proposed = load(folder, list(app.desk.mailboxes.values()))
    compared = Comparison(proposed=proposed, present=app.desk.rulebook, mailboxes=app.desk.mailboxes, limits=app.limits)
    began, mails, differing, last, is_last = perf_counter(), 0, 0, 0, False
    while not is_last:
        with app.database.read() as tx:
            page = replay_page(tx, compared, utc_now() - timedelta(days=365), last)
        mails += len(page.replayed)
        differing += sum(bool(one.differences) for one in page.replayed)
        last, is_last = page.last, page.is_last
    return mails, differing, perf_counter() - began
