"""Asking a provider for tokens: one HTTP request each (RFC 6749, 7009, 7523, 7636, 8628).

Secrets go in the body of a request or in its headers, never into an address; and whatever a provider says is shown only
after every secret of the request was struck out of it.
"""

import json
import ssl
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote_plus, urlencode, urlsplit

import httpx

from mailcase.domain.oauth import DEFAULT_LIFETIME, DeviceCode, Grant, Issued
from mailcase.domain.oauth_errors import explain
from mailcase.errors import Unavailable
from mailcase.transport.deadline import Deadline
from mailcase.transport.hushing import struck
from mailcase.transport.oauth_client import OAuthClient, OAuthRefused
from mailcase.transport.reaching import one_line, unreachable
from mailcase.transport.trust import tls_context

MAX_ANSWER_BYTES = 1_000_000
CONNECT_S = 5.0  # for each address: large providers have a dozen, which are tried one after the other
DEVICE_CODE = "urn:ietf:params:oauth:grant-type:device_code"  # RFC 8628 section 3.4
JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"  # RFC 7523 section 2.1
CLIENT_ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"  # RFC 7523 section 2.2
DEFAULT_INTERVAL_S = 5  # RFC 8628 section 3.2
SECRET_FIELDS = frozenset(
    ["assertion", "client_assertion", "client_secret", "code", "code_verifier", "device_code", "refresh_token", "token"]
)

Form = Mapping[str, str]


def renew(client: OAuthClient, account: str, refresh_token: str, now: datetime) -> Issued:
    """Ask for a new access token in the name of `account`, in the way that the client's grant says.

    Raises OAuthRefused, Unavailable, and Invalid when a secret or key cannot be read.
    """
    match client.grant:
        case Grant.REFRESH_TOKEN:
            form = {"grant_type": "refresh_token", "refresh_token": refresh_token, "scope": client.scope}
        case Grant.CLIENT_CREDENTIALS:
            form = {"grant_type": "client_credentials", "scope": client.scope}
        case Grant.JWT_BEARER:
            return _issued(client, _ask(client, client.token_url, _service_account(client, account, now), account))
    return _issued(client, _ask(client, client.token_url, form | _credentials(client, now), account))


def begin_device(client: OAuthClient, account: str, now: datetime) -> DeviceCode:
    """Ask for a code that a person types into a page of the provider (RFC 8628 section 3.1). Raises as `renew`."""
    form = {"client_id": client.client_id, "scope": client.scope}
    answer = _ask(client, client.device_url, form | _credentials(client, now), account)
    return DeviceCode(
        device_code=_text(client, answer, "device_code"),
        user_code=one_line(_text(client, answer, "user_code"), 80),
        # Some providers have the name of an older draft.
        url=one_line(answer.get("verification_uri") or _text(client, answer, "verification_url")),
        expires_at=now + timedelta(seconds=_seconds(answer.get("expires_in")) or 900),
        interval=timedelta(seconds=_seconds(answer.get("interval")) or DEFAULT_INTERVAL_S),
    )


def ask_device(client: OAuthClient, account: str, code: DeviceCode, now: datetime) -> Issued:
    """Ask whether the person is done; OAuthRefused with `authorization_pending` or `slow_down` while not."""
    form = {"grant_type": DEVICE_CODE, "device_code": code.device_code, "client_id": client.client_id}
    return _issued(client, _ask(client, client.token_url, form | _credentials(client, now), account))


def sign_in_address(client: OAuthClient, account: str, *, state: str, challenge: str) -> str:
    """Return the page where a person signs in as `account`; it ends at `redirect_url` (RFC 6749 section 4.1.1)."""
    query = {
        "response_type": "code",
        "client_id": client.client_id,
        "redirect_uri": client.redirect_url,
        "scope": client.scope,
        "state": state,
        "code_challenge": challenge,  # RFC 7636 section 4.3
        "code_challenge_method": "S256",
        "login_hint": account,
        "access_type": "offline",  # without it Google gives no refresh token; others pass over it
        "prompt": client.prompt,
    }
    mark = "&" if "?" in client.authorize_url else "?"
    return f"{client.authorize_url}{mark}{urlencode(query)}"


def exchange_code(client: OAuthClient, account: str, *, code: str, verifier: str, now: datetime) -> Issued:
    """Turn the code at the end of a sign-in into tokens (RFC 6749 section 4.1.3, RFC 7636 section 4.5)."""
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": client.redirect_url,
        "code_verifier": verifier,
    }
    return _issued(client, _ask(client, client.token_url, form | _credentials(client, now), account))


def revoke(client: OAuthClient, account: str, refresh_token: str, now: datetime) -> None:
    """Tell the provider that a refresh token is to be worth nothing from now on (RFC 7009 section 2.1)."""
    form = {"token": refresh_token, "token_type_hint": "refresh_token"}
    _ask(client, client.revoke_url, form | _credentials(client, now), account)


def _service_account(client: OAuthClient, account: str, now: datetime) -> dict[str, str]:
    assert client.signer is not None, "the settings refuse this grant without a key"
    signed = client.signer().assertion(subject=account, audience=client.token_url, now=now, scope=client.scope)
    return {"grant_type": JWT_BEARER, "assertion": signed}


def _credentials(client: OAuthClient, now: datetime) -> dict[str, str]:
    """Return the fields by which the client proves who it is."""
    if client.signer is not None:
        signed = client.signer().assertion(subject=client.client_id, audience=client.token_url, now=now)
        return {
            "client_id": client.client_id,
            "client_assertion_type": CLIENT_ASSERTION,
            "client_assertion": signed,
        }
    secret = client.secret()
    if secret and client.is_basic:
        return {"client_secret": secret}  # taken out again by `_ask`
    return {"client_id": client.client_id} | ({"client_secret": secret} if secret else {})


