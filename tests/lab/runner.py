"""The command line of the lab: runs experiments, shows what they found and writes it down.

Many of them run side by side, each in a process of its own (`lab.side_by_side`); one alone runs in this process.
"""

import argparse
import json
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from threading import Lock

from rich.console import Console
from rich.table import Table

from lab import page, side_by_side
from lab.experiment import Experiment, Findings, Scale, Setting
from lab.experiments import all_experiments
from mailcase import log

SEED = 20260302


def main(arguments: Sequence[str] | None = None, known: Mapping[str, Experiment] | None = None) -> int:
    """Run what the arguments ask for; return 1 when a promise was broken, 2 when the arguments make no sense."""
    log.configure("error", "json")  # what the experiments run inside this process is noisy on purpose
    known = all_experiments() if known is None else known
    options = _parser().parse_args(arguments)
    try:
        chosen = _chosen(options, known)
    except ValueError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    console = Console()
    if options.list:
        for experiment in chosen:
            console.print(f"{experiment.name:4} {experiment.promise:8} {experiment.title}", highlight=False)
        return 0
    began = time.monotonic()
    found = _find(chosen, known, options, console)
    _sum_up(console, chosen, found, time.monotonic() - began)
    return 0 if all(findings.passed for findings in found.values()) else 1


def _find(
    chosen: Sequence[Experiment], known: Mapping[str, Experiment], options: argparse.Namespace, console: Console
) -> dict[str, Findings]:
    """Run the experiments, and write down what each found as soon as it is known: what comes later may not come."""
    found: dict[str, Findings] = {}
    is_written = options.write or not (options.only or options.short)
    units = side_by_side.units(chosen)
    is_alone = options.one_by_one or len(units) == 1
    for some in _run_all(chosen, options, console) if is_alone else _run_apart(units, options, console):
        found |= some
        if options.json:
            told = {name: findings.as_json() for name, findings in found.items()}
            options.json.write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")
        if is_written:
            page.write(options.page, known, found)
            console.print(f"written  {', '.join(some)} into {options.page.name}", highlight=False)
    return found


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.lab", description="Try to break what mailcase promises.")
    parser.add_argument("--list", action="store_true", help="tell the experiments and end")
    parser.add_argument("--only", default="", metavar="E1,E5", help="only these experiments")
    parser.add_argument("--short", action="store_true", help="the short forms, as the tests run them")
    parser.add_argument("--one-by-one", action="store_true", help="in this process, and nothing side by side")
    parser.add_argument("--seed", type=int, default=SEED, help="for everything that is random")
    parser.add_argument("--corpus", type=Path, metavar="FOLDER", help="automatic mails that E10 files, too, one a file")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write what was found into this file")
    parser.add_argument("--write", action="store_true", help="with --only: put the results into the page, too")
    parser.add_argument("--page", type=Path, default=page.PAGE, help=argparse.SUPPRESS)
    return parser


def _chosen(options: argparse.Namespace, known: Mapping[str, Experiment]) -> list[Experiment]:
    if options.short and options.write:
        raise ValueError("--write takes the long forms: leave --short out.")
    names = [name.strip().upper() for name in options.only.split(",") if name.strip()]
    missing = [name for name in names if name not in known]
    if missing:
        raise ValueError(f"There is no experiment {', '.join(missing)}; there are {', '.join(known)}.")
    return [experiment for name, experiment in known.items() if not names or name in names]


def _run_all(
    chosen: Sequence[Experiment], options: argparse.Namespace, console: Console
) -> Iterator[dict[str, Findings]]:
    """Run experiments one after the other in this process, and yield what each found."""
    scale = Scale.SHORT if options.short else Scale.LONG
    for experiment in chosen:
        console.rule(f"{experiment.name}  {experiment.title}", align="left")
        began = time.monotonic()
        with tempfile.TemporaryDirectory(prefix="mailcase-lab-", ignore_cleanup_errors=True) as folder:
            tell = partial(_tell, console, began)
            setting = Setting(scale=scale, seed=options.seed, folder=Path(folder), corpus=options.corpus, tell=tell)
            findings = run(experiment, setting)
        _print(console, findings, time.monotonic() - began)
        yield {experiment.name: findings}


def _run_apart(
    units: Sequence[side_by_side.Unit], options: argparse.Namespace, console: Console
) -> Iterator[dict[str, Findings]]:
    """Run experiments side by side in processes of their own, and yield what each found."""
    command = [sys.executable, "-m", "tests.lab", "--one-by-one", "--seed", str(options.seed)]
    command += ["--short"] if options.short else []
    command += ["--corpus", str(options.corpus.absolute())] if options.corpus else []
    lock = Lock()

    def show(line: str) -> None:
        with lock:
            console.print(line, markup=False, highlight=False, soft_wrap=True)

    apart = side_by_side.Apart(command=command, show=show)
    yield from side_by_side.run(units, apart.start, apart.stop)


def run(experiment: Experiment, setting: Setting) -> Findings:
    """Run one; what it raises is a fault that is told, so that the next one runs all the same."""
    try:
        return experiment.run(setting)
    except Exception as error:  # noqa: BLE001 - whatever it is, it ends this experiment only
        setting.tell(traceback.format_exc())
        return Findings(trials=(), faults=(f"The experiment itself failed: {type(error).__name__}: {error}",))


def _tell(console: Console, began: float, line: str) -> None:
    console.print(f"{time.monotonic() - began:6.1f} s  {line}", markup=False, highlight=False)


def _print(console: Console, findings: Findings, took_s: float) -> None:
    columns = page.TRIAL_COLUMNS[:-1]  # the notes are for the page: they are too wide for a terminal
    table = Table(title=findings.where or None, title_justify="left")
    for column in columns:
        table.add_column(column, justify="left" if column in page.WORDS else "right", overflow="fold")
    for trial in findings.trials:
        table.add_row(*page.trial_row(trial)[: len(columns)])
    console.print(table)
    for figure in findings.figures:
        console.print(" · ".join(page.figure_row(figure)), markup=False, highlight=False)
    for line in (*findings.faults, *(f"left out: {reason}" for reason in findings.omitted)):
        console.print(line, markup=False, highlight=False)
    console.print(f"{'held' if findings.passed else 'BROKEN'}, {took_s:.0f} s", highlight=False)


def _sum_up(console: Console, chosen: Sequence[Experiment], found: Mapping[str, Findings], took_s: float) -> None:
    """Say of each experiment whether its promise held; only where there are several."""
    if len(chosen) == 1:
        return
    console.rule("All", align="left")
    for experiment in chosen:
        findings = found[experiment.name]
        left_out = f", {len(findings.omitted)} left out" if findings.omitted else ""
        console.print(
            f"{'held' if findings.passed else 'BROKEN':8}{experiment.name:4} {experiment.title}{left_out}",
            markup=False,
            highlight=False,
        )
    console.print(f"{took_s / 60:.1f} minutes", highlight=False)
