"""Where passwords come from, where they never go, and connections that would show them."""

from pathlib import Path

import pytest

from mailcase.config import FILE_NAME, ImapSettings, load_config
from mailcase.errors import Invalid
from settings_files import MAILBOX, problems, write

CANARY = "Canary-4711"


def imap(tmp_path: Path, keys: str) -> ImapSettings:
    """Return the IMAP settings of a mailbox with these keys."""
    settings = load_config(write(tmp_path, f"{MAILBOX}{keys}\n")).mailboxes["support"].imap
    assert settings is not None
    return settings


@pytest.mark.parametrize(
    "keys",
    [
        f"password = '{CANARY}'",
        "password_file = 'secret'",
        "password_env = 'SECRET_OF_SUPPORT'",
        "password_credential = 'support'",
    ],
)
def test_a_password_comes_from_one_of_four_places(keys: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "secret").write_text(f"{CANARY}\nwhat stands below is a note\n")
    (tmp_path / "support").write_text(CANARY)
    monkeypatch.setenv("SECRET_OF_SUPPORT", CANARY)
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))

    assert imap(tmp_path, keys).read_password("mailboxes.support.imap") == CANARY


def test_a_changed_password_file_is_read_anew(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("old\r\n")
    settings = imap(tmp_path, "password_file = 'secret'")
    before = settings.read_password("mailboxes.support.imap")

    (tmp_path / "secret").write_text("new\n")

    assert (before, settings.read_password("mailboxes.support.imap")) == ("old", "new")


def test_without_a_password_there_is_none(tmp_path: Path) -> None:
    assert imap(tmp_path, "").read_password("mailboxes.support.imap") == ""


@pytest.mark.parametrize(
    ("keys", "problem"),
    [
        (
            "password_file = 'missing'",
            r"mailboxes.support.imap.password_file: /.*/missing: the password cannot be read \(No such file or directory\); its first line should be",
        ),
        (
            "password_env = 'NOT_SET_ANYWHERE'",
            "imap.password_env: the environment variable NOT_SET_ANYWHERE is not set",
        ),
        (
            "password_credential = 'support'",
            "imap.password_credential: no systemd credentials here, so no support; start under systemd",
        ),
    ],
)
def test_a_password_that_cannot_be_read_says_where_it_should_be(
    keys: str, problem: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CREDENTIALS_DIRECTORY", raising=False)
    settings = imap(tmp_path, keys)

    with pytest.raises(Invalid, match=problem):
        settings.read_password("mailboxes.support.imap")


def test_two_places_for_a_password_are_refused(tmp_path: Path) -> None:
    path = write(tmp_path, f"{MAILBOX}password = 'x'\npassword_env = 'Y'\n")

    assert problems(path) == (f"{FILE_NAME}: mailboxes.support.imap: password and password_env are set; keep one.",)


def test_a_password_for_smtp_without_a_user_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path, "[smtp]\nhost = 'smtp.example.com'\npassword_file = 'secret'\n")

    assert problems(path) == (
        f"{FILE_NAME}: smtp: password_file is set and username is not; set both, or neither for no login.",
    )


def test_a_password_is_in_no_error_and_no_print_of_the_settings(tmp_path: Path) -> None:
    wrong = problems(write(tmp_path, f"{MAILBOX}password = '{CANARY}'\nport = 0\npassword_env = 'Y'\nzzz = 1\n"))
    good = load_config(write(tmp_path, f"{MAILBOX}password = '{CANARY}'\n"))

    assert CANARY not in f"{wrong} {good!r} {good} {good.model_dump()} {good.model_dump_json()}"


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "::1", "[::1]", "localhost", "LOCALHOST"])
def test_a_server_on_this_machine_may_be_spoken_to_in_the_clear(host: str, tmp_path: Path) -> None:
    config = load_config(write(tmp_path, f"[smtp]\nhost = '{host}'\nport = 25\nsecurity = 'none'\n"))

    assert config.smtp is not None
    assert config.smtp.security == "none"


@pytest.mark.parametrize(
    "host",
    [
        "smtp.example.com",
        "10.0.0.1",  # a private network is a network
        "127.0.0.1.example.com",
        "localhost.example.com",
    ],
)
def test_any_other_server_is_not(host: str, tmp_path: Path) -> None:
    path = write(tmp_path, f"[smtp]\nhost = '{host}'\nport = 25\nsecurity = 'none'\n")

    assert problems(path) == (
        f"{FILE_NAME}: smtp: security none would send passwords in the clear to {host}; use tls or starttls.",
    )


def test_the_password_of_postgresql_is_put_into_its_url(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("p@ss/word\n")
    config = load_config(
        write(tmp_path, "[database]\nurl = 'postgresql://desk@db.example.com/desk'\npassword_file = 'secret'\n")
    )

    assert config.database.url_with_password() == "postgresql://desk:p%40ss%2Fword@db.example.com/desk"


@pytest.mark.parametrize("url", ["postgresql://db.example.com/desk", "postgresql://desk:x@db.example.com/desk"])
def test_a_url_that_has_no_user_or_has_a_password_takes_none(url: str, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("x\n")
    config = load_config(write(tmp_path, f"[database]\nurl = '{url}'\npassword_file = 'secret'\n"))

    with pytest.raises(Invalid, match="the url needs a user and no password, as postgresql://user@host/name"):
        config.database.url_with_password()


def test_a_fingerprint_is_taken_as_tools_print_it(tmp_path: Path) -> None:
    printed = ":".join(["AB", "0f"] * 16)

    assert imap(tmp_path, f"fingerprint = '{printed}'").fingerprint == "ab0f" * 16


@pytest.mark.parametrize(
    ("keys", "problem"),
    [
        ("fingerprint = 'abcd'", "is not the SHA-256 of a certificate: 64 hexadecimal digits"),
        (f"fingerprint = '{'ab' * 32}'\nca_file = 'ca.pem'", "ca_file and fingerprint are set; keep one"),
        (f"fingerprint = '{'ab' * 32}'\nsecurity = 'none'\nhost = '::1'", "with security none there is no certificate"),
    ],
)
def test_a_fingerprint_that_would_not_protect_is_refused(keys: str, problem: str, tmp_path: Path) -> None:
    section = MAILBOX.replace('host = "imap.example.com"\n', "") if "host" in keys else MAILBOX

    (found,) = problems(write(tmp_path, f"{section}{keys}\n"))

    assert problem in found
