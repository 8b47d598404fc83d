"""Relative paths count from the folder of the settings file, wherever the program was started."""

from pathlib import Path

import pytest

from mailcase.config import load_config
from settings_files import MAILBOX, write


def test_relative_paths_count_from_the_folder_of_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir("/")
    config = load_config(write(tmp_path, f"{MAILBOX}password_file = 'secrets/support'\n[paths]\nrules = '../rules'\n"))

    imap = config.mailboxes["support"].imap
    assert imap is not None
    assert imap.password_file == tmp_path / "secrets/support"
    assert config.paths.rules == tmp_path / "../rules"
    assert config.paths.templates == tmp_path / "templates"


def test_absolute_paths_and_home_stay_as_they_are(tmp_path: Path) -> None:
    config = load_config(write(tmp_path, "[paths]\nrules = '/srv/rules'\ntemplates = '~/templates'\n"))

    assert config.paths.rules == Path("/srv/rules")
    assert config.paths.templates == Path("~/templates").expanduser()


@pytest.mark.parametrize(
    ("url", "opened"),
    [
        ("sqlite:///desk.db", "sqlite:///{folder}/desk.db"),
        ("sqlite:////var/lib/mailcase/mailcase.db", "sqlite:////var/lib/mailcase/mailcase.db"),
        ("sqlite:///:memory:", "sqlite:///:memory:"),
        ("postgresql://desk@db.example.com/desk", "postgresql://desk@db.example.com/desk"),
    ],
)
def test_the_file_of_the_database_counts_from_there_too(url: str, opened: str, tmp_path: Path) -> None:
    config = load_config(write(tmp_path, f"[database]\nurl = '{url}'\n"))

    assert config.database.url == opened.format(folder=tmp_path)


def test_a_file_named_by_a_relative_path_has_the_same_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path, "")
    monkeypatch.chdir(tmp_path)

    assert load_config(Path(path.name)) == load_config(path)
