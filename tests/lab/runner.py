"""The command line of the lab: runs experiments one after the other, shows what they found and writes it down."""

import argparse
import json
import sys
import tempfile
import time
import traceback
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

from rich.console import Console
from rich.table import Table

from lab import page
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
    found = _run_all(chosen, options, console)
    if options.json:
        told = {name: findings.as_json() for name, findings in found.items()}
        options.json.write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")
    if options.write or not (options.only or options.short):
        page.write(options.page, known, found)
        console.print(f"written  {options.page.name}", highlight=False)
    return 0 if all(findings.passed for findings in found.values()) else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.lab", description="Try to break what mailcase promises.")
    parser.add_argument("--list", action="store_true", help="tell the experiments and end")
    parser.add_argument("--only", default="", metavar="E1,E5", help="only these experiments")
    parser.add_argument("--short", action="store_true", help="the short forms, as the tests run them")
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


def _run_all(chosen: Sequence[Experiment], options: argparse.Namespace, console: Console) -> dict[str, Findings]:
    found = {}
    scale = Scale.SHORT if options.short else Scale.LONG
    for experiment in chosen:
        console.rule(f"{experiment.name}  {experiment.title}", align="left")
        began = time.monotonic()
        with tempfile.TemporaryDirectory(prefix="mailcase-lab-", ignore_cleanup_errors=True) as folder:
            tell = partial(_tell, console, began)
            setting = Setting(scale=scale, seed=options.seed, folder=Path(folder), corpus=options.corpus, tell=tell)
            found[experiment.name] = findings = run(experiment, setting)
        _print(console, findings, time.monotonic() - began)
    return found


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
