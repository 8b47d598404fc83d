"""`mailcase check`: one line for each finding, with the remedy."""

from pathlib import Path

from typer.testing import CliRunner

from lab.desks import Furniture, furnish
from mailcase.cli import app


def test_a_finding_is_one_line_however_long(tmp_path: Path) -> None:
    folder = tmp_path / ("desk" * 50)  # its name alone is wider than any terminal
    path = furnish(folder, Furniture(url="sqlite:///desk.db"))

    lines = CliRunner().invoke(app, ["--config", str(path), "check"]).stdout.splitlines()

    assert {line.split()[0] for line in lines} <= {"ok", "note", "FAIL"}
    assert any(line.startswith("ok    database") and line.endswith("desk.db") for line in lines)
