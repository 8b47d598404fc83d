"""Asking a provider for tokens, over HTTP, of one that answers as the standards say and of ones that do not."""

import base64
import hashlib
import json
import ssl
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest

from lab.certificates import Certificates
from lab.faultproxy import Fault, FaultProxy
from lab.oauthserver import CLIENT_ID, CLIENT_SECRET, OAuthServer
from lab.ports import free_port
from mailcase.clock import utc_now
from mailcase.domain.oauth import Grant
from mailcase.errors import Invalid, Unavailable
from mailcase.transport import oauth, oauth_assertion
from mailcase.transport.oauth_client import OAuthRefused
from transport.oauth_clients import ACCOUNT, NOW, client, rsa_key


@pytest.fixture
def server() -> Iterator[OAuthServer]:
    with OAuthServer() as running:
        yield running


def test_a_refresh_token_brings_an_access_token_and_its_successor(server: OAuthServer) -> None:
    first = server.sign_in(ACCOUNT)

    issued = oauth.renew(client(server), ACCOUNT, first, NOW)

    assert issued.access_token.startswith("access-")
    assert server.is_signed_in(issued.refresh_token)
    assert not server.is_signed_in(first)
    assert issued.lifetime == timedelta(hours=1)
    assert server.requests[0]["scope"] == "mail"


@pytest.mark.parametrize("is_basic", [False, True], ids=["in the form", "HTTP Basic"])
def test_an_application_proves_itself_by_its_secret(server: OAuthServer, *, is_basic: bool) -> None:
    asking = client(server, grant=Grant.CLIENT_CREDENTIALS, secret=lambda: CLIENT_SECRET, is_basic=is_basic)

    assert oauth.renew(asking, "", "", NOW).access_token


def test_an_application_proves_itself_by_its_certificate(server: OAuthServer, tmp_path: Path) -> None:
    key = tmp_path / "key.pem"
    server.public_key = rsa_key(key)
    certificate = Certificates.create(tmp_path).certificate
    signer = oauth_assertion.of_private_key("oauth.lab", CLIENT_ID, key, certificate)

    oauth.renew(client(server, grant=Grant.CLIENT_CREDENTIALS, signer=lambda: signer), "", "", utc_now())

    header = jwt.get_unverified_header(server.requests[0]["client_assertion"])
    der = ssl.PEM_cert_to_DER_cert(
        certificate.read_text().partition("-----END CERTIFICATE-----\n")[0] + "-----END CERTIFICATE-----\n"
    )
    assert header["x5t"] == base64.urlsafe_b64encode(hashlib.sha1(der).digest()).rstrip(b"=").decode()
    claims = jwt.decode(server.requests[0]["client_assertion"], options={"verify_signature": False})
    assert (claims["iss"], claims["sub"], claims["aud"]) == (CLIENT_ID, CLIENT_ID, f"{server.url}/token")
    assert claims["exp"] - claims["iat"] == 300


def service_account(folder: Path, server: OAuthServer, **changes: str) -> Path:
    """Write the file that Google gives for a service account."""
    server.public_key = rsa_key(folder / "key.pem")
    facts = {"client_email": "desk@project.example", "private_key_id": "k1"}
    facts["private_key"] = (folder / "key.pem").read_text()
    path = folder / "account.json"
    path.write_text(json.dumps(facts | changes))
    return path


def test_a_service_account_speaks_for_the_mailbox(server: OAuthServer, tmp_path: Path) -> None:
    signer = oauth_assertion.of_service_account("oauth.lab", service_account(tmp_path, server))

    oauth.renew(client(server, grant=Grant.JWT_BEARER, signer=lambda: signer), ACCOUNT, "", utc_now())

    asked = server.requests[0]["assertion"]
    claims = jwt.decode(asked, options={"verify_signature": False})
    assert (claims["iss"], claims["sub"], claims["scope"]) == ("desk@project.example", ACCOUNT, "mail")
    assert jwt.get_unverified_header(asked)["kid"] == "k1"


@pytest.mark.parametrize("content", ["{", "[]", '{"private_key": "canary"}'])
def test_what_is_no_service_account_is_told_and_not_shown(tmp_path: Path, content: str) -> None:
    path = tmp_path / "account.json"
    path.write_text(content)

    with pytest.raises(Invalid, match=r"oauth\.lab\.service_account_file: .*account\.json: is not the key") as caught:
        oauth_assertion.of_service_account("oauth.lab", path)

    assert "canary" not in str(caught.value)
    assert caught.value.__cause__ is None


@pytest.mark.parametrize("content", ["canary", "-----BEGIN PRIVATE KEY-----\ncanary\n-----END PRIVATE KEY-----\n"])
def test_what_is_no_key_is_told_and_not_shown(tmp_path: Path, content: str) -> None:
    (tmp_path / "key.pem").write_text(content)

    with pytest.raises(Invalid, match=r"oauth\.lab\.private_key_file: .*key\.pem: holds no private key") as caught:
        oauth_assertion.of_private_key("oauth.lab", "id", tmp_path / "key.pem", None)

    assert "canary" not in str(caught.value)


def test_a_device_is_signed_in_once_the_person_is_done(server: OAuthServer) -> None:
    server.device_polls = ["authorization_pending", "slow_down"]
    asking = client(server)
    code = oauth.begin_device(asking, ACCOUNT, NOW)
    assert (code.user_code, code.interval) == ("WDJB-MJHT", timedelta(seconds=5))

    for expected in ("authorization_pending", "slow_down"):
        with pytest.raises(OAuthRefused) as caught:
            oauth.ask_device(asking, ACCOUNT, code, NOW)
        assert caught.value.code == expected

    assert server.is_signed_in(oauth.ask_device(asking, ACCOUNT, code, NOW).refresh_token)


