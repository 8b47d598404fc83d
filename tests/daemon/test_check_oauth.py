"""`mailcase check` on logins by OAuth 2.0: what works, what is missing, what will end, and never a secret."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import trustme

from lab.desks import Furniture, furnish
from lab.dovecot import Dovecot
from lab.imapserver import ImapServer
from lab.oauthserver import CLIENT_SECRET, OAuthServer
from lab.smtpsink import SmtpSink
from mailcase.app import build
from mailcase.daemon.check import check_all
from mailcase.daemon.finding import Finding
from mailcase.daemon.oauth_logins import oauth_client
from mailcase.domain.oauth import Issued, signed_in
from mailcase.store import oauth

TOMORROW = datetime.now(UTC) + timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """A desk that reads from Dovecot and sends by the sink, both by OAuth 2.0."""

    config: Path
    user: str
    server: OAuthServer

    def sign_in(self, ends: timedelta | None = None) -> str:
        """Sign in, and return the refresh token."""
        token = self.server.sign_in(self.user)
        app = build(self.config)
        client = oauth_client(app.config, "lab")
        issued = Issued(access_token="canary-old", refresh_token=token, lifetime=timedelta(0), refresh_lifetime=ends)
        with app.database.begin() as tx:
            oauth.put(tx, signed_in(client.key_for(self.user), client.identity, issued, app.now()))
        app.close()
        return token

    def check(self, what: str) -> list[Finding]:
        """Return the findings about `what`; no secret is in any of them."""
        found = list(check_all(self.config))
        secrets = ("canary", "access-", "refresh-")
        assert [one for one in found if any(secret in f"{one}" for secret in secrets)] == []
        return [one for one in found if one.what.startswith(what)]


def scene_of(tmp_path: Path, oauth_server: OAuthServer, oauth_dovecot: Dovecot, sink: SmtpSink, **keys: str) -> Scene:
    user = ImapServer.dovecot(oauth_dovecot, "@northwind.example").username
    login = f'host = "127.0.0.1"\nsecurity = "none"\nusername = "{user}"\noauth = "lab"\n'
    support = f"[mailboxes.support.imap]\n{login}port = {oauth_dovecot.port}\n"
    extra = f"[mailboxes.support.smtp]\n{login}port = {sink.port}\n{oauth_server.section(**keys)}"
    config = furnish(tmp_path, Furniture(url="sqlite:///desk.db", support=support, extra=extra))
    return Scene(config=config, user=user, server=oauth_server)


@pytest.fixture
def sink() -> Iterator[SmtpSink]:
    with SmtpSink(extensions=("8BITMIME", "AUTH XOAUTH2")) as server:
        yield server


@pytest.fixture
def scene(tmp_path: Path, oauth_server: OAuthServer, oauth_dovecot: Dovecot, sink: SmtpSink) -> Scene:
    return scene_of(tmp_path, oauth_server, oauth_dovecot, sink)


def test_imap_and_smtp_log_in_with_one_token(scene: Scene, oauth_server: OAuthServer) -> None:
    scene.sign_in(ends=timedelta(days=90))
    before = len([one for one in oauth_server.requests if one["path"] == "/token"])

    assert [one.is_ok for one in scene.check("mailbox support") + scene.check("smtp 127")] == [True, True]

    assert len([one for one in oauth_server.requests if one["path"] == "/token"]) - before == 1
    (forecast,) = scene.check("oauth lab")
    assert forecast.is_ok
    assert f"signed in as {scene.user}: access token until 2" in forecast.message
    assert "refresh token until" in forecast.message


def test_nobody_signed_in_is_told_with_the_command(scene: Scene) -> None:
    (finding,) = scene.check("oauth lab")

    assert finding.is_ok is False
    assert finding.remedy == f"Sign in: `mailcase auth login {scene.user}`."


def test_a_sign_in_that_ended_is_told_with_the_command(scene: Scene) -> None:
    token = scene.sign_in()
    scene.server.revoke_everything()

    (finding,) = scene.check("mailbox support")

    assert (finding.is_ok, finding.remedy) == (False, f"Sign in anew: `mailcase auth login {scene.user}`.")
    assert token not in f"{finding}"


@pytest.mark.parametrize(
    ("ends", "is_ok", "words"),
    [
        (timedelta(days=3), None, "ends on"),
        (timedelta(days=-3), False, "ended on"),
    ],
)
def test_the_end_of_a_sign_in_is_forecast(scene: Scene, ends: timedelta, words: str, *, is_ok: bool | None) -> None:
    scene.server.rotates = False
    scene.sign_in(ends=ends)

    finding = scene.check("oauth lab")[0]

    assert (finding.is_ok, words in finding.message) == (is_ok, True)
    assert "auth login" in finding.remedy


def test_the_end_of_a_secret_is_forecast(
    tmp_path: Path, oauth_server: OAuthServer, oauth_dovecot: Dovecot, sink: SmtpSink
) -> None:
    keys = {
        "grant": "client_credentials",
        "client_secret": CLIENT_SECRET,
        "client_secret_expires": f"{TOMORROW:%Y-%m-%d}",
    }

    (finding, works) = scene_of(tmp_path, oauth_server, oauth_dovecot, sink, **keys).check("oauth lab")

    assert f"the client secret ends on {TOMORROW:%Y-%m-%d}" in finding.message
    assert "tokens for every mailbox" in works.message


def test_the_end_of_a_certificate_is_forecast(
    tmp_path: Path, oauth_server: OAuthServer, oauth_dovecot: Dovecot, sink: SmtpSink
) -> None:
    issued = trustme.CA().issue_cert("mailcase", not_after=TOMORROW)
    issued.private_key_and_cert_chain_pem.write_to_path(tmp_path / "key.pem")
    keys = {"grant": "client_credentials", "private_key_file": "key.pem", "certificate_file": "key.pem"}

    found = scene_of(tmp_path, oauth_server, oauth_dovecot, sink, **keys).check("oauth lab")

    assert f"the certificate ends on {TOMORROW:%Y-%m-%d}" in found[0].message


def test_secrets_that_others_can_read_are_noted(
    tmp_path: Path, oauth_server: OAuthServer, oauth_dovecot: Dovecot, sink: SmtpSink
) -> None:
    (tmp_path / "secret").write_text(CLIENT_SECRET)
    (tmp_path / "secret").chmod(0o644)
    keys = {"grant": "client_credentials", "client_secret_file": "secret"}

    (finding,) = scene_of(tmp_path, oauth_server, oauth_dovecot, sink, **keys).check("secrets")

    assert finding.remedy == f"chmod 600 {tmp_path}/secret"


def test_without_a_database_it_is_told_why_there_are_no_tokens(scene: Scene) -> None:
    text = scene.config.read_text().replace("sqlite:///desk.db", "sqlite:///nowhere/desk.db")
    scene.config.write_text(text)

    (finding,) = scene.check("mailbox support")

    assert "its tokens are kept in the database, which cannot be opened" in finding.message
