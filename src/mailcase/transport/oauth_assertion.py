"""Signed requests in place of secrets (RFC 7523): JSON Web Tokens by a private key that never leaves this machine."""

import base64
import hashlib
import json
import ssl
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import jwt
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from mailcase.errors import Invalid

LIFETIME = timedelta(minutes=5)
CERTIFICATE_END = "-----END CERTIFICATE-----"
CURVES = {"secp256r1": "ES256", "secp384r1": "ES384", "secp521r1": "ES512"}  # RFC 7518 section 3.4


@dataclass(frozen=True, slots=True, kw_only=True)
class KeySigner:
    """A private key and how others recognise it."""

    issuer: str
    """Who signs: a client id, or the address of a service account."""
    key: str = field(repr=False)
    algorithm: str
    headers: Mapping[str, str]

    def assertion(self, *, subject: str, audience: str, now: datetime, **claims: str) -> str:
        """Return a signed token that `issuer` speaks for `subject` to `audience`, good for five minutes from `now`."""
        facts = {
            "iss": self.issuer,
            "sub": subject,
            "aud": audience,
            "jti": str(uuid.uuid4()),
            "iat": int(now.timestamp()),
            "nbf": int(now.timestamp()),
            "exp": int((now + LIFETIME).timestamp()),
        }
        return jwt.encode(facts | claims, self.key, algorithm=self.algorithm, headers=dict(self.headers))


def of_private_key(section: str, client_id: str, key_file: Path, certificate_file: Path | None) -> KeySigner:
    """Return the signer of a client with a private key. Raises Invalid, naming key and file, when it cannot be read."""
    text = _text(f"{section}.private_key_file", key_file)
    headers: dict[str, str] = {}
    if certificate_file is not None:
        der = _certificate(f"{section}.certificate_file", certificate_file)
        # RFC 7515 section 4.1.7: SHA-1 names the certificate here and protects nothing; Microsoft asks for it.
        headers["x5t"] = _base64url(hashlib.sha1(der).digest())  # noqa: S324 - see above
    algorithm = _algorithm(f"{section}.private_key_file: {key_file}", text)
    return KeySigner(issuer=client_id, key=text, algorithm=algorithm, headers=headers)


def of_service_account(section: str, path: Path) -> KeySigner:
    """Return the signer of a service account by the JSON file that Google gives. Raises Invalid, naming key and file."""
    where = f"{section}.service_account_file"
    try:
        facts = json.loads(_text(where, path))
        issuer, key = str(facts["client_email"]), str(facts["private_key"])
        headers = {"kid": str(facts["private_key_id"])}
    except (ValueError, KeyError, TypeError):
        # Not chained: the error of the JSON reader holds the whole document, key and all.
        raise Invalid(f"{where}: {path}: is not the key of a service account; get it anew as JSON.") from None
    return KeySigner(issuer=issuer, key=key, algorithm=_algorithm(f"{where}: {path}", key), headers=headers)


def certificate_ends_at(section: str, path: Path) -> datetime:
    """Return when the certificate in a PEM file ends (UTC). Raises Invalid, naming key and file."""
    return x509.load_der_x509_certificate(_certificate(f"{section}.certificate_file", path)).not_valid_after_utc


def _certificate(where: str, path: Path) -> bytes:
    """Return the first certificate of a PEM file, in DER."""
    text = _text(where, path)
    begin, end = text.find("-----BEGIN CERTIFICATE-----"), text.find(CERTIFICATE_END)
    try:
        der = ssl.PEM_cert_to_DER_cert(text[begin : end + len(CERTIFICATE_END)])
        x509.load_der_x509_certificate(der)
    except ValueError:
        raise Invalid(
            f"{where}: {path}: holds no certificate; name the PEM file that the provider was given."
        ) from None
    return der


def _algorithm(where: str, pem: str) -> str:
    try:
        key: Any = load_pem_private_key(pem.encode(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):  # TypeError: it is encrypted
        remedy = "write it as PEM without a passphrase, readable by its owner only."
        raise Invalid(f"{where}: holds no private key that can be read; {remedy}") from None
    match key:
        case rsa.RSAPrivateKey():
            return "RS256"
        case ec.EllipticCurvePrivateKey() if key.curve.name in CURVES:
            return CURVES[key.curve.name]
        case ed25519.Ed25519PrivateKey():
            return "EdDSA"  # RFC 8037 section 3.1
        case _:
            raise Invalid(f"{where}: holds a kind of key that cannot sign here; use RSA, at least 2048 bits.")


def _text(where: str, path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not text"
        raise Invalid(f"{where}: {path}: cannot be read ({why}); mend the path or the permissions.") from None


def _base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
