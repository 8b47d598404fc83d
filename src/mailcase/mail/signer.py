"""What signs mail by DKIM (RFC 6376, RFC 8463): as it is frozen, so that its bytes stay as they were signed.

The cryptography and the canonical form are dkimpy's; which fields are signed is decided here.
"""

import re
from dataclasses import dataclass, field

# RFC 6376 section 5.4.1, and what of ours decides how a mail is read or answered.
SIGNED_FIELDS = (
    "from", "to", "cc", "reply-to", "subject", "date", "message-id", "in-reply-to", "references", "mime-version",
    "content-type", "content-transfer-encoding", "auto-submitted", "list-unsubscribe", "list-unsubscribe-post",
)  # fmt: skip
# Signed once more than they are there, so that nobody can add another one (RFC 6376 section 8.15).
OVERSIGNED = ("from", "to", "subject")
_FIELD_NAME = re.compile(rb"^([!-9;-~]+):", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Signer:
    """A private key, and where its public half is published. Made by `mail.signing.load_signer`."""

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
        from mailcase.mail.dkim_signature import signature  # 12 MB, needed where mail is signed

        head = raw.partition(b"\r\n\r\n")[0]
        there = [name.decode().lower() for name in _FIELD_NAME.findall(head)]
        names = [name for name in SIGNED_FIELDS if name in there] + [name for name in OVERSIGNED if name in there]
        return signature(raw, self.selector, self.domain, self.key, self.algorithm, names) + raw
