"""Clocks on functions of the real path, for as long as a run takes; each costs some tenths of a microsecond a call."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any

Place = tuple[str, Any, str]  # the name of the clock, a module or class, and the function of it that is clocked


@dataclass(slots=True)
class Stopwatch:
    """How long the calls under each name took, in seconds, in order."""

    calls: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict(list))

    def total(self, name: str) -> float:
        """Return the seconds of all calls."""
        return sum(self.calls[name])

    def timed(self, name: str, call: Callable[[], Any]) -> Any:
        """Call and return, with the time noted."""
        begin = perf_counter()
        try:
            return call()
        finally:
            self.calls[name].append(perf_counter() - begin)

    @contextmanager
    def on(self, places: Iterable[Place]) -> Iterator[None]:
        """Clock these functions wherever they are called from the place that is named."""
        before = [(owner, function, getattr(owner, function)) for _, owner, function in places]
        for (name, owner, function), (_, _, original) in zip(places, before, strict=True):
            setattr(owner, function, self._clocked(name, original))
        try:
            yield
        finally:
            for owner, function, original in before:
                setattr(owner, function, original)

    def _clocked(self, name: str, original: Callable[..., Any]) -> Callable[..., Any]:
        spent = self.calls[name]

        def clocked(*arguments: Any, **named: Any) -> Any:
            begin = perf_counter()
            try:
                return original(*arguments, **named)
            finally:
                spent.append(perf_counter() - begin)

        return clocked
