"""What the tests of OAuth 2.0 share."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from lab.oauthserver import CLIENT_ID, OAuthServer
from mailcase.domain.oauth import Grant
from mailcase.transport.oauth_client import OAuthClient

NOW = datetime.now(UTC)
ACCOUNT = "support@northwind.example"
CANARY = "canary"
"""In every secret of these tests."""


def client(server: OAuthServer, **changes: Any) -> OAuthClient:
    values: dict[str, Any] = {
        "name": "lab",
        "grant": Grant.REFRESH_TOKEN,
        "client_id": CLIENT_ID,
        "secret": lambda: "",
        "scope": "mail",
        "token_url": f"{server.url}/token",
        "device_url": f"{server.url}/device",
        "authorize_url": f"{server.url}/authorize",
        "revoke_url": f"{server.url}/revoke",
        "redirect_url": "http://localhost",
        "timeout": timedelta(seconds=5),
    }
    return OAuthClient(**(values | changes))


def rsa_key(path: Path) -> str:
    """Write a private key and return its public half, both in PEM."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
