"""The benchmarks run, on a few mails: what they clock is still there, and every mail becomes what it should."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("stage", ["end-to-end", "parse", "burst", "growth", "clocks"])
def test_a_stage_tells_its_figures(stage: str, tmp_path: Path) -> None:
    told = tmp_path / "told.json"
    given = ["--messages", "20", "--cases", "300", "--agents", "1", "--folder", str(tmp_path), "--json", str(told)]

    subprocess.run([sys.executable, "-m", "bench", "--stage", stage, *given], cwd=ROOT, check=True)

    (result,) = json.loads(told.read_text())
    assert result["stage"] == stage
    assert all(figure["value"] >= 0 for figure in result["figures"].values())


def test_the_store_is_measured_on_a_desk_that_is_seeded_through_its_schema(tmp_path: Path) -> None:
    paths = {"PYTHONPATH": f"{ROOT}:{ROOT / 'src'}:{ROOT / 'tests'}"}
    words = ["-m", "bench.growth", "sqlite", "--cases", "2500", "--mails", "120"]

    told = subprocess.run(
        [sys.executable, *words], cwd=tmp_path, check=True, capture_output=True, env=os.environ | paths
    )

    assert "sqlite, 3000 cases" in told.stdout.decode()


def test_every_stage_is_listed() -> None:
    listed = subprocess.run([sys.executable, "-m", "bench", "--list"], cwd=ROOT, check=True, capture_output=True)

    assert {"end-to-end", "store", "rules", "business-time"} <= set(listed.stdout.decode().split())
