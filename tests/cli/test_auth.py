"""`mailcase auth`: signing in by code and by browser, how logins stand, and signing out."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.conftest import Mailcase
from lab.desks import Furniture, furnish
from lab.oauthserver import CLIENT_SECRET, OAuthServer
from mailcase.app import build
from mailcase.store import audit, oauth

ACCOUNT = "support@northwind.example"
IMAP = '[mailboxes.support.imap]\nhost = "imap.northwind.example"\noauth = "lab"\n'
SECRETS = ("canary", "access-", "refresh-")


@pytest.fixture
def server() -> Iterator[OAuthServer]:
    with OAuthServer(interval_s=0.01) as running:
        yield running


@pytest.fixture
def config(tmp_path: Path, server: OAuthServer, sqlite_template: Path) -> Path:
    (tmp_path / "desk.db").write_bytes(sqlite_template.read_bytes())
    furniture = Furniture(url="sqlite:///desk.db", support=IMAP, extra=server.section())
    return furnish(tmp_path, furniture)


def kept(config: Path) -> list[str]:
    """Return the refresh tokens in the database."""
    app = build(config)
    with app.database.read() as tx:
        found = [tokens.refresh_token for tokens in oauth.find(tx)]
    app.close()
    return found


@pytest.mark.parametrize("name", ["support", ACCOUNT])
def test_a_person_signs_in_by_a_code(mailcase: Mailcase, config: Path, server: OAuthServer, name: str) -> None:
    server.device_polls = ["authorization_pending", "authorization_pending"]

    done = mailcase("--config", config, "auth", "login", name)

    assert (done.code, done.err) == (0, "")
    assert f"open {server.url}/activate\nand type the code WDJB-MJHT" in done.text
    assert not any(secret in done.text for secret in SECRETS)
    (token,) = kept(config)
    assert server.is_signed_in(token)


def test_the_steps_of_a_sign_in_for_programs(mailcase: Mailcase, config: Path) -> None:
    first, second = map(json.loads, mailcase("-c", config, "auth", "login", "support", "--json").text.splitlines())

    assert first["user_code"] == "WDJB-MJHT"
    assert (second["oauth"], second["account"]) == ("lab", ACCOUNT)


def test_a_no_is_told_and_nothing_is_kept(mailcase: Mailcase, config: Path, server: OAuthServer) -> None:
    server.device_polls = ["access_denied"]

    done = mailcase("-c", config, "auth", "login", "support")

    assert (done.code, kept(config)) == (2, [])
    assert "the person who signed in said no" in done.err


def test_a_code_that_ran_out_is_told(mailcase: Mailcase, config: Path, server: OAuthServer) -> None:
    server.answers = [(200, {"device_code": "d", "user_code": "U", "verification_uri": "u", "expires_in": 0.001})]

    done = mailcase("-c", config, "auth", "login", "support")

    assert done.code == 2
    assert "nobody signed in as support@northwind.example before the code ended" in done.err


@pytest.mark.parametrize(
    ("pasted", "words"),
    [
        (b"http://localhost/?state=stolen&code=x\n", "that is the end of another sign-in"),
        (b"http://localhost/?error=access_denied\n", "the provider says 'access_denied'"),
        (b"\n", "that is not the address at which a sign-in ends"),
    ],
)
def test_another_end_of_a_browser_is_refused(mailcase: Mailcase, config: Path, pasted: bytes, words: str) -> None:
    done = mailcase("-c", config, "auth", "login", "--browser", "support", stdin=pasted)

    assert (done.code, kept(config)) == (1, [])
    assert words in done.err


def test_the_standing_of_a_login_is_shown(mailcase: Mailcase, config: Path) -> None:
    (before,) = mailcase("-c", config, "auth", "status", "--json").json
    mailcase("-c", config, "auth", "login", "support")
    (after,) = mailcase("-c", config, "auth", "status", "--json").json

    assert (before["is_missing"], after["is_missing"], after["mailboxes"]) == (True, False, ["support"])
    assert "access_token" in after["ends"]
    assert not any(secret in f"{after}" for secret in SECRETS)
    assert "ready" in mailcase("-c", config, "auth", "status").text


def test_signing_out_forgets_and_revokes(mailcase: Mailcase, config: Path, server: OAuthServer) -> None:
    mailcase("-c", config, "auth", "login", "support")
    (token,) = kept(config)

    done = mailcase("-c", config, "auth", "logout", "support")

    assert "forgotten here and revoked at the provider" in done.text
    assert kept(config) == []
    assert not server.is_signed_in(token)
    mailcase("-c", config, "auth", "logout", "support").fails(1, "there are no tokens for support@northwind.example")


def test_who_signs_in_and_out_is_kept_without_any_token(mailcase: Mailcase, config: Path) -> None:
    mailcase("-c", config, "auth", "login", "support")
    mailcase("-c", config, "auth", "logout", "support")

    app = build(config)
    with app.database.read() as tx:
        records = audit.of_object(tx, "oauth", 0)
    app.close()
    assert [record.action for record in records] == ["oauth.login", "oauth.logout"]
    assert not any(secret in f"{records}" for secret in SECRETS)


def test_a_mailbox_without_oauth_is_refused_with_those_that_have_it(mailcase: Mailcase, config: Path) -> None:
    mailcase("-c", config, "auth", "login", "billing").fails(
        1, "billing does not log in by OAuth 2.0; those that do: support"
    )


def test_nobody_signs_in_for_an_application(mailcase: Mailcase, tmp_path: Path, server: OAuthServer) -> None:
    section = server.section(grant="client_credentials", client_secret=CLIENT_SECRET)
    config = furnish(tmp_path, Furniture(url="sqlite:///desk.db", support=IMAP, extra=section))

    mailcase("-c", config, "auth", "login", "support").fails(1, "nobody signs in, its tokens come by themselves")
