"""`mailcase rules replay`."""

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from lab.desks import START, Furniture, ManualClock, furnish, open_app
from lab.filed import file_mail, raw_mail
from mailcase.cli import app as program
from mailcase.errors import Invalid

SKIP = "rules: [{name: no parcels, when: 'subject.contains(\"parcel\")', then: {skip: no}}]\n"
SINCE = f"--since={START:%Y-%m-%d}"


@pytest.fixture
def settings(tmp_path: Path) -> Path:
    """The settings of a desk that filed two mails; `other/` has its rules."""
    path = furnish(tmp_path, Furniture(url=f"sqlite:///{tmp_path}/desk.db"))
    app = open_app(path, ManualClock())
    for subject in ("My parcel", "Hello"):
        file_mail(app, raw_mail(subject))
    app.close()
    shutil.copytree(tmp_path / "rules", tmp_path / "other")
    return path


def replay(settings: Path, *arguments: str) -> Result:
    return CliRunner().invoke(program, ["rules", "replay", "--config", str(settings), *arguments])


def test_the_same_rules_end_with_0(settings: Path) -> None:
    done = replay(settings, SINCE, "--against", str(settings.parent / "other"))
    assert (done.exit_code, "2 mails" in done.output, "All come out the same." in done.output) == (0, True, True)


def test_other_rules_end_with_1_and_tell_the_differences(settings: Path) -> None:
    (settings.parent / "other" / "record_creation.yaml").write_text(SKIP)
    done = replay(settings, SINCE, "--against", str(settings.parent / "other"))
    assert done.exit_code == 1
    assert "1 come out differently" in done.output
    assert "default → no parcels" in done.output


def test_json_has_every_difference(settings: Path) -> None:
    (settings.parent / "rules" / "record_creation.yaml").write_text(SKIP)  # the desk's own: against what was decided
    done = replay(settings, SINCE, "--json")
    found = json.loads(done.stdout)
    assert (found["mails"], found["differing"], found["before"]) == (2, 1, None)
    assert found["differences"][0]["changes"] == {"outcome": ["open", "skip"]}


def test_mail_before_the_time_asked_for_is_left_out(settings: Path) -> None:
    assert replay(settings, "--since", "2027-01-01").stdout.startswith("0 mails")


def test_a_time_that_nobody_understands_is_refused(settings: Path) -> None:
    assert isinstance(replay(settings, "--since", "soon").exception, Invalid)


def test_a_folder_with_a_mistake_is_refused_with_its_place(settings: Path) -> None:
    (settings.parent / "other" / "routing.yaml").write_text("rules: [{nam: x}]\n")
    error = replay(settings, "--against", str(settings.parent / "other")).exception
    assert isinstance(error, Invalid)
    assert error.problems[0].startswith("routing.yaml:1:")
