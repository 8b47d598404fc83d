"""Addresses and mail domains as people type them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailcase.domain.addressing import PUBLIC_PROVIDERS, read_address, read_domain, untagged
from mailcase.errors import Refused


@pytest.mark.parametrize(
    ("typed", "canonical"),
    [
        ("Jane@Example.COM", "jane@example.com"),
        ("  <jane@example.com> ", "jane@example.com"),
        ("jane@münchen.example", "jane@xn--mnchen-3ya.example"),
        ("jane+shop@example.com", "jane+shop@example.com"),  # the tag is kept: answers go where they wrote from
    ],
)
def test_an_address_is_read_into_its_canonical_form(typed: str, canonical: str) -> None:
    assert read_address(typed) == canonical


@pytest.mark.parametrize(
    "typed",
    ["", "jane", "@example.com", "jane@", "ja ne@example.com", "a@b@example.com", "a@.example", "a,b@x.example"],
)
def test_what_is_no_address_is_refused(typed: str) -> None:
    with pytest.raises(Refused, match="no mail address"):
        read_address(typed)


def test_an_address_that_no_server_could_take_is_refused() -> None:
    with pytest.raises(Refused, match="longer than the 254 bytes"):
        read_address(f"{'x' * 250}@example.com")


@pytest.mark.parametrize(
    ("address", "plain"),
    [
        ("jane+shop@example.com", "jane@example.com"),
        ("jane+a+b@example.com", "jane@example.com"),
        ("jane@example.com", None),
        ("+shop@example.com", None),  # nothing is left of it
    ],
)
def test_a_tag_is_what_follows_the_plus(address: str, plain: str | None) -> None:
    assert untagged(address) == plain


@given(st.from_regex(r"[a-z0-9.]{1,9}(\+[a-z0-9+]{0,9})?@[a-z]{1,9}\.example", fullmatch=True))
def test_a_plain_address_has_no_tag_to_lose(address: str) -> None:
    plain = untagged(address) or address
    assert untagged(plain) is None
    assert read_address(plain) == plain


@pytest.mark.parametrize("typed", ["ACME.example", "@acme.example", "acme.example."])
def test_a_domain_is_read_into_its_canonical_form(typed: str) -> None:
    assert read_domain(typed) == "acme.example"


@pytest.mark.parametrize("typed", ["", "acme", "a_b.example", "jane@acme.example", "acme..example", "-a.example"])
def test_what_is_no_domain_is_refused(typed: str) -> None:
    with pytest.raises(Refused, match="no mail domain"):
        read_domain(typed)


@pytest.mark.parametrize("provider", sorted(PUBLIC_PROVIDERS)[::20])
def test_a_public_provider_is_nobodys_own_unless_forced(provider: str) -> None:
    with pytest.raises(Refused, match=r"public mail provider.*--force"):
        read_domain(provider)
    assert read_domain(provider, may_be_public=True) == provider
