"""An authorisation server on the loopback: it rotates refresh tokens, forgets expired ones, and refuses as it is told.

Like the strict ones it takes the second use of an old refresh token for a theft, and ends the whole sign-in
(RFC 9700 section 4.14.2). Dovecot asks it whether an access token is good, at `/introspect`.
"""

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs, unquote_plus, urlsplit

import jwt

CLIENT_ID = "mailcase-client"
CLIENT_SECRET = "canary-client-secret"
DEVICE = "urn:ietf:params:oauth:grant-type:device_code"
Answer = tuple[int, dict[str, Any]]


class Refusal(Exception):  # noqa: N818
    """An error of RFC 6749 section 5.2."""

    def __init__(self, error: str, description: str = "") -> None:
        super().__init__(error)
        self.answer = {"error": error} | ({"error_description": description} if description else {})


@dataclass
class OAuthServer:
    """The server, on threads of its own, over HTTP."""

    clock: Callable[[], float] = time.time
    lifetime_s: int = 3600
    rotates: bool = True
    answers: list[Answer] = field(default_factory=list)
    """Given in place of the true answer, one after the other."""
    requests: list[dict[str, str]] = field(default_factory=list)
    """The form of each request for a token, with its path and what its HTTP Basic said."""
    delay_s: float = 0.0
    """How long an answer takes."""
    public_key: str = ""
    """PEM, to verify assertions by."""
    device_polls: list[str] = field(default_factory=list)
    """What polls with a device code are told before the yes: `authorization_pending`, `slow_down`, …"""
    interval_s: float = 5
    """How often it wants to be asked about a device code."""
    extra: dict[str, Any] = field(default_factory=dict)
    """Added to each token answer."""
    at_most_at_once: int = 0
    """How many requests were ever going on at the same time."""
    _refresh: dict[str, str] = field(default_factory=dict)
    _spent: dict[str, str] = field(default_factory=dict)
    _access: dict[str, tuple[str, float]] = field(default_factory=dict)
    _codes: dict[str, tuple[str, str]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _going_on: int = 0

    def __enter__(self) -> Self:
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._http.daemon_threads = True
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._http.shutdown()
        self._http.server_close()
        self._thread.join(10)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._http.server_port}"

    def section(self, name: str = "lab", **keys: str) -> str:
        """Return the settings for this server."""
        values = {
            "provider": "custom",
            "client_id": CLIENT_ID,
            "token_url": f"{self.url}/token",
            "device_url": f"{self.url}/device",
            "authorize_url": f"{self.url}/authorize",
            "revoke_url": f"{self.url}/revoke",
            "scope": "mail",
        } | keys
        return f"[oauth.{name}]\n" + "".join(f"{key} = '{value}'\n" for key, value in values.items())

    def sign_in(self, account: str) -> str:
        """Return a refresh token, as if a person had signed in."""
        token = f"refresh-{secrets.token_urlsafe(16)}"
        self._refresh[token] = account
        return token

    def authorize(self, account: str, challenge: str) -> str:
        """Return the code at the end of a sign-in by browser."""
        code = secrets.token_urlsafe(16)
        self._codes[code] = (account, challenge)
        return code

    def revoke_access(self) -> None:
        """Let no access token that was given so far be good any more."""
        with self._lock:
            self._access.clear()

    def revoke_everything(self) -> None:
        """End every sign-in."""
        with self._lock:
            self._refresh.clear()
            self._access.clear()

    def is_signed_in(self, refresh_token: str) -> bool:
        return refresh_token in self._refresh

    def answer(self, path: str, form: dict[str, str]) -> Answer:
        """Answer one request."""
        with self._lock:
            self._going_on += 1
            self.at_most_at_once = max(self.at_most_at_once, self._going_on)
            self.requests.append({"path": path} | form)
            scripted = self.answers.pop(0) if self.answers and path != "/introspect" else None
        if path != "/introspect":
            time.sleep(self.delay_s)
        with self._lock:
            self._going_on -= 1
            if scripted is not None:
                return scripted
            try:
                return 200, self._true_answer(path, form)
            except Refusal as refusal:
                return 400, refusal.answer

    def _true_answer(self, path: str, form: dict[str, str]) -> dict[str, Any]:
        match path:
            case "/introspect":
                return self._introspected(form.get("token", ""))
            case "/revoke":
                self._refresh.pop(form["token"], None)
                return {}
            case "/device":
                return {
                    "device_code": "canary-device-code",
                    "user_code": "WDJB-MJHT",
                    "verification_uri": f"{self.url}/activate",
                    "expires_in": 900,
                    "interval": self.interval_s,
                }
        return self._token(form)

    def _token(self, form: dict[str, str]) -> dict[str, Any]:
        match form.get("grant_type"):
            case "refresh_token":
                return self._refreshed(form["refresh_token"])
            case "client_credentials":
                self._authenticate(form)
                return self._given("", None)
            case "urn:ietf:params:oauth:grant-type:jwt-bearer":
                return self._given(self._verified(form["assertion"])["sub"], None)
            case "authorization_code":
                account, challenge = self._codes.pop(form["code"])
                digest = hashlib.sha256(form["code_verifier"].encode()).digest()
                if base64.urlsafe_b64encode(digest).rstrip(b"=").decode() != challenge:
                    raise Refusal("invalid_grant", "PKCE")
                return self._given(account, self.sign_in(account))
            case "urn:ietf:params:oauth:grant-type:device_code":
                if self.device_polls:
                    raise Refusal(self.device_polls.pop(0))
                return self._given("device", self.sign_in("device"))
        raise Refusal("unsupported_grant_type")

    def _refreshed(self, token: str) -> dict[str, Any]:
        if token in self._spent:  # a theft
            account = self._spent[token]
            self._refresh = {one: whose for one, whose in self._refresh.items() if whose != account}
            raise Refusal("invalid_grant", f"Token {token} was used before.")
        if token not in self._refresh:
            raise Refusal("invalid_grant", "The refresh token is unknown or was revoked.")
        account = self._refresh[token]
        if not self.rotates:
            return self._given(account, None)
        self._spent[token] = self._refresh.pop(token)
        return self._given(account, self.sign_in(account))

    def _authenticate(self, form: dict[str, str]) -> None:
        if "client_assertion" in form:
            self._verified(form["client_assertion"])
        elif (form.get("client_id"), form.get("client_secret")) != (CLIENT_ID, CLIENT_SECRET):
            raise Refusal("invalid_client", f"Wrong secret {form.get('client_secret')}.")

    def _verified(self, assertion: str) -> dict[str, Any]:
        try:
            audience = f"{self.url}/token"
            return jwt.decode(assertion, self.public_key, algorithms=["RS256"], audience=audience)
        except jwt.InvalidTokenError as error:
            raise Refusal("invalid_grant", str(error)) from error

    def _given(self, account: str, refresh_token: str | None) -> dict[str, Any]:
        token = f"access-{secrets.token_urlsafe(24)}"
        self._access[token] = (account, self.clock() + self.lifetime_s)
        found = {"access_token": token, "token_type": "Bearer", "expires_in": self.lifetime_s}
        return found | ({"refresh_token": refresh_token} if refresh_token else {}) | self.extra

    def _introspected(self, token: str) -> dict[str, Any]:
        account, end = self._access.get(token, ("", 0.0))
        if self.clock() >= end:
            return {"active": False}
        return {"active": True, "email": account, "exp": int(end)}


def _handler(server: OAuthServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            self._answer(parts.path, parts.query)

        def do_POST(self) -> None:
            self._answer(self.path, self.rfile.read(int(self.headers["Content-Length"] or 0)).decode())

        def log_message(self, *_: object) -> None:
            """Be quiet."""

        def _answer(self, path: str, query: str) -> None:
            form = {name: values[0] for name, values in parse_qs(query).items()}
            scheme, _, rest = self.headers.get("Authorization", "").partition(" ")
            if scheme == "Basic":
                user, _, password = base64.b64decode(rest).decode().partition(":")
                form |= {"client_id": unquote_plus(user), "client_secret": unquote_plus(password)}
            status, answer = server.answer(path, form)
            body = json.dumps(answer).encode()
            with suppress(ConnectionError):  # who asked has gone
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

    return Handler
