"""Access tokens for logins: kept while they are good, renewed in time, and by one at a time.

Two who use the same refresh token at once may lose both what they get and the sign-in itself, because a provider that
gives a new refresh token each time takes the second use of an old one for a theft (RFC 9700 section 4.14.2). So whoever
renews has claimed it before, and reads again what is kept after that; the others wait and take what it brought.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from mailcase.clock import Clock
from mailcase.domain.oauth import TokenKey, Tokens, is_alive, is_fresh, renewed, signed_in
from mailcase.domain.oauth_errors import needs_a_person
from mailcase.errors import Unavailable
from mailcase.transport.oauth_client import OAuthClient, OAuthRefused
from mailcase.transport.ports import TokenStore

PATIENCE_S = 45.0
"""How long a login waits for another to renew."""
LOOK_EVERY_S = 0.25
REFUSED_FOR = timedelta(minutes=5)
"""How long a refusal that only a person can mend is believed without asking again."""


@dataclass(frozen=True, slots=True)
class _Refusal:
    refresh_token: str
    until: float
    message: str
    remedy: str
    code: str


class TokenKeeper:
    """For all threads of a process."""

    def __init__(self, store: TokenStore[Any], now: Clock, pause: Callable[[float], None] = time.sleep) -> None:
        self._store = store
        self._now = now
        self._pause = pause
        self._guard = threading.Lock()
        self._locks: dict[TokenKey, threading.Lock] = {}
        self._refusals: dict[TokenKey, _Refusal] = {}
        self._unsaved: dict[TokenKey, Tokens] = {}

    def token(self, client: OAuthClient, account: str, *, instead_of: str = "") -> str:
        """Return an access token for a login as `account`; another one than `instead_of`, which a server refused.

        Raises Unavailable with the remedy when there is none to be had, and Invalid when a secret cannot be read.
        """
        key = client.key_for(account)
        with self._turn(key):
            kept = self._kept(client, key)
            if kept is None or not is_fresh(kept, self._now(), instead_of):
                kept = self._renewed(client, key, account, instead_of)
            return kept.access_token

    def _turn(self, key: TokenKey) -> threading.Lock:
        with self._guard:
            return self._locks.setdefault(key, threading.Lock())

    def _kept(self, client: OAuthClient, key: TokenKey) -> Tokens | None:
        """Return what is kept for this client; what could not be stored is tried first."""
        unsaved = self._unsaved.get(key)
        if unsaved is not None:
            self._store.renew(unsaved)  # or a newer sign-in is there, which then counts
            del self._unsaved[key]
        kept = self._store.load(key)
        return kept if kept is not None and kept.client == client.identity else None

    def _renewed(self, client: OAuthClient, key: TokenKey, account: str, instead_of: str) -> Tokens:
        until = time.monotonic() + PATIENCE_S
        while (claim := self._store.claim(key)) is None:
            if time.monotonic() > until:
                raise Unavailable(
                    f"[oauth.{client.name}]: another daemon or command has been renewing the token for too long",
                    remedy="It is tried again; if it stays so, look for a program that hangs.",
                )
            self._pause(LOOK_EVERY_S)
            kept = self._kept(client, key)
            if kept is not None and is_fresh(kept, self._now(), instead_of):
                return kept
        try:
            kept = self._kept(client, key)
            if kept is not None and is_fresh(kept, self._now(), instead_of):
                return kept  # somebody renewed it between our look and our claim
            return self._asked(client, account, kept, instead_of)
        finally:
            self._store.release(claim)

    def _asked(self, client: OAuthClient, account: str, kept: Tokens | None, instead_of: str) -> Tokens:
        key, refresh_token = client.key_for(account), kept.refresh_token if kept else ""
        if client.has_person and not refresh_token:
            raise Unavailable(
                f"[oauth.{client.name}]: nobody has signed in as {account}",
                remedy=f"Sign in: `mailcase auth login {account}`.",
            )
        self._require_not_refused(key, refresh_token)
        from mailcase.transport.oauth import renew  # HTTP: 2 MB that a desk with passwords does not need

        now = self._now()
        try:
            issued = renew(client, account, refresh_token, now)
        except OAuthRefused as error:
            if client.has_person and needs_a_person(error.code):
                until = time.monotonic() + REFUSED_FOR.total_seconds()
                self._refusals[key] = _Refusal(refresh_token, until, str(error), error.remedy, error.code)
            raise
        except Unavailable:
            if kept is not None and is_alive(kept, now, instead_of):
                return kept  # the provider is away, and what there is works for some minutes more
            raise
        if kept is None:
            first = signed_in(key, client.identity, issued, now)
            self._store.put(first)
            return first
        return self._saved(renewed(kept, issued, now))

    def _require_not_refused(self, key: TokenKey, refresh_token: str) -> None:
        refusal = self._refusals.get(key)
        if refusal is None:
            return
        if refusal.refresh_token == refresh_token and time.monotonic() < refusal.until:
            raise OAuthRefused(refusal.message, remedy=refusal.remedy, code=refusal.code)
        del self._refusals[key]

    def _saved(self, tokens: Tokens) -> Tokens:
        """Keep renewed tokens; when the database just went away, in memory until it is back."""
        try:
            if not self._store.renew(tokens):
                return self._store.load(tokens.key) or tokens  # a person signed in anew meanwhile, or out
        except Unavailable:
            self._unsaved[tokens.key] = tokens
        return tokens
