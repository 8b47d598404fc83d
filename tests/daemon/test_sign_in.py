"""Signing in: how a provider is asked, how often, and what counts as the end."""

from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from lab.desks import ManualClock
from lab.oauthserver import OAuthServer
from mailcase.app import App
from mailcase.daemon import sign_in
from mailcase.domain.oauth import Issued
from mailcase.errors import Refused, Unavailable
from mailcase.store import oauth as kept_tokens
from mailcase.transport.oauth_client import OAuthRefused
from transport.oauth_clients import ACCOUNT, client


@pytest.fixture
def server() -> Iterator[OAuthServer]:
    with OAuthServer() as running:
        yield running


class Waiting:
    """A pause that moves the clock."""

    def __init__(self, clock: ManualClock) -> None:
        self.clock = clock
        self.seconds: list[float] = []

    def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)
        self.clock.advance(timedelta(seconds=seconds))


def wait(server: OAuthServer, clock: ManualClock) -> tuple[Issued, list[float]]:
    """Sign in by code; return what came of it and the pauses."""
    asking, pause = client(server), Waiting(clock)
    code = sign_in.begin_by_code(asking, ACCOUNT, clock())
    return sign_in.finish_by_code(asking, ACCOUNT, code, clock, pause), pause.seconds


def test_it_asks_as_often_as_it_may_and_slower_when_told(server: OAuthServer, clock: ManualClock) -> None:
    server.device_polls = ["authorization_pending", "slow_down", "authorization_pending"]

    issued, pauses = wait(server, clock)

    assert pauses == [5, 5, 10, 10]  # RFC 8628 section 3.5
    assert server.is_signed_in(issued.refresh_token)


def test_a_provider_that_does_not_answer_is_asked_more_seldom(server: OAuthServer, clock: ManualClock) -> None:
    server.answers = []
    asking, pause = client(server), Waiting(clock)
    code = sign_in.begin_by_code(asking, ACCOUNT, clock())
    server.answers = [(500, {})] * 5

    sign_in.finish_by_code(asking, ACCOUNT, code, clock, pause)

    assert pause.seconds == [5, 10, 20, 40, 60, 60]


def test_it_ends_with_the_code(server: OAuthServer, clock: ManualClock) -> None:
    server.interval_s, server.device_polls = 300, ["authorization_pending"] * 9

    with pytest.raises(Unavailable, match=r"nobody signed in as .* before the code ended"):
        wait(server, clock)


@pytest.mark.parametrize("error", ["access_denied", "expired_token"])
def test_it_ends_when_the_provider_says_no(server: OAuthServer, clock: ManualClock, error: str) -> None:
    server.device_polls = [error]

    with pytest.raises(OAuthRefused):
        wait(server, clock)


def test_a_browser_brings_a_code_that_only_this_sign_in_can_use(server: OAuthServer, clock: ManualClock) -> None:
    begun, other = (sign_in.begin_by_browser(client(server), ACCOUNT) for _ in range(2))
    query = parse_qs(urlsplit(begun.address).query)
    end = f"http://localhost/?state={query['state'][0]}&code="

    issued = sign_in.finish_by_browser(
        client(server), ACCOUNT, begun, f" {end}{server.authorize(ACCOUNT, query['code_challenge'][0])}\n", clock()
    )

    assert server.is_signed_in(issued.refresh_token)
    with pytest.raises(Refused, match="the end of another sign-in"):
        sign_in.finish_by_browser(client(server), ACCOUNT, other, f"{end}x", clock())


def test_what_cannot_be_renewed_is_not_kept(app: App, server: OAuthServer) -> None:
    with pytest.raises(Unavailable, match="gave no refresh token") as caught:
        sign_in.keep(app, client(server), ACCOUNT, Issued(access_token="a"), "anna")

    assert "offline_access" in caught.value.remedy
    with app.database.read() as tx:
        assert kept_tokens.find(tx) == []


def test_signing_out_forgets_even_if_the_provider_is_away(app: App, server: OAuthServer) -> None:
    sign_in.keep(app, client(server), ACCOUNT, Issued(access_token="a", refresh_token="canary-refresh"), "anna")
    server.answers = [(503, {})]

    said = sign_in.sign_out(app, client(server), ACCOUNT, "anna")

    assert "forgotten here, but not revoked at the provider" in said
    assert "canary" not in said
    with app.database.read() as tx:
        assert kept_tokens.find(tx) == []


def test_a_provider_without_revocation_is_told_of(app: App, server: OAuthServer) -> None:
    asking = client(server, revoke_url="")
    sign_in.keep(app, asking, ACCOUNT, Issued(access_token="a", refresh_token="r"), "anna")

    assert "end the session there too" in sign_in.sign_out(app, asking, ACCOUNT, "anna")
