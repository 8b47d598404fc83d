"""Private keys for DKIM, read from PEM and tried out (RFC 6376, RFC 8463). Loaded only where mail is signed: 12 MB."""

import base64
from typing import Any

import dkim
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from mailcase.errors import Invalid
from mailcase.mail.signer import Signer

MIN_RSA_BITS = 1024  # RFC 8301 section 3.2: shorter ones must not be used, and 2048 should
_SAMPLE = b"From: a@%s\r\nTo: b@%s\r\nSubject: sample\r\n\r\nsample\r\n"


def load_signer(domain: str, selector: str, pem: bytes, where: str) -> Signer:
    """Return what signs for `domain`, once a sample was signed and verified.

    `where` names the file of the key in errors. Raises Invalid when `pem` holds no RSA or Ed25519 key without password.
    """
    try:
        key = load_pem_private_key(pem, password=None)
    except (ValueError, TypeError) as error:
        remedy = "make one by `openssl genpkey -algorithm ed25519` or `openssl genrsa 2048`"
        raise Invalid(
            f"{where}: holds no private key in PEM form that can be read without a password; {remedy}."
        ) from error
    if isinstance(key, Ed25519PrivateKey):
        seed = key.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())
        public = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)  # RFC 8463 section 4.2
        parts: dict[str, Any] = {"algorithm": "ed25519-sha256", "key": base64.b64encode(seed)}
    elif isinstance(key, RSAPrivateKey):
        if key.key_size < MIN_RSA_BITS:
            raise Invalid(
                f"{where}: an RSA key of {key.key_size} bits is too short; make one by `openssl genrsa 2048`."
            )
        pkcs1 = key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
        public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        parts = {"algorithm": "rsa-sha256", "key": pkcs1}
    else:
        raise Invalid(f"{where}: DKIM takes RSA and Ed25519 keys; make one by `openssl genpkey -algorithm ed25519`.")
    signer = Signer(domain=domain, selector=selector, public=base64.b64encode(public).decode(), **parts)
    _try_out(signer, where)
    return signer


def _try_out(signer: Signer, where: str) -> None:
    """Sign a sample and verify it: a key that does not do so is found before the first mail."""
    domain = signer.domain.encode()
    signed = signer.sign(_SAMPLE % (domain, domain))
    if not dkim.verify(signed, dnsfunc=lambda _name, timeout=0: signer.record.encode()):  # noqa: ARG005 - dkimpy's
        raise Invalid(f"{where}: what it signs cannot be verified; make another key.")
