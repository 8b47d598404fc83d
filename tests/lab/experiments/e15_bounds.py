"""E15: any one mail, rule file, condition or template stays within its time and memory."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from lab.bounded import CPU_S, MEMORY_MB, WORK
from lab.experiment import Experiment, Figure, Findings, Load, Setting, Trial
from lab.process import environment

TESTS = Path(__file__).parents[2]
WHAT = {
    "mail": "hostile mails, taken in and filed or held",
    "rules": "hostile rule files, read",
    "condition": "costly conditions, on a mail of 100 kB to 190 people",
    "template": "hostile templates, read and rendered",
}
TIMEOUT_S = 1_500


def measure(kind: str, names: list[str]) -> list[dict[str, Any]]:
    """Do each piece of work in a process with limits, and return what it took."""
    path = environment()["PYTHONPATH"]
    done = subprocess.run(
        [sys.executable, "-m", "lab.bounded", kind, *names],
        env=environment(PYTHONPATH=f"{path}:{TESTS}"),
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        check=True,
    )
    return [json.loads(line) for line in done.stdout.splitlines()]


def run(setting: Setting) -> Findings:
    """Measure all of it, or a few of each kind."""
    trials, figures, faults = [], [], []
    for kind, (_, names) in WORK.items():
        chosen = setting.scaled(setting.random(kind).sample(names, min(3, len(names))), list(names))
        found = measure(kind, chosen)
        broken = [one for one in found if one["ended"] or one["cpu_s"] > CPU_S or one["memory_mb"] > MEMORY_MB]
        trials.append(Trial(what=WHAT[kind], times=len(found), late=len(broken)))
        faults += [f"{kind}: {one['name']}: {_told(one)}" for one in broken]
        for name, unit, most in (("cpu_s", "s", CPU_S), ("memory_mb", "MB", MEMORY_MB)):
            worst = max(found, key=lambda one: one[name])
            told = f"most {'processor time' if unit == 's' else 'memory'}, {kind}: {worst['name']}"
            figures.append(Figure(name=told, value=worst[name], unit=unit, at_most=most))
        setting.tell(f"{len(found)} times {WHAT[kind]}")
    return Findings(
        trials=tuple(trials), figures=tuple(figures), faults=tuple(faults), where="SQLite, a process for each"
    )


def _told(one: dict[str, Any]) -> str:
    return f"{one['cpu_s']:.1f} s, {one['memory_mb']:.0f} MB {one['ended']}".rstrip()


EXPERIMENT = Experiment(
    name="E15",
    promise="G16",
    title=f"No mail, rule or template takes more than {CPU_S} s of processor time or {MEMORY_MB} MB",
    how=(
        "Every hostile mail of the tests is taken in and filed or held; every hostile rule file is read; costly conditions run on "
        "a large mail to many people; hostile templates are read and rendered. Each in a process that is forked for it: what it "
        f"takes is measured, with the program itself, and the system kills it after {CPU_S} s."
    ),
    run=run,
    lasts_s=120,
    load=Load.WORKS,
)
