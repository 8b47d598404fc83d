"""Variables of the environment win over the file; one that can have no effect is refused."""

from pathlib import Path

import pytest

from mailcase.config import FILE_NAME, load_config
from settings_files import MAILBOX, problems, write


def test_a_variable_overrides_its_key_and_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAILCASE_DESK__NAME", "From the environment")

    config = load_config(write(tmp_path, "[desk]\nname = 'From the file'\nlanguage = 'de'\n"))

    assert (config.desk.name, config.desk.language) == ("From the environment", "de")


def test_a_variable_reaches_into_a_mailbox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAILCASE_MAILBOXES__SUPPORT__IMAP__PORT", "143")

    imap = load_config(write(tmp_path, MAILBOX)).mailboxes["support"].imap

    assert imap is not None
    assert (imap.host, imap.port) == ("imap.example.com", 143)


def test_a_section_may_come_from_variables_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAILCASE_SMTP__HOST", "smtp.example.com")

    smtp = load_config(write(tmp_path, "")).smtp

    assert smtp is not None
    assert smtp.host == "smtp.example.com"


@pytest.mark.parametrize(
    ("variable", "value", "problem"),
    [
        (
            "MAILCASE_DESKS__NAME",  # a stray variable: without effect if nobody said so
            "x",
            (
                "environment variable MAILCASE_DESKS__NAME: no such setting; "
                "sections are canary, database, desk, limits, lmtp, log, mailboxes, oauth, paths, retention, smtp, web."
            ),
        ),
        (
            "MAILCASE_DESK__NMAE",
            "x",
            f"{FILE_NAME} or environment: desk.nmae: unknown key; did you mean name.",
        ),
        (
            "MAILCASE_LIMITS__PARTS",
            "many",
            f"{FILE_NAME} or environment: limits.parts: should be a whole number.",
        ),
        (
            "MAILCASE_DESK",  # a whole section as JSON is possible, but this is none
            "Support",
            (
                'environment: error parsing value for field "desk" from source "EnvSettingsSource"; '
                "set one key at a time, as in MAILCASE_DESK__NAME=Support."
            ),
        ),
    ],
)
def test_a_wrong_variable_is_one_line(
    variable: str, value: str, problem: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, value)

    assert problems(write(tmp_path, "")) == (problem,)


def test_the_variable_that_names_the_file_is_no_setting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAILCASE_CONFIG", "elsewhere.toml")

    assert load_config(write(tmp_path, "")).desk.name == "Support"
