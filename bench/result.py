"""What a stage is told and what it tells: named figures, for a table and for JSON."""

import resource
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What the person asked for."""

    messages: int | None
    """None for as many as the stage takes by itself."""
    database: str
    """`sqlite` or `postgres`."""
    agents: int
    """Members of the queue, each of whom is sent a notice of every new case and answer."""
    cases: int
    """Stored cases of the stage `growth`."""
    corpus: Path | None
    """A folder of mails for the stage `parse`."""
    folder: Path
    """An empty folder for the databases; on a real disk, or a durable commit costs nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One measured value."""

    key: str
    """In JSON."""
    name: str
    value: float
    unit: str
    is_part: bool = False
    """Whether the time is contained in that of a figure above."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What one stage measured."""

    stage: str
    setting: str
    """What was running: servers, database, mails."""
    figures: Sequence[Figure]
    notes: tuple[str, ...] = ()
    """What no figure can say."""

    def as_json(self) -> dict[str, Any]:
        """Return it as JSON takes it."""
        return {
            "stage": self.stage,
            "setting": self.setting,
            "figures": {figure.key: {"value": figure.value, "unit": figure.unit} for figure in self.figures},
            "notes": list(self.notes),
        }

    def print(self, console: Console) -> None:
        """Print it as a table."""
        console.print(f"{self.stage}: {self.setting}", style="bold", highlight=False)
        table = Table()
        table.add_column("")
        table.add_column("value", justify="right")
        table.add_column("unit")
        for figure in self.figures:
            table.add_row(("  " if figure.is_part else "") + figure.name, shown(figure.value), figure.unit)
        console.print(table)
        for note in self.notes:
            console.print(note, markup=False, highlight=False)


def shown(value: float) -> str:
    """Return a value with as many digits as say something."""
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def peak_memory_mb() -> float:
    """Return the most memory (MB) that this process ever held."""
    unit = 1 if sys.platform == "darwin" else 1024  # macOS counts bytes, Linux kB
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6


def percentile(samples: Sequence[float], percent: int) -> float:
    """Return the value that `percent` of `samples` are not above."""
    ordered = sorted(samples)
    return ordered[min(len(ordered) - 1, len(ordered) * percent // 100)]
