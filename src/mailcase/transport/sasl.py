"""Logging in with an access token: OAUTHBEARER (RFC 7628) where it is offered, else XOAUTH2, as bytes without I/O.

A server that refuses a token sends its reason as JSON in a challenge, which the client has to answer before it hears the
refusal itself.
"""

import json
import re
from collections.abc import Iterable
from enum import StrEnum

from mailcase.errors import Unavailable

# RFC 6750 section 2.1; anything else could end the message early and begin another.
BEARER = re.compile(r"[A-Za-z0-9._~+/=:|!$%&'()*,;@^`#-]+")
SEPARATOR = "\x01"
LOGIN_REMEDY = "Check user name and password; many providers want an app password or OAuth 2.0 here."
WHEN_REFUSED = (
    "The provider gave a token and the server does not take it: check that username is the mailbox that the token is for,"
    " that the scope covers this protocol, and that it is switched on for this mailbox; docs/operations.md has the steps."
)


class Mechanism(StrEnum):
    """A SASL mechanism that takes an access token, the best first."""

    OAUTHBEARER = "OAUTHBEARER"
    """RFC 7628."""
    XOAUTH2 = "XOAUTH2"
    """What came before it, and all that Microsoft offers."""


class LoginRefused(Unavailable):
    """The server does not accept these credentials."""


def choose(offered: Iterable[str], where: str) -> Mechanism:
    """Return the best mechanism of those that a server offers, whatever their case.

    Raises `Unavailable` when it takes no tokens at all.
    """
    names = {name.upper() for name in offered}
    found = next((mechanism for mechanism in Mechanism if mechanism in names), None)
    if found is None:
        raise Unavailable(
            f"{where}: the server takes no OAuth 2.0 tokens (it offers {', '.join(sorted(names)) or 'no login at all'})",
            remedy="Use a password here, or the server that the provider's pages name.",
        )
    return found


def first_message(mechanism: Mechanism, *, user: str, host: str, port: int, token: str) -> bytes:
    """Return what the client says first, before base64. Raises `Unavailable` for a token that no header could hold."""
    if not BEARER.fullmatch(token):
        raise Unavailable(
            f"{host}:{port}: the access token of {user} has characters that no token may have (RFC 6750 section 2.1)",
            remedy="Check token_url: something else than a token endpoint seems to answer there.",
        )
    if mechanism is Mechanism.XOAUTH2:  # https://developers.google.com/gmail/imap/xoauth2-protocol
        parts = [f"user={user}", f"auth=Bearer {token}", "", ""]
    else:  # RFC 7628 section 3.1; in a name, RFC 5801 section 4 writes = and , otherwise
        name = user.replace("=", "=3D").replace(",", "=2C")
        parts = [f"n,a={name},", f"host={host}", f"port={port}", f"auth=Bearer {token}", "", ""]
    return SEPARATOR.join(parts).encode()


def answer_to_refusal(mechanism: Mechanism) -> bytes:
    """Return what the client answers to the challenge that tells why a token is refused, before base64."""
    return SEPARATOR.encode() if mechanism is Mechanism.OAUTHBEARER else b""  # RFC 7628 section 3.2.3


def reason(challenge: bytes) -> str:
    """Return the status that such a challenge tells, such as `invalid_token` or `401`, or nothing."""
    try:
        told = json.loads(challenge)
    except ValueError:
        return ""
    return str(told.get("status", ""))[:40] if isinstance(told, dict) else ""