def _ask(client: OAuthClient, url: str, form: Form, account: str) -> dict[str, Any]:
    fields = {name: value for name, value in form.items() if value}
    headers = {"Accept": "application/json", "User-Agent": "mailcase"}
    authorization: tuple[str, str] | None = None
    if client.is_basic and "client_secret" in fields:
        # RFC 6749 section 2.3.1: both parts are form-encoded before HTTP's own base64.
        authorization = (quote_plus(client.client_id), quote_plus(fields.pop("client_secret")))
    status, body = _post(client, url, fields, headers, authorization)
    secrets = [form[name] for name in SECRET_FIELDS if form.get(name)]
    return _read(client, url, account, status, body, secrets)


def _post(
    client: OAuthClient, url: str, fields: Form, headers: Mapping[str, str], authorization: tuple[str, str] | None
) -> tuple[int, bytes]:
    """Send the form and return status and body; redirects are not followed: they would carry secrets elsewhere.

    The timeout is for all of it, however slowly the answer drips: others wait for the token under a lease.
    """
    timeout_s = client.timeout.total_seconds()
    with Deadline(timeout_s) as deadline:
        try:
            with (
                httpx.Client(
                    verify=tls_context(client.ca_file, is_shared=False),
                    timeout=httpx.Timeout(timeout_s, connect=min(timeout_s, CONNECT_S)),
                    follow_redirects=False,
                ) as http,
                http.stream(
                    "POST",
                    url,
                    data=fields,
                    headers=headers,
                    auth=authorization or httpx.USE_CLIENT_DEFAULT,
                    extensions={"trace": deadline.trace},
                ) as answer,
            ):
                body = b""
                for piece in answer.iter_bytes():
                    body += piece
                    if len(body) > MAX_ANSWER_BYTES:
                        raise httpx.ReadTimeout("no complete answer in time")
                return answer.status_code, body
        except httpx.HTTPError as error:
            raise unreachable(_where(url), TimeoutError() if deadline.is_over else _cause(error)) from error


def _read(client: OAuthClient, url: str, account: str, status: int, body: bytes, secrets: list[str]) -> dict[str, Any]:
    try:
        answer = json.loads(body) if body.strip() else {}
    except ValueError:
        answer = None
    if status == httpx.codes.OK and isinstance(answer, dict):
        return answer
    if not isinstance(answer, dict) or not isinstance(answer.get("error"), str):
        raise Unavailable(
            f"{_where(url)}: an answer that is not OAuth 2.0 (HTTP status {status})",
            remedy=f"Check the addresses of [oauth.{client.name}]; if they are right, it is tried again.",
        )
    error, description = (struck(_said(answer.get(name)), secrets) for name in ("error", "error_description"))
    raise _refused(client, url, account, error, description)


def _refused(client: OAuthClient, url: str, account: str, error: str, description: str) -> OAuthRefused:
    found = explain(error, description, has_person=client.has_person)
    said = one_line(f"{error}: {description}" if description else error, 240)
    who = f" for {account}" if account else ""
    login = f"`mailcase auth login {account}`" if account else "`mailcase auth login`"
    return OAuthRefused(
        f"{_where(url)}: no token{who} by [oauth.{client.name}]: {found.meaning} ({said})",
        remedy=found.remedy.format(login=login, oauth=client.name),
        code=error,
    )


def _said(text: object) -> str:
    return text if isinstance(text, str) else ""


def _issued(client: OAuthClient, answer: Mapping[str, Any]) -> Issued:
    if str(answer.get("token_type", "bearer")).lower() != "bearer":  # RFC 6749 section 7.1
        raise Unavailable(
            f"{_where(client.token_url)}: a token of a kind that mail servers do not take ({one_line(answer['token_type'], 40)})",
            remedy=f"Check scope and token_url of [oauth.{client.name}].",
        )
    lasts_s = _seconds(answer.get("refresh_token_expires_in") or answer.get("refresh_expires_in"))
    return Issued(
        access_token=_text(client, answer, "access_token"),
        lifetime=timedelta(seconds=_seconds(answer.get("expires_in")) or DEFAULT_LIFETIME.total_seconds()),
        refresh_token=str(answer.get("refresh_token") or ""),
        refresh_lifetime=timedelta(seconds=lasts_s) if lasts_s else client.refresh_lifetime,
    )


def _text(client: OAuthClient, answer: Mapping[str, Any], name: str) -> str:
    value = answer.get(name)
    if not isinstance(value, str) or not value:
        raise Unavailable(
            f"{_where(client.token_url)}: an answer without {name}",
            remedy=f"Check the addresses of [oauth.{client.name}]; something else than the provider may answer there.",
        )
    return value


def _seconds(value: object) -> float:
    """Return a number of seconds, at most ten years; some providers write it as text. 0 when it is none."""
    try:
        number = float(str(value))
    except ValueError:
        return 0.0
    return min(number, 315_360_000.0) if number > 0 else 0.0


def _where(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.hostname}:{parts.port or (443 if parts.scheme == 'https' else 80)}"


def _cause(error: httpx.HTTPError) -> BaseException:
    """Return what the system said, which the libraries wrap in errors of their own."""
    if isinstance(error, httpx.TimeoutException):
        return TimeoutError()
    found: BaseException | None = error
    while found is not None:
        if isinstance(found, ssl.SSLError | OSError):
            return found
        found = found.__cause__ or found.__context__
    return error
