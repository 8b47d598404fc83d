"""The lab's command line and its page."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from lab import page, runner
from lab.experiment import Experiment, Figure, Findings, Setting, Trial
from lab.experiments import all_experiments

HEAD = "# Reliability\n\nBy hand.\n\n"
CLEAN = Trial(what="nothing", times=3)


def experiment(name: str, run: Callable[[Setting], Findings]) -> Experiment:
    return Experiment(name=name, promise="G1", title=f"Title of {name}", how="By doing it.", run=run)


def finding(*trials: Trial, figure: float = 1) -> Callable[[Setting], Findings]:
    figures = (Figure(name="delay", value=figure, unit="s", at_most=2),)
    return lambda _: Findings(trials=trials, figures=figures, where="a table")


def fall_over(_: Setting) -> Findings:
    raise OSError("no such disk")


@pytest.fixture
def written(tmp_path: Path) -> Path:
    path = tmp_path / "reliability.md"
    path.write_text(HEAD)
    return path


@pytest.mark.parametrize(
    ("run", "code", "reason"),
    [
        (finding(CLEAN), 0, "everything held"),
        (finding(CLEAN, Trial(what="x", times=3, lost=1)), 1, "a loss"),
        (finding(CLEAN, Trial(what="x", times=0)), 1, "what was never tried did not hold"),
        (finding(), 1, "no trial at all"),
        (finding(CLEAN, figure=3), 1, "a figure past its bound"),
        (fall_over, 1, "the lab itself is broken"),
    ],
)
def test_the_exit_code_tells_whether_all_promises_held(
    run: Callable[[Setting], Findings], code: int, reason: str, written: Path
) -> None:
    assert runner.main(["--one-by-one", "--page", str(written)], {"E1": experiment("E1", run)}) == code, reason


def test_what_was_found_is_written_as_json(tmp_path: Path, written: Path) -> None:
    target = tmp_path / "found.json"
    known = {"E1": experiment("E1", finding(CLEAN))}

    runner.main(["--one-by-one", "--page", str(written), "--json", str(target)], known)

    told = json.loads(target.read_text())["E1"]
    assert (told["passed"], told["trials"][0]["times"]) == (True, 3)


def test_a_run_of_some_replaces_their_sections_and_leaves_the_head_and_the_others(written: Path) -> None:
    known = {name: experiment(name, finding(CLEAN)) for name in ("E1", "E2")}
    runner.main(["--one-by-one", "--page", str(written)], known)
    before = written.read_text()

    broken = known | {"E2": experiment("E2", finding(Trial(what="again", times=7, lost=1)))}
    runner.main(["--one-by-one", "--page", str(written), "--only", "e2"], broken)
    unwritten = written.read_text()
    runner.main(["--one-by-one", "--page", str(written), "--only", "e2", "--write"], broken)

    after = written.read_text()
    assert unwritten == before, "only when asked"
    assert after.startswith(f"{HEAD}{page.MARK}")
    assert after.split("### E2")[0] == before.split("### E2")[0]
    assert "| again | 7 | 1 | 0 | 0 | 0 | broken |  |" in after


def test_the_page_is_the_same_after_the_same_results(written: Path) -> None:
    known = {name: experiment(name, finding(CLEAN)) for name in ("E1", "E2")}
    runner.main(["--one-by-one", "--page", str(written)], known)
    before = written.read_text()

    runner.main(["--one-by-one", "--page", str(written)], known)

    assert written.read_text() == before


@pytest.mark.parametrize("arguments", [["--only", "E1,E99"], ["--short", "--write"]])
def test_arguments_that_make_no_sense_are_refused(arguments: list[str], written: Path) -> None:
    assert (
        runner.main(["--one-by-one", "--page", str(written), *arguments], {"E1": experiment("E1", finding(CLEAN))}) == 2
    )


def test_experiments_are_named_after_their_modules() -> None:
    folder = Path(page.__file__).parent / "experiments"

    assert [int(path.name[1:3]) for path in sorted(folder.glob("e[0-9][0-9]_*.py"))] == [
        experiment.number for experiment in all_experiments().values()
    ]


def test_the_page_has_a_section_for_nothing_but_experiments() -> None:
    told = page.sections(page.PAGE)

    assert set(told) <= set(all_experiments())
