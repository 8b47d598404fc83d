"""Tokens of OAuth 2.0 in the database: replaced by a new sign-in, renewed only by who read the newest ones."""

from dataclasses import replace
from datetime import timedelta

import pytest

from mailcase.domain.oauth import Issued, TokenKey, Tokens, renewed, signed_in
from mailcase.store.engine import Database
from mailcase.store.oauth import LEASE, StoredTokens
from store.values import NOW

KEY = TokenKey(oauth="office", account="support@example.com")
FIRST = signed_in(KEY, "client", Issued(access_token="a1", refresh_token="r1"), NOW)
SECOND = Issued(access_token="a2", refresh_token="r2", refresh_lifetime=timedelta(days=90))


@pytest.fixture
def store(database: Database) -> StoredTokens:
    return StoredTokens(database, lambda: NOW)


def load(store: StoredTokens) -> Tokens:
    found = store.load(KEY)
    assert found is not None
    return found


def test_tokens_come_back_as_they_were(store: StoredTokens) -> None:
    store.put(FIRST)

    assert load(store) == FIRST
    assert store.all() == [FIRST]
    assert store.load(TokenKey(oauth="office", account="other@example.com")) is None


def test_a_renewal_replaces_what_it_was_made_from(store: StoredTokens) -> None:
    store.put(FIRST)

    assert store.renew(renewed(FIRST, SECOND, NOW))

    assert (load(store).refresh_token, load(store).version) == ("r2", 2)
    assert load(store).refresh_expires_at == NOW + timedelta(days=90)


def test_a_late_renewal_does_not_undo_a_new_sign_in(store: StoredTokens) -> None:
    store.put(FIRST)
    store.put(replace(FIRST, refresh_token="r9"))

    assert not store.renew(renewed(FIRST, SECOND, NOW))
    assert load(store).refresh_token == "r9"


def test_a_renewal_does_not_bring_back_what_was_removed(store: StoredTokens) -> None:
    store.put(FIRST)
    store.remove(KEY)

    assert not store.renew(renewed(FIRST, SECOND, NOW))
    assert store.load(KEY) is None


def test_one_at_a_time_may_renew_until_it_gives_back_or_dies(store: StoredTokens, database: Database) -> None:
    claim = store.claim(KEY)
    assert claim is not None
    assert store.claim(KEY) is None

    store.release(claim)
    assert store.claim(KEY) is not None
    if database.is_sqlite:  # PostgreSQL has a clock of its own
        assert StoredTokens(database, lambda: NOW + LEASE).claim(KEY) is not None
