"""`mailcase sla simulate`: what promises would have come to under other service levels or opening hours."""

import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mailcase.cli import options, printing
from mailcase.cli.replay import moment_of

if TYPE_CHECKING:
    from mailcase.app import App
    from mailcase.desk.simulation import Simulated
    from mailcase.domain.sla_clock import Clock
    from mailcase.rules.rulebook import Rulebook

Folder = Annotated[
    Path | None,
    typer.Option("--against", help="A folder of proposed rules.", show_default=False, exists=True, file_okay=False),
]
CalendarFile = Annotated[
    Path | None,
    typer.Option("--calendar", help="A proposed calendars.yaml.", show_default=False, exists=True, dir_okay=False),
]
SlaFile = Annotated[
    Path | None,
    typer.Option("--sla", help="A proposed sla.yaml.", show_default=False, exists=True, dir_okay=False),
]
Key = tuple[str, str]
"""Name of an SLA and a KPI."""


@dataclass
class Tally:
    """What a simulation found so far."""

    cases: int = 0
    before: Counter[tuple[Key, str]] = field(default_factory=Counter)
    after: Counter[tuple[Key, str]] = field(default_factory=Counter)
    changed: list[dict[str, Any]] = field(default_factory=list)
    """Promises that come out differently."""


def simulate(
    since: Annotated[
        str, typer.Option("--since", help="Cases opened since then: 30d, 12h, or a date such as 2026-03-01.")
    ] = "30d",
    against: Folder = None,
    calendar: CalendarFile = None,
    sla: SlaFile = None,
    limit: options.Limit = 20,
    as_json: options.Json = False,
    config: options.Config = None,
) -> None:
    """Play stored cases under proposed service levels, and print what is kept before and after. Nothing is written."""
    from mailcase.errors import Invalid

    if against is None and calendar is None and sla is None:
        raise Invalid("name what is proposed: --against FOLDER, --calendar FILE or --sla FILE.")
    tally = Tally()
    with options.opened(config) as app:
        start, now = moment_of(since, app.now()), app.now()
        with _proposed(app, against, calendar, sla) as rulebook:
            for case in _with_progress(app, rulebook, start, now):
                _count(tally, case)
            version = (app.desk.rulebook.version, rulebook.version)
    if as_json:
        printing.as_json(_document(tally, start, version))
    else:
        _print(tally, start, limit)


@contextmanager
def _proposed(app: "App", folder: Path | None, calendar: Path | None, sla: Path | None) -> "Iterator[Rulebook]":
    """Give the rulebook of the proposed files, each in the place of the desk's file of that kind."""
    from mailcase.rules.load import load

    with tempfile.TemporaryDirectory(prefix="mailcase-") as name:
        rules = Path(name) / "rules"
        shutil.copytree(folder or app.config.paths.rules, rules)
        for path, kind in ((calendar, "calendars.yaml"), (sla, "sla.yaml")):
            if path is not None:
                shutil.copyfile(path, rules / kind)
        yield load(rules, list(app.desk.mailboxes.values()), app.desk.library.numbers)


def _with_progress(app: "App", proposed: "Rulebook", since: datetime, now: datetime) -> "Iterator[Simulated]":
    """Yield every case, the newest first, with a line of progress on a terminal."""
    from rich.console import Console
    from rich.progress import MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    from mailcase.desk.simulation import PAGE, simulate_page
    from mailcase.store import cases

    columns = (SpinnerColumn(), TextColumn("{task.description}"), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        with app.database.read() as tx:
            task = progress.add_task("cases", total=cases.count_since(tx, since))
        last: int | None = None
        while True:
            with app.database.read() as tx:  # one for each page: a long one would keep the log of SQLite growing
                page = simulate_page(tx, app.desk, proposed, since, last, now)
            yield from page
            progress.advance(task, len(page))
            if len(page) < PAGE:
                return
            last = page[-1].case.id


def _count(tally: Tally, case: "Simulated") -> None:
    from mailcase.desk.simulation import outcome

    tally.cases += 1
    for clocks, counter in ((case.before, tally.before), (case.after, tally.after)):
        counter.update(((clock.sla, clock.kpi), outcome(clock)) for clock in clocks)
    old, new = _by_kpi(case.before), _by_kpi(case.after)
    for kpi in dict.fromkeys((*old, *new)):
        was, will = (outcome(one[kpi]) if kpi in one else "none" for one in (old, new))
        if was != will:
            due = [one[kpi].due_at if kpi in one else None for one in (old, new)]
            tally.changed.append({"case": case.case.number, "kpi": kpi, "before": was, "after": will, "due": due})


def _by_kpi(clocks: "tuple[Clock, ...]") -> "dict[str, Clock]":
    """Return the last clock of each KPI that was not replaced by another."""
    from mailcase.desk.simulation import outcome

    return {clock.kpi: clock for clock in clocks if outcome(clock) != "cancelled"}


def _share(counter: Counter[tuple[Key, str]], key: Key) -> dict[str, Any]:
    """Return how many promises were kept, broken and are open, and the share of those kept."""
    kept, broken = counter[key, "kept"], counter[key, "broken"]
    ended = kept + broken
    attainment = round(kept / ended, 4) if ended else None
    return {"kept": kept, "broken": broken, "open": counter[key, "open"], "attainment": attainment}


def _keys(tally: Tally) -> list[Key]:
    return sorted({key for counter in (tally.before, tally.after) for key, _ in counter})


def _print(tally: Tally, since: datetime, limit: int) -> None:
    typer.echo(f"{tally.cases} cases opened since {printing.moment(since)}")
    rows = [
        (sla, kpi, *_words(_share(tally.before, (sla, kpi))), *_words(_share(tally.after, (sla, kpi))))
        for sla, kpi in _keys(tally)
    ]
    columns = ("SLA", "KPI", "Kept", "Broken", "Before", "Kept", "Broken", "After")
    printing.table("", columns, rows, empty="No promise was made, neither before nor after.")
    if tally.changed:
        shown = [(one["case"], one["kpi"], one["before"], one["after"], *one["due"]) for one in tally.changed[:limit]]
        title = f"{len(tally.changed)} promises come out differently"
        printing.table(title, ("Case", "KPI", "Before", "After", "Due before", "Due after"), shown, empty="")


def _words(share: dict[str, Any]) -> tuple[object, ...]:
    attainment = share["attainment"]
    return share["kept"], share["broken"], None if attainment is None else f"{100 * attainment:.1f} %"


def _document(tally: Tally, since: datetime, version: tuple[str, str]) -> dict[str, Any]:
    """Return all of it for programs."""
    return {
        "since": since,
        "rules": {"before": version[0], "after": version[1]},
        "cases": tally.cases,
        "promises": [
            {"sla": key[0], "kpi": key[1], "before": _share(tally.before, key), "after": _share(tally.after, key)}
            for key in _keys(tally)
        ],
        "changed": tally.changed,
    }
