"""The Message-ID of a canary mail: signed, so that only our own is taken for one.

canary.<mailbox>.<number>.<signature>@domain
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Sequence

_SIGNATURE_BYTES = 16
_MESSAGE_ID = re.compile(
    r"canary\.(?P<mailbox>[a-z0-9][a-z0-9_-]*)\.(?P<number>[0-9]{1,20})\.(?P<signature>[a-z2-7]{26})@[^@\s]{1,255}"
)


def mint(secret: bytes, mailbox: str, number: int, domain: str) -> str:
    """Return the Message-ID, without angle brackets, of the canary mail `number` of a mailbox."""
    return f"canary.{mailbox}.{number}.{_sign(secret, mailbox, str(number))}@{domain}"


def mailbox_of(message_id: str | None, secrets: Sequence[bytes]) -> str:
    """Return the mailbox whose canary a mail is; empty when it is none of ours."""
    match = _MESSAGE_ID.fullmatch(message_id.lower()) if message_id else None
    if match is None:
        return ""
    signatures = [_sign(secret, match["mailbox"], match["number"]) for secret in secrets]
    # Every key is compared, each in constant time, as for reply tokens.
    matches = [hmac.compare_digest(match["signature"], one) for one in signatures]
    return match["mailbox"] if any(matches) else ""


def _sign(secret: bytes, mailbox: str, number: str) -> str:
    digest = hmac.digest(secret, f"mailcase canary 1\0{mailbox}\0{number}".encode(), hashlib.sha256)
    return base64.b32encode(digest[:_SIGNATURE_BYTES]).decode().rstrip("=").lower()
