"""How each login by OAuth 2.0 stands, and until when what it needs is good: for people, monitoring and `mailcase check`."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from mailcase.config import Config, OAuthSettings
from mailcase.daemon.oauth_logins import oauth_client, oauth_logins
from mailcase.domain.oauth import Grant, TokenKey, Tokens
from mailcase.errors import Invalid

WARN_BEFORE = {
    "refresh token": timedelta(days=14),
    "certificate": timedelta(days=30),
    "client secret": timedelta(days=30),
}
"""How long before its end a person is told; of the access token nobody is, it is renewed by itself."""
REMEDIES = {
    "refresh token": "Sign in anew: `mailcase auth login {account}`.",
    "certificate": "Make a new certificate, give it to the provider, and put it into private_key_file and certificate_file.",
    "client secret": "Make a new one at the provider, and tell its end in client_secret_expires.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """Something that a person has to renew soon, or should have renewed."""

    cause: str
    """What makes it the same as before."""
    at: datetime
    is_over: bool
    message: str
    remedy: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OAuthStanding:
    """One set of tokens. Times are UTC."""

    oauth: str
    account: str
    """Empty where one token serves every mailbox."""
    grant: Grant
    mailboxes: tuple[str, ...]
    is_missing: bool
    """A person has to sign in before anything works."""
    signed_in_at: datetime | None
    renewed_at: datetime | None
    ends: Mapping[str, datetime]
    """When the access token, refresh token, certificate and client secret end, as far as that is known."""

    def endings(self, now: datetime) -> Iterator[Ending]:
        """Yield what a person has to renew soon, or should have renewed."""
        who = f" of {self.account}" if self.account else ""
        for what, before in WARN_BEFORE.items():
            end = self.ends.get(what)
            if end is not None and end - now < before:
                verb = "ended" if end <= now else "ends"
                yield Ending(
                    cause=f"oauth {self.oauth} {self.account} {what}",
                    at=end,
                    is_over=end <= now,
                    message=f"the {what}{who} {verb} on {end:%Y-%m-%d}",
                    remedy=REMEDIES[what].format(account=self.account),
                )


def oauth_standings(config: Config, kept: Sequence[Tokens]) -> list[OAuthStanding]:
    """Return how each login by OAuth 2.0 stands, by what is kept in the database."""
    mailboxes: dict[TokenKey, list[str]] = {}
    for login in oauth_logins(config):
        names = mailboxes.setdefault(oauth_client(config, login.oauth).key_for(login.account), [])
        if login.mailbox not in names:
            names.append(login.mailbox)
    by_key = {tokens.key: tokens for tokens in kept}
    return [_standing(config, key, names, by_key.get(key)) for key, names in mailboxes.items()]


def _standing(config: Config, key: TokenKey, mailboxes: Sequence[str], kept: Tokens | None) -> OAuthStanding:
    client = oauth_client(config, key.oauth)
    tokens = kept if kept is not None and kept.client == client.identity else None
    return OAuthStanding(
        oauth=key.oauth,
        account=key.account,
        grant=client.grant,
        mailboxes=tuple(mailboxes),
        is_missing=client.has_person and (tokens is None or not tokens.refresh_token),
        signed_in_at=tokens.signed_in_at if tokens and client.has_person else None,
        renewed_at=tokens.issued_at if tokens else None,
        ends=dict(_ends(config.oauth[key.oauth], f"oauth.{key.oauth}", tokens)),
    )


def _ends(settings: OAuthSettings, section: str, tokens: Tokens | None) -> Iterator[tuple[str, datetime]]:
    if tokens is not None:
        yield "access token", tokens.expires_at
        if tokens.refresh_expires_at is not None:
            yield "refresh token", tokens.refresh_expires_at
    if settings.certificate_file is not None:
        from mailcase.transport.oauth_assertion import certificate_ends_at  # 8 MB, needed for keys

        with suppress(Invalid):  # the login itself says so, with what to do
            yield "certificate", certificate_ends_at(section, settings.certificate_file)
    if settings.client_secret_expires is not None:
        yield "client secret", datetime.combine(settings.client_secret_expires, time(), tzinfo=UTC)
