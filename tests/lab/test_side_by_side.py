"""Experiments side by side."""

import sys
import threading
import time
from pathlib import Path

import pytest

from lab import side_by_side
from lab.experiment import Experiment, Figure, Findings, Load, Trial
from lab.side_by_side import Apart, Unit, units

FOUND = Findings(
    trials=(Trial(what="a", times=3, late=1, note="x"),),
    figures=(Figure(name="f", value=1.5, unit="s", at_most=2.0),),
    where="here",
    faults=("one",),
    omitted=("two",),
)


def experiment(name: str, load: Load = Load.WAITS, after: str = "") -> Experiment:
    return Experiment(name=name, promise="G1", title=name, how="", run=lambda _: FOUND, load=load, after=after)


class Machine:
    """Notes how much ran at the same time."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.running: list[str] = []
        self.seen: list[tuple[str, ...]] = []

    def start(self, unit: Unit) -> dict[str, Findings]:
        (one,) = unit
        with self.lock:
            self.running.append(one.name)
            self.seen.append(tuple(self.running))
        time.sleep(0.05)
        with self.lock:
            self.running.remove(one.name)
        return {one.name: FOUND}


def test_what_was_found_survives_the_way_through_json() -> None:
    assert Findings.from_json(FOUND.as_json()) == FOUND


def test_an_experiment_that_looks_at_what_another_left_runs_in_its_process() -> None:
    chosen = [experiment("E1"), experiment("E2", after="E1"), experiment("E3")]

    assert [[one.name for one in unit] for unit in units(chosen)] == [["E1", "E2"], ["E3"]]
    assert [[one.name for one in unit] for unit in units(chosen[1:])] == [["E2"], ["E3"]]


def test_those_that_measure_run_alone_and_the_others_share_the_machine() -> None:
    machine = Machine()
    some = [experiment(f"W{number}") for number in range(4)]
    loud = [experiment("A", Load.MEASURES), experiment("B", Load.WORKS), experiment("C", Load.WORKS)]

    found = [name for one in side_by_side.run(units([*loud, *some]), machine.start) for name in one]

    assert sorted(found) == ["A", "B", "C", "W0", "W1", "W2", "W3"]
    assert max(map(len, machine.seen)) in (4, 5)
    assert [one for one in machine.seen if "A" in one] == [("A",)]


def test_who_ends_it_early_has_what_runs_stopped() -> None:
    stopped = threading.Event()
    results = side_by_side.run(units([experiment("E1"), experiment("E2")]), Machine().start, stopped.set)

    next(results)
    results.close()  # type: ignore[attr-defined]  # it is a generator

    assert stopped.is_set()


@pytest.mark.parametrize(
    ("code", "longest_s", "words", "reason"),
    [
        ("import os; os.abort()", 30, "ended with code -6", "it dies"),
        ("print('hello'); raise SystemExit(1)", 30, "ended with code 1", "it says nothing"),
        ("import time; time.sleep(60)", 0.5, "hung for", "it never ends"),
    ],
)
def test_a_process_that_dies_or_hangs_is_a_fault_of_its_experiment(
    code: str, longest_s: float, words: str, reason: str, tmp_path: Path
) -> None:
    lines: list[str] = []
    script = tmp_path / "fake.py"
    script.write_text(code)
    apart = Apart(command=(sys.executable, str(script)), show=lines.append, longest_s=longest_s)

    found = apart.start((experiment("E1"), experiment("E2", after="E1")))

    assert [words in fault for one in found.values() for fault in one.faults] == [True, True], reason
    assert not any(one.passed for one in found.values())
    assert lines == (["E1  hello"] if "hello" in code else [])


def test_an_experiment_in_a_process_of_its_own_tells_what_it_found() -> None:
    lines: list[str] = []
    apart = Apart(command=(sys.executable, "-m", "tests.lab", "--short"), show=lines.append)

    found = apart.start((experiment("E14"),))

    assert found["E14"].trials
    assert any("held, " in line for line in lines), lines
