"""`mailcase why` and `mailcase rules explain | schema`."""

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from lab.desks import Furniture, ManualClock, furnish, open_app
from lab.filed import file_mail, raw_mail
from mailcase.cli import app as program
from mailcase.rules.load import SHIPPED
from mailcase.rules.schema import FILES, schema_name


@pytest.fixture
def settings(tmp_path: Path) -> Path:
    """The settings of a desk that filed one mail."""
    path = furnish(tmp_path, Furniture(url=f"sqlite:///{tmp_path}/desk.db"))
    app = open_app(path, ManualClock())
    file_mail(app, raw_mail("My invoice"))
    app.close()
    return path


@pytest.mark.parametrize("command", [["why"], ["rules", "explain"]])
def test_a_mail_is_explained_for_people(settings: Path, command: list[str]) -> None:
    done = CliRunner().invoke(program, [*command, "1", "--config", str(settings)])
    assert done.exit_code == 0
    for said in (
        "clara@customer.example: My invoice",
        "✓ money",
        "opens a case by rule default",
        "It is filed on CAS-",
    ):
        assert said in done.stdout


def test_a_mail_is_explained_for_programs(settings: Path) -> None:
    done = CliRunner().invoke(program, ["why", "1", "--json", "--config", str(settings)])
    (found,) = json.loads(done.stdout)
    assert found["decisions"][0]["effect"]["outcome"] == "open"
    assert {step["rule"] for step in found["decisions"][0]["steps"]} >= {"loop", "new mail", "money"}


def test_rules_test_tells_the_queue_too(settings: Path, tmp_path: Path) -> None:
    (tmp_path / "mail.eml").write_bytes(raw_mail("My invoice"))
    done = CliRunner().invoke(program, ["rules", "test", str(tmp_path / "mail.eml"), "--config", str(settings)])
    assert "→ opens a case by rule default in queue billing" in done.stdout


def test_schemas_are_printed_or_written(tmp_path: Path) -> None:
    printed = json.loads(CliRunner().invoke(program, ["rules", "schema"]).stdout)
    CliRunner().invoke(program, ["rules", "schema", "--output", str(tmp_path / "new")])
    written = {name: json.loads((tmp_path / "new" / schema_name(name)).read_text()) for name in FILES}
    assert written == printed


def test_init_writes_the_schemas_that_the_rule_files_name(tmp_path: Path) -> None:
    assert CliRunner().invoke(program, ["init", str(tmp_path)]).exit_code == 0
    for name in FILES:
        first = (tmp_path / "rules" / name).read_text().splitlines()[0]
        assert first == f"# yaml-language-server: $schema=schemas/{schema_name(name)}"
        assert (tmp_path / "rules" / "schemas" / schema_name(name)).is_file()


def test_every_rule_file_is_shipped() -> None:
    assert {path.name for path in SHIPPED.glob("*.yaml")} == set(FILES)


def proposed(folder: Path, rules: str) -> str:
    shutil.copytree(folder / "rules", folder / "proposed")
    (folder / "proposed" / "record_creation.yaml").write_text(rules)
    return str(folder / "proposed")


def test_proposed_rules_are_checked_beside_the_desks(settings: Path, tmp_path: Path) -> None:
    folder = proposed(tmp_path, "rules: [{name: a, then: {skip: no}}]")
    done = CliRunner().invoke(program, ["rules", "check", folder, "--json", "--config", str(settings)])
    found = json.loads(done.stdout)
    assert (done.exit_code, found["folder"], found["creation_rules"], found["errors"]) == (0, folder, 1, [])
    assert any("nobody sees customers' mail" in line for line in found["warnings"])


def test_what_is_wrong_with_proposed_rules_is_told_to_programs(settings: Path, tmp_path: Path) -> None:
    folder = proposed(tmp_path, "rules: [{name: a, when: 'subjct == \"x\"'}]")
    done = CliRunner().invoke(program, ["rules", "check", folder, "--json", "--config", str(settings)])
    assert done.exit_code == 2
    assert json.loads(done.stdout)["errors"][0].startswith("record_creation.yaml:1:26: ")


def test_a_mail_is_tried_on_proposed_rules(settings: Path, tmp_path: Path) -> None:
    folder = proposed(tmp_path, "rules: [{name: a, then: {hold: look at it}}]")
    (tmp_path / "mail.eml").write_bytes(raw_mail("My invoice"))
    words = ["rules", "test", str(tmp_path / "mail.eml"), "--against", folder, "--config", str(settings)]
    assert "→ is held (rule): look at it" in CliRunner().invoke(program, words).stdout
