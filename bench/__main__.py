"""`python -m bench`: runs the stages, each in a process of its own, and prints what they measured."""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from rich.console import Console

from bench.result import Options
from bench.stages import STAGES

PASSED_ON = ("messages", "database", "agents", "cases", "corpus", "folder")


def main() -> None:
    """Run what the arguments ask for."""
    arguments = _arguments().parse_args()
    if arguments.list:
        for name, stage in STAGES.items():
            print(f"{name:14} {stage.title}{'' if stage.is_default else ' (only when named)'}")
        return
    stages = arguments.stage or [name for name, stage in STAGES.items() if stage.is_default]
    results = _run(stages[0], arguments) if len(stages) == 1 else _run_apart(stages, arguments)
    if arguments.json:
        arguments.json.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measure mailcase on this machine.")
    parser.add_argument("--list", action="store_true", help="tell the stages and end")
    parser.add_argument("--stage", action="append", choices=STAGES, help="only this stage; may be repeated")
    parser.add_argument("--messages", type=int, help="mails of a stage; default: as the stage takes by itself")
    parser.add_argument("--database", choices=("sqlite", "postgres"), default="sqlite")
    parser.add_argument("--agents", type=int, default=0, help="agents who are sent a notice of each new mail")
    parser.add_argument("--cases", type=int, default=100_000, help="stored cases of the stage growth")
    parser.add_argument("--corpus", type=Path, help="folder of mails for the stage parse; default: seeded ones")
    parser.add_argument("--folder", type=Path, default=Path(), help="where databases are made; on a real disk")
    parser.add_argument("--json", type=Path, help="also write the figures into this file")
    return parser


def _run(name: str, arguments: argparse.Namespace) -> list[dict[str, Any]]:
    """Run one stage and print it; return it for JSON."""
    with tempfile.TemporaryDirectory(dir=arguments.folder, prefix=".bench-") as folder:
        options = Options(
            messages=arguments.messages,
            database=arguments.database,
            agents=arguments.agents,
            cases=arguments.cases,
            corpus=arguments.corpus,
            folder=Path(folder).absolute(),
        )
        result = STAGES[name].run(options)
    if result is None:
        return []
    result.print(Console())
    return [result.as_json()]


def _run_apart(stages: list[str], arguments: argparse.Namespace) -> list[dict[str, Any]]:
    """Run each stage in a process of its own, so that its peak memory is its own."""
    results: list[dict[str, Any]] = []
    given = {name: value for name, value in vars(arguments).items() if name in PASSED_ON and value is not None}
    passed = [word for name, value in given.items() for word in (f"--{name}", str(value))]
    with tempfile.TemporaryDirectory() as folder:
        told = Path(folder) / "result.json"
        for name in stages:
            command = [sys.executable, "-m", "bench", *passed, "--stage", name, "--json", str(told)]
            subprocess.run(command, check=True)
            results += json.loads(told.read_text(encoding="utf-8"))
    return results


if __name__ == "__main__":
    main()
