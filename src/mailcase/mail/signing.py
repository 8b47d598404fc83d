"""DKIM signatures (RFC 6376, RFC 8463): made as a mail is frozen, so that its bytes stay as they were signed.

The cryptography and the canonical form are dkimpy's; which fields are signed is decided here.
"""

import base64
import re
from dataclasses import dataclass, field
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

MIN_RSA_BITS = 1024  # RFC 8301 section 3.2: shorter ones must not be used, and 2048 should
# RFC 6376 section 5.4.1, and what of ours decides how a mail is read or answered.
SIGNED_FIELDS = (
    "from", "to", "cc", "reply-to", "subject", "date", "message-id", "in-reply-to", "references", "mime-version",
    "content-type", "content-transfer-encoding", "auto-submitted", "list-unsubscribe", "list-unsubscribe-post",
)  # fmt: skip
# Signed once more than they are there, so that nobody can add another one (RFC 6376 section 8.15).
OVERSIGNED = ("from", "to", "subject")
_FIELD_NAME = re.compile(rb"^([!-9;-~]+):", re.MULTILINE)
_SAMPLE = b"From: a@%s\r\nTo: b@%s\r\nSubject: sample\r\n\r\nsample\r\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Signer:
    """A private key, and where its public half is published. Made by `load_signer`."""

    domain: str
    selector: str
    algorithm: str
    """`rsa-sha256` or `ed25519-sha256`."""
    key: bytes = field(repr=False)
    """As dkimpy takes it."""
    public: str
    """The public key in base64, as DNS has it."""

    @property
    def name(self) -> str:
        """Where the public key is published (RFC 6376 section 3.6.2.1)."""
        return f"{self.selector}._domainkey.{self.domain}"

    @property
    def record(self) -> str:
        """The text to publish there (RFC 6376 section 3.6.1)."""
        return f"v=DKIM1; k={self.algorithm.partition('-')[0]}; p={self.public}"

    def is_published(self, text: str) -> bool:
        """Tell whether a text record found in DNS holds this public key."""
        tags = (tag.partition("=") for tag in text.split(";"))
        values = {name.strip(): re.sub(r"\s", "", value) for name, _, value in tags}
        return values.get("p") == self.public

    def sign(self, raw: bytes) -> bytes:
        """Return `raw`, a mail with CRLF line ends, with its signature as the first header field."""
        head = raw.partition(b"\r\n\r\n")[0]
        there = [name.decode().lower() for name in _FIELD_NAME.findall(head)]
        names = [name for name in SIGNED_FIELDS if name in there] + [name for name in OVERSIGNED if name in there]
        signature: bytes = dkim.sign(
            raw,
            self.selector.encode(),
            self.domain.encode(),
            self.key,
            canonicalize=(b"relaxed", b"relaxed"),  # relays fold fields anew and trim spaces
            signature_algorithm=self.algorithm.encode(),
            include_headers=[name.encode() for name in names],
        )
        return signature + raw


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
