"""Checking the logins by OAuth 2.0: whether somebody has signed in, and what will end soon."""

from collections.abc import Iterator
from datetime import datetime

from mailcase.config import Config
from mailcase.daemon.finding import Finding
from mailcase.daemon.oauth_standing import OAuthStanding, oauth_standings
from mailcase.domain.oauth import TokenKey, Tokens
from mailcase.errors import Unavailable
from mailcase.store import oauth as kept_tokens
from mailcase.store.engine import Database


def check_oauth(config: Config, database: Database, now: datetime) -> Iterator[Finding]:
    """Yield what there is to say of each login by OAuth 2.0, after the logins were tried. Times are UTC."""
    try:
        with database.read() as tx:
            kept = kept_tokens.find(tx)
    except Unavailable as error:
        yield Finding(what="oauth", is_ok=False, message=str(error), remedy=error.remedy)
        return
    for one in oauth_standings(config, kept):
        what = f"oauth {one.oauth}"
        for ending in one.endings(now):
            is_ok = False if ending.is_over else None
            yield Finding(what=what, is_ok=is_ok, message=f"{ending.message}.", remedy=ending.remedy)
        if one.is_missing:
            remedy = f"Sign in: `mailcase auth login {one.account}`."
            yield Finding(what=what, is_ok=False, message=f"nobody has signed in as {one.account}.", remedy=remedy)
        elif one.renewed_at is not None:
            yield Finding(what=what, is_ok=True, message=_summary(one))


def _summary(one: OAuthStanding) -> str:
    who = f"signed in as {one.account}" if one.signed_in_at else f"tokens for {one.account or 'every mailbox'}"
    ends = [f"{name} until {end:%Y-%m-%d %H:%M} UTC" for name, end in one.ends.items()]
    return f"{who}: {', '.join(ends)}"


class NoTokens:
    """A `TokenStore` without a database: every login by OAuth 2.0 says why it cannot be."""

    def load(self, key: TokenKey) -> Tokens | None:
        """Raise Unavailable."""
        raise Unavailable(
            f"[oauth.{key.oauth}]: its tokens are kept in the database, which cannot be opened",
            remedy="Mend the database first.",
        )

    def put(self, tokens: Tokens) -> None:
        """Raise Unavailable."""
        self.load(tokens.key)

    def renew(self, tokens: Tokens) -> bool:
        """Raise Unavailable."""
        self.load(tokens.key)
        return False

    def claim(self, key: TokenKey) -> None:
        """Raise Unavailable."""
        self.load(key)

    def release(self, claim: None) -> None:
        """Have nothing to give back."""
