"""When tokens are renewed, and what is kept of each renewal."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailcase.domain.oauth import Issued, TokenKey, Tokens, is_alive, is_fresh, renewed, signed_in
from mailcase.domain.oauth_errors import explain

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
KEY = TokenKey(oauth="office", account="support@example.com")
HOUR = timedelta(hours=1)


def kept(lifetime: timedelta = HOUR) -> Tokens:
    return signed_in(KEY, "client", Issued(access_token="a1", refresh_token="r1", lifetime=lifetime), NOW)


@pytest.mark.parametrize(
    ("lifetime", "renew_after"),
    [(HOUR, timedelta(minutes=55)), (timedelta(minutes=4), timedelta(minutes=3))],
    ids=["five minutes before the end", "a short life: in its last quarter"],
)
def test_a_token_is_renewed_before_its_end(lifetime: timedelta, renew_after: timedelta) -> None:
    assert kept(lifetime).renew_at == NOW + renew_after


@given(st.integers(1, 10**7))
def test_a_token_is_used_at_first_and_never_to_its_end(seconds: int) -> None:
    tokens = kept(timedelta(seconds=seconds))

    assert is_fresh(tokens, NOW)
    assert not is_fresh(tokens, tokens.renew_at)
    assert NOW < tokens.renew_at < tokens.expires_at


def test_a_token_that_a_server_refused_is_neither_fresh_nor_alive() -> None:
    assert not is_fresh(kept(), NOW, "a1")
    assert not is_alive(kept(), NOW, "a1")
    assert is_alive(kept(), NOW + timedelta(minutes=59))
    assert not is_alive(kept(), NOW + HOUR)


def test_a_new_refresh_token_replaces_the_old_one() -> None:
    after = renewed(kept(), Issued(access_token="a2", refresh_token="r2"), NOW + HOUR)

    assert (after.access_token, after.refresh_token, after.signed_in_at) == ("a2", "r2", NOW)


def test_without_a_new_refresh_token_the_old_one_stays() -> None:
    assert renewed(kept(), Issued(access_token="a2"), NOW).refresh_token == "r1"


def test_each_use_of_a_refresh_token_puts_off_its_end() -> None:
    ninety = timedelta(days=90)
    before = replace(kept(), refresh_expires_at=NOW + ninety)

    after = renewed(before, Issued(access_token="a2", refresh_lifetime=ninety), NOW + HOUR)

    assert after.refresh_expires_at == NOW + HOUR + ninety


def test_tokens_do_not_show_themselves() -> None:
    shown = repr([kept(), Issued(access_token="a1", refresh_token="r1")])

    assert "a1" not in shown
    assert "r1" not in shown


@pytest.mark.parametrize(
    ("error", "description", "has_person", "remedy"),
    [
        ("invalid_grant", "AADSTS700082: The refresh token has expired due to inactivity.", True, "Sign in anew"),
        ("invalid_client", "AADSTS7000222: The provided client secret keys are expired.", True, "new client secret"),
        ("invalid_client", "AADSTS7000218: The request body must contain client_secret", True, "public client flows"),
        ("invalid_grant", "Token has been expired or revoked.", True, "Sign in anew"),
        ("invalid_grant", "Invalid JWT: Token must be a short-lived token", False, "clock"),
        ("unauthorized_client", "Client is unauthorized to retrieve access tokens", False, "domain-wide delegation"),
        ("brand_new_error", "", True, "docs/operations.md"),
    ],
)
def test_an_error_is_explained_with_its_remedy(error: str, description: str, *, has_person: bool, remedy: str) -> None:
    assert remedy in explain(error, description, has_person=has_person).remedy
