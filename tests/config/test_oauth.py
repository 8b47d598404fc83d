"""The settings of OAuth 2.0: complete for each provider and grant, or refused with what is missing."""

from pathlib import Path

import pytest

from mailcase.config import FILE_NAME, Config, load_config
from settings_files import problems, write

CANARY = "Canary-4711"
MAILBOX = """
[mailboxes.support]
address = "support@example.com"
imap = {host = "imap.example.com", oauth = "office"}
[smtp]
host = "smtp.example.com"
oauth = "office"
"""


def office(keys: str) -> str:
    """Return a mailbox that logs in with these keys of its provider."""
    return f"{MAILBOX}\n[oauth.office]\n{keys}\n"


def read(tmp_path: Path, keys: str) -> Config:
    return load_config(write(tmp_path, office(keys)))


def test_microsoft_needs_a_tenant_and_a_client_id(tmp_path: Path) -> None:
    found = read(tmp_path, "provider = 'microsoft'\ntenant = 'example.com'\nclient_id = 'x'").oauth["office"]

    assert found.endpoint("token_url") == "https://login.microsoftonline.com/example.com/oauth2/v2.0/token"
    assert "offline_access" in found.effective_scope


def test_an_application_of_microsoft_asks_for_all_its_permissions(tmp_path: Path) -> None:
    keys = (
        "provider = 'microsoft'\ntenant = 't'\nclient_id = 'x'\ngrant = 'client_credentials'\nclient_secret_env = 'S'"
    )

    assert read(tmp_path, keys).oauth["office"].effective_scope == "https://outlook.office365.com/.default"


def test_google_needs_no_more_than_a_service_account(tmp_path: Path) -> None:
    keys = "provider = 'google'\ngrant = 'jwt_bearer'\nservice_account_file = 'key.json'"

    found = read(tmp_path, keys).oauth["office"]

    assert (found.endpoint("token_url"), found.endpoint("device_url")) == ("https://oauth2.googleapis.com/token", "")
    assert found.service_account_file == tmp_path / "key.json"


def test_an_endpoint_of_ones_own_replaces_that_of_the_preset(tmp_path: Path) -> None:
    url = "https://login.microsoftonline.us/t/oauth2/v2.0/token"
    keys = f"provider = 'microsoft'\ntenant = 't'\nclient_id = 'x'\ntoken_url = '{url}'"

    assert read(tmp_path, keys).oauth["office"].endpoint("token_url") == url


def test_who_sends_is_the_mailbox_itself(tmp_path: Path) -> None:
    config = read(tmp_path, "provider = 'google'\nclient_id = 'x'")

    found = config.smtp_of("support")

    assert found is not None
    assert found.username == "support@example.com"


@pytest.mark.parametrize(
    ("keys", "problem"),
    [
        ("provider = 'microsoft'\nclient_id = 'x'", "tenant is missing"),
        ("provider = 'google'", "client_id is missing"),
        ("provider = 'custom'\nclient_id = 'x'", "token_url is missing"),
        ("provider = 'google'\ngrant = 'jwt_bearer'\nclient_id = 'x'", "service_account_file is missing"),
        ("provider = 'google'\nclient_id = 'x'\nservice_account_file = 'f'", 'needs grant = "jwt_bearer"'),
        ("provider = 'google'\nclient_id = 'x'\ngrant = 'client_credentials'", "a client secret or private_key_file"),
        ("provider = 'google'\nclient_id = 'x'\nclient_secret = 'a'\nclient_secret_env = 'b'", "keep one"),
        ("provider = 'google'\nclient_id = 'x'\nclient_secret = 'a'\nprivate_key_file = 'b'", "keep one"),
        (
            "provider = 'microsoft'\ntenant = 't'\nclient_id = 'x'\nprivate_key_file = 'k'",
            "certificate_file is missing",
        ),
        ("provider = 'microsoft'\ntenant = 't'\nclient_id = 'x'\ngrant = 'jwt_bearer'", "use client_credentials"),
        ("provider = 'custom'\nclient_id = 'x'\ntoken_url = 'http://x.example/t'", "would send secrets in the clear"),
        ("provider = 'custom'\nclient_id = 'x'\ntoken_url = 'token'", "is not a web address"),
        ("provider = 'yahoo'\nclient_id = 'x'", "microsoft"),
    ],
)
def test_what_is_missing_is_told(keys: str, problem: str, tmp_path: Path) -> None:
    (found,) = problems(write(tmp_path, office(keys)))

    assert found.startswith(f"{FILE_NAME}: oauth.office")
    assert problem in found


def test_a_section_that_is_not_there_is_told_with_who_wants_it(tmp_path: Path) -> None:
    (found,) = problems(write(tmp_path, MAILBOX))

    assert "smtp.oauth names office, and there is no [oauth.office]; add it" in found


def test_a_password_beside_oauth_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path, "[smtp]\nhost = 'h.example'\nusername = 'u'\npassword = 'x'\noauth = 'office'\n")

    assert problems(path) == (f"{FILE_NAME}: smtp: password and oauth are set; keep one.",)


def test_a_client_secret_is_in_no_error_and_no_print_of_the_settings(tmp_path: Path) -> None:
    keys = f"provider = 'google'\nclient_id = 'x'\nclient_secret = '{CANARY}'"
    wrong = problems(write(tmp_path, office(f"{keys}\nprivate_key_file = 'b'\nzzz = 1")))
    good = read(tmp_path, keys)

    assert CANARY not in f"{wrong} {good!r} {good} {good.model_dump()} {good.model_dump_json()}"
    assert good.oauth["office"].read_secret("oauth.office") == CANARY
