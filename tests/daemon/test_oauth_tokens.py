"""Access tokens for many threads and daemons: renewed in time, by one at a time, and never twice by the same token."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from lab.desks import ManualClock
from lab.oauthserver import CLIENT_SECRET, OAuthServer
from mailcase.domain.oauth import Grant, Issued, Tokens, signed_in
from mailcase.errors import Unavailable
from mailcase.store.engine import Database
from mailcase.store.oauth import StoredTokens
from mailcase.transport.oauth_client import OAuthRefused
from mailcase.transport.tokens import TokenKeeper
from transport.oauth_clients import ACCOUNT, client


@pytest.fixture
def server(clock: ManualClock) -> Iterator[OAuthServer]:
    with OAuthServer(clock=lambda: clock().timestamp()) as running:
        yield running


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(datetime.now(UTC))


@pytest.fixture
def store(database: Database, clock: ManualClock, server: OAuthServer) -> StoredTokens:
    """Where a person has signed in."""
    store = StoredTokens(database, clock)
    asking = client(server)
    first = Issued(access_token="access-first", refresh_token=server.sign_in(ACCOUNT), lifetime=timedelta(seconds=1))
    store.put(signed_in(asking.key_for(ACCOUNT), asking.identity, first, clock()))
    clock.advance(timedelta(minutes=1))
    return store


@pytest.fixture
def keeper(store: StoredTokens, clock: ManualClock) -> TokenKeeper:
    return TokenKeeper(store, clock)


def kept(store: StoredTokens) -> Tokens:
    (found,) = store.all()
    return found


def test_a_token_is_kept_until_shortly_before_its_end(
    keeper: TokenKeeper, server: OAuthServer, clock: ManualClock
) -> None:
    first = keeper.token(client(server), ACCOUNT)
    clock.advance(timedelta(minutes=54))
    assert keeper.token(client(server), ACCOUNT) == first

    clock.advance(timedelta(minutes=2))
    second = keeper.token(client(server), ACCOUNT)

    assert second != first
    assert len(server.requests) == 2


def test_what_was_rotated_is_stored(keeper: TokenKeeper, store: StoredTokens, server: OAuthServer) -> None:
    before = kept(store).refresh_token

    keeper.token(client(server), ACCOUNT)

    assert kept(store).refresh_token != before
    assert server.is_signed_in(kept(store).refresh_token)


def test_many_threads_of_many_daemons_renew_once(
    database: Database, store: StoredTokens, server: OAuthServer, clock: ManualClock
) -> None:
    server.delay_s = 0.5
    keepers = [TokenKeeper(StoredTokens(database, clock), clock) for _ in range(3)]
    with ThreadPoolExecutor(12) as pool:
        found = list(pool.map(lambda number: keepers[number % 3].token(client(server), ACCOUNT), range(12)))

    assert len(set(found)) == 1
    assert len(server.requests) == 1
    assert server.is_signed_in(kept(store).refresh_token)


def test_a_refused_token_is_renewed_once_for_all_who_had_it(
    database: Database, store: StoredTokens, server: OAuthServer, clock: ManualClock
) -> None:
    keepers = [TokenKeeper(StoredTokens(database, clock), clock) for _ in range(4)]
    refused = keepers[0].token(client(server), ACCOUNT)
    with ThreadPoolExecutor(4) as pool:
        found = set(pool.map(lambda keeper: keeper.token(client(server), ACCOUNT, instead_of=refused), keepers))

    assert len(found) == 1
    assert refused not in found
    assert len(server.requests) == 2


def test_a_provider_that_is_away_costs_nothing_while_the_token_works(
    keeper: TokenKeeper, server: OAuthServer, clock: ManualClock
) -> None:
    first = keeper.token(client(server), ACCOUNT)
    clock.advance(timedelta(minutes=57))
    server.answers = [(503, {}), (503, {})]

    assert keeper.token(client(server), ACCOUNT) == first
    clock.advance(timedelta(minutes=4))
    with pytest.raises(Unavailable, match="HTTP status 503"):
        keeper.token(client(server), ACCOUNT)


def test_nobody_signed_in_is_told_with_the_command(keeper: TokenKeeper, server: OAuthServer) -> None:
    with pytest.raises(Unavailable, match=r"nobody has signed in as other@northwind\.example") as caught:
        keeper.token(client(server), "other@northwind.example")

    assert caught.value.remedy == "Sign in: `mailcase auth login other@northwind.example`."
    assert server.requests == []


def test_tokens_of_another_application_are_not_used(keeper: TokenKeeper, server: OAuthServer) -> None:
    with pytest.raises(Unavailable, match="nobody has signed in"):
        keeper.token(client(server, client_id="another"), ACCOUNT)


def test_a_sign_in_that_ended_is_not_tried_again_and_again_until_a_new_one(
    keeper: TokenKeeper, store: StoredTokens, server: OAuthServer
) -> None:
    server.revoke_everything()
    for _ in range(3):
        with pytest.raises(OAuthRefused, match="the sign-in is not good any more"):
            keeper.token(client(server), ACCOUNT)
    assert len(server.requests) == 1

    store.put(replace(kept(store), refresh_token=server.sign_in(ACCOUNT)))
    assert keeper.token(client(server), ACCOUNT).startswith("access-")


def test_one_token_of_an_application_serves_every_mailbox(keeper: TokenKeeper, server: OAuthServer) -> None:
    asking = client(server, name="app", grant=Grant.CLIENT_CREDENTIALS, secret=lambda: CLIENT_SECRET)

    assert keeper.token(asking, "a@x.example") == keeper.token(asking, "b@x.example")
    assert len(server.requests) == 1


class Failing(StoredTokens):
    """A store whose database goes away just when the provider has answered."""

    is_away = False

    def renew(self, tokens: Tokens) -> bool:
        if self.is_away:
            raise Unavailable("no database")
        return super().renew(tokens)


def test_a_rotated_token_survives_a_database_that_goes_away(
    database: Database, store: StoredTokens, server: OAuthServer, clock: ManualClock
) -> None:
    failing = Failing(database, clock)
    keeper = TokenKeeper(failing, clock)
    failing.is_away = True
    token = keeper.token(client(server), ACCOUNT)
    assert not server.is_signed_in(kept(store).refresh_token)

    failing.is_away = False

    assert keeper.token(client(server), ACCOUNT) == token
    assert server.is_signed_in(kept(store).refresh_token)
    assert len(server.requests) == 1


def test_who_waits_for_another_takes_what_it_brings(
    database: Database, store: StoredTokens, server: OAuthServer, clock: ManualClock
) -> None:
    claim = store.claim(client(server).key_for(ACCOUNT))
    assert claim is not None
    is_waiting = threading.Event()

    def bring(_seconds: float) -> None:
        is_waiting.set()
        fresh = Issued(access_token="access-of-the-other")
        store.put(signed_in(kept(store).key, kept(store).client, fresh, clock()))

    assert TokenKeeper(store, clock, bring).token(client(server), ACCOUNT) == "access-of-the-other"
    assert is_waiting.is_set()
    assert server.requests == []
