"""The short form of every experiment of the lab; the long ones run by `make lab`."""

import os
from pathlib import Path

import pytest

from lab.experiment import Experiment, Scale, Setting
from lab.experiments import all_experiments
from lab.runner import SEED

EXPERIMENTS = all_experiments()


@pytest.mark.parametrize("experiment", EXPERIMENTS.values(), ids=EXPERIMENTS)
def test_a_promise_holds_in_the_short_form(experiment: Experiment, tmp_path: Path) -> None:
    findings = experiment.run(Setting(scale=Scale.SHORT, seed=SEED, folder=tmp_path, tell=print))

    assert findings.passed, findings
    assert os.environ.get("CI") != "true" or not findings.omitted, "in CI everything is tried"
