"""Changed rule files are taken over, as a whole or not at all."""

import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from lab.desks import Furniture, ManualClock, furnish, open_app
from lab.filed import file_mail, raw_mail
from mailcase import log
from mailcase.app import App
from mailcase.daemon.reload import Reloader

URGENT = "rules: [{name: all, then: {case: {tags: [new]}}}]\n"


@pytest.fixture
def out() -> io.StringIO:
    """Where the log goes."""
    stream = io.StringIO()
    log.configure("info", "json", stream)
    return stream


@pytest.fixture
def app(tmp_path: Path, out: io.StringIO) -> Iterator[App]:
    found = open_app(furnish(tmp_path, Furniture(url=f"sqlite:///{tmp_path}/desk.db")), ManualClock())
    yield found
    found.close()


def write(app: App, name: str, content: str) -> None:
    (app.config.paths.rules / name).write_text(content)


def events(out: io.StringIO) -> list[dict[str, object]]:
    lines = [json.loads(line) for line in out.getvalue().splitlines()]
    return [line for line in lines if line["event"].startswith("daemon.")]


def test_a_change_is_taken_over_once_the_files_rest(app: App) -> None:
    reloader, version = Reloader(app), app.desk.rulebook.version
    write(app, "record_creation.yaml", URGENT)
    reloader.follow()
    assert app.desk.rulebook.version == version
    reloader.follow()
    assert app.desk.rulebook.version != version


def test_files_that_do_not_change_are_not_read_again(app: App, out: io.StringIO) -> None:
    reloader = Reloader(app)
    for _ in range(3):
        reloader.follow()
    assert events(out) == []


@pytest.mark.parametrize("name", ["record_creation.yaml", "new.yaml"])
def test_a_wrong_set_is_told_in_one_line_and_the_last_good_one_stays(app: App, out: io.StringIO, name: str) -> None:
    reloader, before = Reloader(app), app.desk
    write(app, name, "rules: [{nam: x, wen: y}]\n")
    for _ in range(4):
        reloader.follow()
    (told,) = events(out)
    assert (told["event"], told["level"], told["kept"]) == ("daemon.reload_refused", "error", before.rulebook.version)
    assert len(told["problems"]) == told["count"] >= 1  # type: ignore[arg-type]
    assert app.desk is before


def test_a_mended_set_is_taken_over(app: App, out: io.StringIO) -> None:
    reloader = Reloader(app)
    for content in ("rules: 7\n", URGENT):
        write(app, "record_creation.yaml", content)
        reloader.follow()
        reloader.follow()
    assert [one["event"] for one in events(out)] == ["daemon.reload_refused", "daemon.reloaded"]
    assert app.desk.rulebook.creation[0].name == "all"


def test_templates_are_followed_too(app: App, out: io.StringIO) -> None:
    reloader = Reloader(app)
    folder = app.config.paths.templates / "customer"
    folder.mkdir()
    (folder / "acknowledged.subject.j2").write_text("{{ nothing_known }}")
    reloader.follow()
    reloader.follow()
    assert [one["event"] for one in events(out)] == ["daemon.reload_refused"]


def test_a_signal_takes_over_at_once(app: App) -> None:
    reloader = Reloader(app)
    write(app, "record_creation.yaml", URGENT)
    assert reloader.reload()
    assert app.desk.rulebook.creation[0].name == "all"


def test_a_mail_is_decided_by_the_rules_that_were_taken_over(app: App) -> None:
    write(app, "record_creation.yaml", URGENT)
    Reloader(app).reload()
    mail = file_mail(app, raw_mail("Hello"))
    assert (mail.rule, mail.rulebook) == ("all", app.desk.rulebook.version)
