"""OAuth 2.0 as far as it is data: how tokens are got, what is kept of them, and when they are renewed (RFC 6749).

An access token opens a mailbox for an hour or so. It is renewed a while before it ends, so that no login meets one that
ends in its midst. A provider may give a new refresh token with each renewal, and the old one is worth nothing then: what
was given last is what is kept.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

RENEW_BEFORE = timedelta(minutes=5)
DEFAULT_LIFETIME = timedelta(hours=1)  # RFC 6749 section 5.1: expires_in is only recommended
SLOWER = timedelta(seconds=5)  # RFC 8628 section 3.5


class Grant(StrEnum):
    """How access tokens are got."""

    REFRESH_TOKEN = "refresh_token"  # noqa: S105 - the name of a grant
    """A person signs in once, by `mailcase auth login`; what that gives is kept and renewed (RFC 6749 section 6)."""
    CLIENT_CREDENTIALS = "client_credentials"
    """The application itself, by a secret or a private key (RFC 6749 section 4.4, RFC 7523 section 2.2)."""
    JWT_BEARER = "jwt_bearer"
    """A service account in the name of the mailbox, by its private key (RFC 7523 section 2.1)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenKey:
    """Whose tokens they are."""

    oauth: str
    """Name of the section `[oauth.NAME]`."""
    account: str
    """Who logs in, such as the address of a mailbox; empty where one token serves every mailbox."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Issued:
    """What a token endpoint gave."""

    access_token: str = field(repr=False)
    lifetime: timedelta = DEFAULT_LIFETIME
    refresh_token: str = field(default="", repr=False)
    """Empty: the one that was used stays good."""
    refresh_lifetime: timedelta | None = None
    """How long the refresh token is good if it is not used, as far as that is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """What is kept for one key. Times are UTC."""

    key: TokenKey
    client: str
    """Which client of which endpoint they were given to: for another one they are worth nothing."""
    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    issued_at: datetime
    expires_at: datetime
    refresh_expires_at: datetime | None
    signed_in_at: datetime
    """When a person signed in; for the other grants, when the first token was given."""
    version: int = 1

    @property
    def renew_at(self) -> datetime:
        """When a login asks for a new access token: five minutes before the end, or in the last quarter of a short life."""
        return self.expires_at - min(RENEW_BEFORE, (self.expires_at - self.issued_at) / 4)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceCode:
    """What a person has to type where, and how the program asks whether it was done (RFC 8628 section 3.2)."""

    device_code: str = field(repr=False)
    user_code: str
    url: str
    expires_at: datetime
    interval: timedelta


def signed_in(key: TokenKey, client: str, issued: Issued, now: datetime) -> Tokens:
    """Return what is kept of the first tokens for `key`, issued at `now` (UTC)."""
    return Tokens(
        key=key,
        client=client,
        access_token=issued.access_token,
        refresh_token=issued.refresh_token,
        issued_at=now,
        expires_at=now + issued.lifetime,
        refresh_expires_at=_end(issued, now),
        signed_in_at=now,
    )


def renewed(kept: Tokens, issued: Issued, now: datetime) -> Tokens:
    """Return what is kept after a renewal at `now` (UTC); the version stays that of what was read."""
    return Tokens(
        key=kept.key,
        client=kept.client,
        access_token=issued.access_token,
        refresh_token=issued.refresh_token or kept.refresh_token,  # RFC 6749 section 6
        issued_at=now,
        expires_at=now + issued.lifetime,
        refresh_expires_at=_end(issued, now) or kept.refresh_expires_at,
        signed_in_at=kept.signed_in_at,
        version=kept.version,
    )


def is_fresh(tokens: Tokens | None, now: datetime, instead_of: str = "") -> bool:
    """Return whether the access token may be used at `now`, and is another than `instead_of`, which a server refused."""
    return tokens is not None and now < tokens.renew_at and tokens.access_token != instead_of


def is_alive(tokens: Tokens | None, now: datetime, instead_of: str = "") -> bool:
    """Return whether the access token still works at `now`, though it should be renewed by then."""
    return tokens is not None and now < tokens.expires_at and tokens.access_token != instead_of


def _end(issued: Issued, now: datetime) -> datetime | None:
    return now + issued.refresh_lifetime if issued.refresh_lifetime else None
