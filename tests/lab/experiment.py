"""One experiment of the reliability lab: a promise, what is done to break it, and what was found.

An experiment is a module `lab/experiments/eNN_name.py` with a constant `EXPERIMENT`. Its `run` takes a `Setting` and
returns `Findings`; it raises only when the lab itself is broken. The short form is a test and takes seconds; the long
one has the counts of the promise.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from enum import IntEnum, StrEnum
from pathlib import Path
from random import Random
from typing import Any, TypeVar

T = TypeVar("T")


class Scale(StrEnum):
    """How much is tried."""

    SHORT = "short"
    LONG = "long"


def _silent(_: str) -> None:
    """Nobody watches."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What an experiment is given."""

    scale: Scale
    seed: int
    folder: Path
    """An empty folder of its own."""
    corpus: Path | None = None
    """A folder of automatic mails, for E10; None when there is none."""
    tell: Callable[[str], None] = _silent
    """Takes one line about how far it has come."""

    def scaled(self, short: T, long: T) -> T:
        """Return whichever fits the scale."""
        return short if self.scale is Scale.SHORT else long

    def random(self, what: str) -> Random:
        """Return a source of chance for `what`, the same at each run with this seed."""
        return Random(f"{self.seed}/{what}")

    def room(self, name: str) -> Path:
        """Return a new empty folder."""
        path = self.folder / name
        path.mkdir()
        return path


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One kind of thing that was tried; the counts of harm are beyond what the promise allows."""

    what: str
    times: int
    """How often it was done."""
    lost: int = 0
    """Mails that should be there and are not."""
    doubled: int = 0
    """Mails that are there more often than promised."""
    leaked: int = 0
    """Mails or bytes that came where they should not."""
    late: int = 0
    """What came, but after the time that is promised."""
    note: str = ""
    """What is worth knowing about it."""

    @property
    def is_clean(self) -> bool:
        """Whether the promise held, and was tried at all."""
        return self.times > 0 and not (self.lost or self.doubled or self.leaked or self.late)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One measured value."""

    name: str
    value: float
    unit: str
    at_most: float | None = None
    """The promised bound; None when nothing is promised."""

    @property
    def is_within(self) -> bool:
        return self.at_most is None or self.value <= self.at_most


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """What came of an experiment."""

    trials: tuple[Trial, ...]
    figures: tuple[Figure, ...] = ()
    where: str = ""
    """Which servers and database it ran on."""
    faults: tuple[str, ...] = ()
    """Broken promises that no count tells."""
    omitted: tuple[str, ...] = ()
    """What could not be tried here, and why."""

    @property
    def passed(self) -> bool:
        """Whether the promise held in every trial."""
        is_clean = bool(self.trials) and all(trial.is_clean for trial in self.trials)
        return is_clean and not self.faults and all(figure.is_within for figure in self.figures)

    def total(self, harm: str) -> int:
        """Return the sum of `times`, `lost`, `doubled`, `leaked` or `late` over all trials."""
        return sum(getattr(trial, harm) for trial in self.trials)

    def as_json(self) -> dict[str, Any]:
        """Return it as JSON takes it."""
        return asdict(self) | {"passed": self.passed}

    @classmethod
    def from_json(cls, told: Mapping[str, Any]) -> "Findings":
        """Return what `as_json` told."""
        return cls(
            trials=tuple(Trial(**one) for one in told["trials"]),
            figures=tuple(Figure(**one) for one in told["figures"]),
            where=told["where"],
            faults=tuple(told["faults"]),
            omitted=tuple(told["omitted"]),
        )


class Load(IntEnum):
    """How many of the six places on a small machine an experiment takes, when others run beside it."""

    WAITS = 1
    """It waits for most of the time."""
    WORKS = 2
    """It keeps a core busy, and what it promises is not about time."""
    MEASURES = 6
    """It measures times that others would lengthen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Experiment:
    """A promise and the way to try it."""

    name: str
    """Such as `E1`."""
    promise: str
    """Such as `G1`; several are separated by commas."""
    title: str
    """What is promised, in a sentence without a full stop."""
    how: str
    """What is done to break it and how that is counted, in sentences, for the page of the results."""
    run: Callable[[Setting], Findings]
    load: Load = Load.WAITS
    lasts_s: float = 60.0
    """About how long, on two cores: what lasts longest is begun first."""
    after: str = ""
    """The experiment that leaves behind what this one looks at: both run in one process."""

    @property
    def number(self) -> int:
        return int(self.name.removeprefix("E"))
