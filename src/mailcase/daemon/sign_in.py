"""Signing in for a mailbox, by a code that is typed elsewhere (RFC 8628) or by a browser, and signing out.

A service has no browser, and the person who may sign in often sits at another machine. So either the person types a
short code into a page of the provider, or pastes the address at which a sign-in in any browser ends.
"""

import base64
import hashlib
import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import parse_qs, urlsplit

from mailcase.app import App
from mailcase.clock import Clock
from mailcase.daemon.oauth_logins import OAuthLogin, oauth_client, oauth_logins
from mailcase.domain.activity import AuditRecord
from mailcase.domain.oauth import SLOWER, DeviceCode, Issued, Tokens, signed_in
from mailcase.errors import Refused, Unavailable
from mailcase.store import audit
from mailcase.store import oauth as kept_tokens
from mailcase.transport import oauth
from mailcase.transport.oauth_client import OAuthClient, OAuthRefused

LONGEST_INTERVAL = timedelta(minutes=1)
MAX_ADDRESS = 10_000  # characters of what is pasted


def logins_of(app: App, name: str) -> list[OAuthLogin]:
    """Return whom the mailbox `name` logs in as by OAuth 2.0, each once; `name` may also be one of these addresses.

    Raises Refused when there is nobody.
    """
    found: dict[tuple[str, str], OAuthLogin] = {}
    for login in oauth_logins(app.config):
        if name in (login.mailbox, login.account):
            found.setdefault((login.oauth, login.account), login)
    if not found:
        known = sorted({login.mailbox for login in oauth_logins(app.config)})
        there = (
            f"those that do: {', '.join(known)}" if known else "no mailbox does: set oauth in its imap or smtp section"
        )
        raise Refused(f"{name} does not log in by OAuth 2.0; {there}.")
    return list(found.values())


def client_for_person(app: App, login: OAuthLogin) -> OAuthClient:
    """Return what to ask the provider with. Raises Refused where no person signs in."""
    client = oauth_client(app.config, login.oauth)
    if not client.has_person:
        raise Refused(
            f"[oauth.{login.oauth}] has grant {client.grant}: nobody signs in, its tokens come by themselves;"
            " `mailcase check` tries it."
        )
    return client


def begin_by_code(client: OAuthClient, account: str, now: datetime) -> DeviceCode:
    """Return what the person has to type where. Raises Refused when the provider has no such codes, and Unavailable."""
    if not client.device_url:
        raise Refused(f"[oauth.{client.name}]: the provider has no device codes for mail; use --browser.")
    return oauth.begin_device(client, account, now)


def finish_by_code(
    client: OAuthClient, account: str, code: DeviceCode, now: Clock, pause: Callable[[float], None]
) -> Issued:
    """Wait until the person is done and return the tokens. Raises Unavailable when the answer is no, or none in time."""
    interval = code.interval
    while now() < code.expires_at:
        pause(interval.total_seconds())
        try:
            return oauth.ask_device(client, account, code, now())
        except OAuthRefused as error:
            if error.code == "slow_down":
                interval += SLOWER
            elif error.code != "authorization_pending":
                raise
        except Unavailable:
            interval = min(2 * interval, LONGEST_INTERVAL)  # RFC 8628 section 3.5: back off when there is no answer
    raise Unavailable(
        f"[oauth.{client.name}]: nobody signed in as {account} before the code ended",
        remedy=f"Begin again: `mailcase auth login {account}`.",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class BrowserSignIn:
    """A sign-in by browser that was begun."""

    address: str
    """Where the person goes."""
    state: str = field(repr=False)
    verifier: str = field(repr=False)


def begin_by_browser(client: OAuthClient, account: str) -> BrowserSignIn:
    """Return where the person goes. Raises Refused when the provider has no such page."""
    if not client.authorize_url:
        raise Refused(f"[oauth.{client.name}]: there is no authorize_url; set it, or sign in without --browser.")
    state, verifier = secrets.token_urlsafe(24), secrets.token_urlsafe(48)
    digest = hashlib.sha256(verifier.encode()).digest()
    challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()  # RFC 7636 section 4.2
    address = oauth.sign_in_address(client, account, state=state, challenge=challenge)
    return BrowserSignIn(address=address, state=state, verifier=verifier)


def finish_by_browser(client: OAuthClient, account: str, begun: BrowserSignIn, pasted: str, now: datetime) -> Issued:
    """Return the tokens for the address at which the browser ended. Raises Refused when it is none, and Unavailable."""
    query = {name: values[0] for name, values in parse_qs(urlsplit(pasted.strip()[:MAX_ADDRESS]).query).items()}
    again = f"begin again: `mailcase auth login --browser {account}`."
    if "error" in query:
        raise Refused(f"the provider says {query['error'][:80]!r}; {again}")
    if "code" not in query:
        raise Refused(f"that is not the address at which a sign-in ends, which has code= in it; {again}")
    if not secrets.compare_digest(query.get("state", "").encode(), begun.state.encode()):
        raise Refused(f"that is the end of another sign-in than this one; {again}")  # RFC 6749 section 10.12
    return oauth.exchange_code(client, account, code=query["code"], verifier=begun.verifier, now=now)


def keep(app: App, client: OAuthClient, account: str, issued: Issued, actor: str) -> Tokens:
    """Store the tokens of a sign-in. Raises Unavailable when they cannot be renewed: then they are of no use."""
    if not issued.refresh_token:
        raise Unavailable(
            f"[oauth.{client.name}]: the provider gave no refresh token",
            remedy=f"Check scope of [oauth.{client.name}] (many want offline_access in it); nothing was stored.",
        )
    tokens = signed_in(client.key_for(account), client.identity, issued, app.now())
    with app.database.begin() as tx:
        kept_tokens.put(tx, tokens)
        audit.append(tx, [_record("oauth.login", tokens, actor, app.now())])
    return tokens


def sign_out(app: App, client: OAuthClient, account: str, actor: str) -> str:
    """Forget the tokens, and revoke them at the provider where it can be told; return what became of that.

    Raises Refused when there are none.
    """
    key = client.key_for(account)
    with app.database.begin() as tx:
        tokens = kept_tokens.get(tx, key)
        if tokens is None:
            raise Refused(f"[oauth.{client.name}]: there are no tokens for {account or 'the application'}.")
        kept_tokens.remove(tx, key)
        audit.append(tx, [_record("oauth.logout", tokens, actor, app.now())])
    if not client.revoke_url or not tokens.refresh_token:
        return "forgotten here; the provider has no way to be told, so end the session there too"
    try:
        oauth.revoke(client, account, tokens.refresh_token, app.now())
    except Unavailable as error:
        return f"forgotten here, but not revoked at the provider: {error}"
    return "forgotten here and revoked at the provider"


def _record(action: str, tokens: Tokens, actor: str, now: datetime) -> AuditRecord:
    return AuditRecord(
        at=now,
        actor=actor,
        action=action,
        object_type="oauth",
        object_id=0,
        changes=json.dumps({"oauth": tokens.key.oauth, "account": tokens.key.account}),
    )
