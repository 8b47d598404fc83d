"""docs/reliability.md: a head that people write, and the results that the lab writes below it.

The results have a section for each experiment; a run of some of them replaces theirs and leaves the others.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from lab.experiment import Experiment, Figure, Findings, Trial

PAGE = Path(__file__).parents[2] / "docs" / "reliability.md"
MARK = "<!-- What follows is written by `make lab`; what is above is written by hand. -->"
TRIAL_COLUMNS = ("tried", "how often", "lost", "doubled", "leaked", "late", "verdict", "note")
WORDS = ("tried", "verdict", "note")
_SECTION = re.compile(r"^### (E\d+): .*?(?=^### E\d+: |\Z)", re.MULTILINE | re.DOTALL)


def write(path: Path, known: Mapping[str, Experiment], found: Mapping[str, Findings]) -> None:
    """Put the results `found` into the page at `path`, in the order of `known`."""
    head, _, _ = path.read_text(encoding="utf-8").partition(MARK)
    told = sections(path) | {name: section(known[name], findings) for name, findings in found.items()}
    parts = [told[name] for name in known if name in told]
    path.write_text(f"{head}{MARK}\n\n" + "\n\n".join(["## Results", *parts]) + "\n", encoding="utf-8")


def sections(path: Path) -> dict[str, str]:
    """Return the results that the page at `path` has, by the name of the experiment."""
    results = path.read_text(encoding="utf-8").partition(MARK)[2]
    return {match[1]: match[0].strip() for match in _SECTION.finditer(results)}


def section(experiment: Experiment, findings: Findings) -> str:
    """Return what the page says of one experiment."""
    verdict = "The promise held." if findings.passed else "**The promise was broken.**"
    where = f" Ran on {findings.where}." if findings.where else ""
    lines = [f"### {experiment.name}: {experiment.title} ({experiment.promise})", "", experiment.how, ""]
    lines += [f"{verdict}{where}", *_listed(findings.faults), ""]
    lines += [*_table(TRIAL_COLUMNS, [trial_row(trial) for trial in findings.trials]), ""]
    if findings.figures:
        rows = [figure_row(figure) for figure in findings.figures]
        lines += [*_table(("measured", "value", "promised"), rows), ""]
    if findings.omitted:
        lines += ["Left out:", *_listed(findings.omitted), ""]
    return "\n".join(lines).strip()


def trial_row(trial: Trial) -> tuple[str, ...]:
    """Return one row under `TRIAL_COLUMNS`."""
    harms = (trial.lost, trial.doubled, trial.leaked, trial.late)
    verdict = "held" if trial.is_clean else "broken"
    return (trial.what, f"{trial.times:,}", *(f"{harm:,}" for harm in harms), verdict, trial.note)


def figure_row(figure: Figure) -> tuple[str, str, str]:
    """Return name, value and bound of a figure."""
    bound = "" if figure.at_most is None else f"at most {figure.at_most:g} {figure.unit}"
    digits = ",.0f" if figure.value >= 100 else ".3g"
    return figure.name, f"{figure.value:{digits}} {figure.unit}".strip(), bound.strip()


def _listed(lines: Sequence[str]) -> Iterator[str]:
    yield from ("", *(f"- {line}" for line in lines)) if lines else ()


def _table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    for line in (columns, ["---"] * len(columns), *rows):
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |"
