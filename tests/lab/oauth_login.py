"""An authorisation server, and a Dovecot that asks it about each token: fixtures of every test that logs in by tokens."""

from collections.abc import Iterator

import pytest

from lab.dovecot import Dovecot, require
from lab.oauthserver import OAuthServer


@pytest.fixture(scope="module")
def oauth_server() -> Iterator[OAuthServer]:
    """A running authorisation server."""
    with OAuthServer() as running:
        yield running


@pytest.fixture(scope="module")
def oauth_dovecot(oauth_server: OAuthServer) -> Iterator[Dovecot]:
    """A Dovecot that takes the tokens of `oauth_server`; without Dovecot the test is left out."""
    require()
    running = Dovecot.start(f"{oauth_server.url}/introspect")
    yield running
    running.stop()