def test_a_code_of_a_browser_is_exchanged_with_its_proof(server: OAuthServer) -> None:
    verifier = "v" * 43
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    address = oauth.sign_in_address(client(server), ACCOUNT, state="s", challenge=challenge)
    query = parse_qs(urlsplit(address).query)
    code = server.authorize(ACCOUNT, query["code_challenge"][0])

    issued = oauth.exchange_code(client(server), ACCOUNT, code=code, verifier=verifier, now=NOW)

    assert server.is_signed_in(issued.refresh_token)
    assert (query["prompt"], query["access_type"]) == (["consent"], ["offline"])
    assert (query["redirect_uri"], query["state"], query["login_hint"]) == (["http://localhost"], ["s"], [ACCOUNT])


def test_a_refusal_is_explained_and_shows_no_secret(server: OAuthServer) -> None:
    stolen = server.sign_in(ACCOUNT)
    oauth.renew(client(server), ACCOUNT, stolen, NOW)

    with pytest.raises(
        OAuthRefused, match=r"no token for support@.* by \[oauth\.lab\]: the sign-in is not good"
    ) as caught:
        oauth.renew(client(server), ACCOUNT, stolen, NOW)

    assert "Token … was used before" in str(caught.value)
    assert stolen not in str(caught.value) + caught.value.remedy
    assert caught.value.remedy == f"Sign in anew: `mailcase auth login {ACCOUNT}`."


def test_a_wrong_secret_is_not_repeated_even_if_the_provider_does(server: OAuthServer) -> None:
    asking = client(server, grant=Grant.CLIENT_CREDENTIALS, secret=lambda: "canary-wrong")

    with pytest.raises(OAuthRefused, match="does not accept the application's own credentials") as caught:
        oauth.renew(asking, "", "", NOW)

    assert "canary" not in str(caught.value) + caught.value.remedy


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ((500, {}), "an answer that is not OAuth 2.0 .HTTP status 500"),
        ((302, {}), "an answer that is not OAuth 2.0 .HTTP status 302"),
        ((200, {}), "an answer without access_token"),
        ((200, {"access_token": "x", "token_type": "mac"}), "a token of a kind that mail servers do not take"),
        ((503, {"error": "temporarily_unavailable"}), "the provider has trouble of its own"),
    ],
)
def test_a_provider_in_trouble_is_told(server: OAuthServer, answer: tuple[int, dict[str, Any]], words: str) -> None:
    server.answers = [answer]

    with pytest.raises(Unavailable, match=words) as caught:
        oauth.renew(client(server), ACCOUNT, "r", NOW)

    assert caught.value.remedy


@pytest.mark.parametrize("lifetime", ["3600", 3600, 3600.5])
def test_a_lifetime_is_read_however_it_is_written(server: OAuthServer, lifetime: object) -> None:
    server.answers = [(200, {"access_token": "x", "expires_in": lifetime, "refresh_token_expires_in": 604800})]

    issued = oauth.renew(client(server), ACCOUNT, "r", NOW)

    assert int(issued.lifetime.total_seconds()) == 3600
    assert issued.refresh_lifetime == timedelta(days=7)


def test_a_provider_that_is_not_there_is_told(server: OAuthServer) -> None:
    url = f"http://127.0.0.1:{free_port()}/token"

    with pytest.raises(Unavailable, match="nothing listens there"):
        oauth.renew(client(server, token_url=url), ACCOUNT, "r", NOW)


def test_a_silent_provider_is_given_up(server: OAuthServer) -> None:
    server.delay_s = 2

    with pytest.raises(Unavailable, match="no answer in time"):
        oauth.renew(client(server, timeout=timedelta(seconds=0.3)), ACCOUNT, "r", NOW)


@pytest.mark.parametrize("is_tls", [False, True], ids=["in the answer", "in the handshake of TLS"])
def test_a_provider_that_drips_is_given_up_after_the_time_for_a_whole_request(
    server: OAuthServer, *, is_tls: bool
) -> None:
    with FaultProxy(target=server._http.server_port, drip_interval_s=0.1, fault=Fault.DRIP) as proxy:
        url = f"{'https' if is_tls else 'http'}://127.0.0.1:{proxy.port}/token"
        proxy.rewrite = (lambda _: b"\x16\x03\x03\x40\x00" + b"\x02" * 200) if is_tls else bytes
        began = time.monotonic()

        with pytest.raises(Unavailable, match="no answer in time"):
            oauth.renew(client(server, token_url=url, timeout=timedelta(seconds=1)), ACCOUNT, "r", NOW)

    assert time.monotonic() - began < 3


def test_a_provider_is_trusted_by_its_certificate_alone(server: OAuthServer, tmp_path: Path) -> None:
    certificates = Certificates.create(tmp_path)
    server._http.socket = certificates.server_context().wrap_socket(server._http.socket, server_side=True)
    url = f"https://localhost:{server._http.server_port}/token"
    asking = client(server, token_url=url)
    token = server.sign_in(ACCOUNT)

    with pytest.raises(Unavailable, match="certificate is not trusted"):
        oauth.renew(asking, ACCOUNT, token, NOW)

    assert server.requests == []
    assert oauth.renew(replace(asking, ca_file=certificates.ca), ACCOUNT, token, NOW).access_token
