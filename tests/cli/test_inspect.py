"""`mailcase inspect` on files."""

import hashlib
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from mailcase.cli import app

MAIL = b"From: Ada <ada@example.org>\nTo: desk@example.com\nSubject: [red]fire[/red]\nMessage-ID: <1@example.org>\n\nHelp!\n"


def run(*arguments: str) -> str:
    done = CliRunner().invoke(app, ["inspect", *arguments])
    assert done.exit_code == 0, done.output
    return done.output


def test_a_file_is_one_line_of_json(tmp_path: Path) -> None:
    path = tmp_path / "one.eml"
    path.write_bytes(MAIL)
    found = json.loads(run("--json", str(path)))
    assert found["sha256"] == hashlib.sha256(MAIL).hexdigest()
    assert (found["held"], found["kind"], found["text"]) == (None, "human", "Help!\n")
    assert found["from"] == {"name": "Ada", "address": "ada@example.org"}


def test_what_cannot_be_read_is_held_and_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "empty.eml").write_bytes(b"")
    (tmp_path / "one.eml").write_bytes(MAIL)
    names = [str(tmp_path / name) for name in ("missing.eml", "empty.eml", "one.eml")]
    found = [json.loads(line) for line in run("--json", *names).splitlines()]
    assert [one["held"] for one in found] == ["unreadable", "empty", None]


@pytest.mark.parametrize(("form", "body"), [("text", b"gr\xc3\xbcn"), ("html", b"<p>gr&uuml;n</p>")])
def test_a_bare_body_is_taken_as_one(tmp_path: Path, form: str, body: bytes) -> None:
    path = tmp_path / "body"
    path.write_bytes(body)
    found = json.loads(run("--json", "--as", form, str(path)))
    assert (found["text"].strip(), found["bytes"]) == ("grün", len(body))


def test_people_see_a_panel_with_the_text_as_it_stands(tmp_path: Path) -> None:
    path = tmp_path / "one.eml"
    path.write_bytes(MAIL)
    shown = run(str(path))
    assert "[red]fire[/red]" in shown
    assert "Help!" in shown


@pytest.mark.parametrize(
    ("head", "reason"),
    [(b"To: desk@example.com\n", "no_sender"), (b"From: a@b.example\nFrom: c@d.example\n", "ambiguous_sender")],
)
def test_a_mail_that_does_not_say_who_asks_is_held_and_shown(tmp_path: Path, head: bytes, reason: str) -> None:
    path = tmp_path / "one.eml"
    path.write_bytes(head + b"\nHelp!\n")
    found = json.loads(run("--json", str(path)))
    assert (found["held"], found["text"]) == (reason, "Help!\n")
    assert reason in run(str(path))


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_many_files_are_printed_in_order_by_any_number_of_processes(tmp_path: Path, jobs: str) -> None:
    paths = [tmp_path / f"{number}.eml" for number in range(40)]
    for number, path in enumerate(paths):
        path.write_bytes(MAIL.replace(b"Help!", b"Help %d!" % number))
    lines = run("--json", "--jobs", jobs, *map(str, paths)).splitlines()
    assert [json.loads(line)["text"] for line in lines] == [f"Help {number}!\n" for number in range(40)]
