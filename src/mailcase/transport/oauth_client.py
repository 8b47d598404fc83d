"""What has to be known to ask a provider for tokens: one frozen value for each section `[oauth.NAME]`."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

from mailcase.domain.oauth import Grant, TokenKey
from mailcase.errors import Unavailable


class Signer(Protocol):
    """A private key; see `transport.oauth_assertion`, which is not loaded before it is needed."""

    def assertion(self, *, subject: str, audience: str, now: datetime, **claims: str) -> str:
        """Return a signed token that speaks for `subject` to `audience`, good for some minutes from `now`."""
        ...


class OAuthRefused(Unavailable):
    """The provider says no; `code` is its error, such as `invalid_grant`."""

    def __init__(self, message: str, *, remedy: str, code: str) -> None:
        super().__init__(message, remedy=remedy)
        self.code = code


@dataclass(frozen=True, slots=True, kw_only=True)
class OAuthClient:
    """One application at one provider."""

    name: str
    """Of the section."""
    grant: Grant
    client_id: str
    secret: Callable[[], str] = field(repr=False)
    """Fetches the client secret at each request; empty for a public client."""
    signer: Callable[[], Signer] | None = field(default=None, repr=False)
    """Fetches the private key at each request: in place of a secret, or of a service account."""
    is_basic: bool = False
    """The secret goes by HTTP Basic (RFC 6749 section 2.3.1)."""
    scope: str = ""
    token_url: str
    device_url: str = ""
    authorize_url: str = ""
    revoke_url: str = ""
    redirect_url: str = ""
    """Where a sign-in by browser ends."""
    prompt: str = "consent"
    """What it asks the person."""
    refresh_lifetime: timedelta | None = None
    """Of a refresh token that is not used, where the provider does not say it with each one."""
    ca_file: Path | None = None
    timeout: timedelta = timedelta(seconds=30)

    @property
    def identity(self) -> str:
        """What tokens are bound to: those of another application, endpoint or scope are of no use."""
        return " ".join((str(self.grant), self.client_id, self.token_url, self.scope))

    @property
    def has_person(self) -> bool:
        """Whether it is a person who signs in."""
        return self.grant is Grant.REFRESH_TOKEN

    def key_for(self, account: str) -> TokenKey:
        """Return whose tokens a login as `account` needs: those of an application serve every mailbox."""
        return TokenKey(oauth=self.name, account="" if self.grant is Grant.CLIENT_CREDENTIALS else account)
