"""The return path of an answer: an address which, when a report comes to it, proves which mail of ours it is about.

Reports are sent to the return path (RFC 3464 section 2), and many of them name no mail that they report on, or one that a
relay has renamed. As the reply address does, the return path carries an HMAC-SHA256 of what it says (`mail.thread`):

    <local part>+mcr-<case>-<nonce>-<signature>@domain

The nonce is the beginning of that in the Message-ID of the mail. So the address tells one sending to one recipient.
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from mailcase.domain.email import InboundEmail
from mailcase.mail.thread import MAX_LOCAL_PART, recipients

_NONCE_LENGTH = 8
_SIGNATURE_BYTES = 16
_ADDRESS = re.compile(
    rf"(?P<base>[^@\s+]{{1,64}})\+mcr-(?P<case>[0-9a-z]{{1,13}})-(?P<nonce>[a-z0-9]{{{_NONCE_LENGTH}}})"
    r"-(?P<signature>[a-z2-7]{26})(?P<domain>@[^@\s]{1,255})"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """One mail of ours, as its return path names it."""

    case_id: int
    nonce: str
    """What the nonce of its Message-ID begins with."""

    def is_of(self, message_id: str) -> bool:
        """Tell whether a Message-ID of ours, of a mail of this case, is that of the mail."""
        return _parts(message_id)[1].startswith(self.nonce)


def mint(message_id: str, secret: bytes, address: str) -> str:
    """Return the return path of the mail with this Message-ID of ours, made from a plain `address` of ours.

    That is `address` itself when there is no room for more (RFC 5321 section 4.5.3.1.1).
    """
    local, _, domain = address.rpartition("@")
    case, nonce = _parts(message_id)
    short = nonce[:_NONCE_LENGTH]
    tagged = f"{local}+mcr-{case}-{short}-{_sign(secret, case, short)}"
    is_fit = "+" not in local and len(short) == _NONCE_LENGTH and len(tagged.encode()) <= MAX_LOCAL_PART
    return f"{tagged}@{domain}" if is_fit else address


def sending_of(email: InboundEmail, secrets: Sequence[bytes], own_addresses: Collection[str]) -> Sending | None:
    """Return which mail of ours a report is about, by the address that it came to; None when that proves nothing."""
    found = (_verified(address, secrets, own_addresses) for address in recipients(email))
    return next((one for one in found if one is not None), None)


def _verified(address: str, secrets: Sequence[bytes], own_addresses: Collection[str]) -> Sending | None:
    match = _ADDRESS.fullmatch(address.strip("<> ").lower())
    if match is None or match["base"] + match["domain"] not in {own.lower() for own in own_addresses}:
        return None
    signed = (_sign(secret, match["case"], match["nonce"]) for secret in secrets)
    # Every key is compared, each in constant time, as in `mail.thread`.
    matches = [hmac.compare_digest(match["signature"], one) for one in signed]
    if not any(matches):
        return None
    return Sending(case_id=int(match["case"], 36), nonce=match["nonce"])


def _parts(message_id: str) -> tuple[str, str]:
    """Return the case and the nonce that a Message-ID of ours names, as they are written there; empty for another's."""
    parts = message_id.strip("<>").lower().split(".", 4)
    return (parts[1], parts[3]) if len(parts) == 5 and parts[0] == "mc" else ("", "")


def _sign(secret: bytes, case: str, nonce: str) -> str:
    digest = hmac.digest(secret, f"mailcase return path 1\0{case}\0{nonce}".encode(), hashlib.sha256)
    return base64.b32encode(digest[:_SIGNATURE_BYTES]).decode().rstrip("=").lower()
