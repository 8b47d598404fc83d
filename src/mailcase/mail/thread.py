"""What ties a mail to a case: signed tokens of ours, Message-IDs, and case numbers that people see.

Only a token joins (and only together with a sender who takes part in the case: the desk sees to that). A Message-ID is
a clue for mail that we did not write, and a number in a subject is a hint for people: both can be guessed or copied.

A token is written in two places that mail clients give back: the Message-ID of our mail, which returns in In-Reply-To
and References, and the reply address, which returns in To. Both carry an HMAC-SHA256 of what they say, truncated to
128 bits (RFC 2104 section 5) and written in base32, lower case, because relays may change the case of an address:

    mc.<case>.<c|a><party id>.<nonce>.<signature>@domain
    <local part>+mc-<case>-<c|a><party id>-<signature>@domain
"""

import base64
import hashlib
import hmac
import html
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from urllib.parse import unquote

from mailcase.domain.email import InboundEmail
from mailcase.domain.token import Party, Token
from mailcase.errors import Invalid

MAX_LOCAL_PART = 64  # octets, RFC 5321 section 4.5.3.1.1
MAX_MESSAGE_IDS = 200  # of References, the newest; a longer chain adds only older mail of the same thread
MAX_ADDRESSES = 200
MAX_HINTS = 10
MAX_CALENDARS = 10
MAX_CALENDAR = 100_000  # bytes of one that are looked through
_UID = re.compile(r"^UID:(mc\.\S{1,300})", re.MULTILINE | re.IGNORECASE)
_FOLDED = re.compile(r"\r?\n[ \t]")  # RFC 5545 section 3.1

_SIGNATURE_BYTES = 16
_CODES = {Party.CUSTOMER: "c", Party.AGENT: "a"}
_PARTIES = {code: party for party, code in _CODES.items()}
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_PARTY_ID = re.compile(r"[a-z0-9_-]{1,32}")
_NONCE = re.compile(r"[a-z0-9]{1,32}")
_MESSAGE_ID = re.compile(
    r"mc\.(?P<case>[0-9a-z]{1,13})\.(?P<code>[ca])(?P<party>[a-z0-9_-]{1,32})"
    r"\.(?P<nonce>[a-z0-9]{1,32})\.(?P<signature>[a-z2-7]{26})@[^@\s]{1,255}"
)
_ADDRESS = re.compile(
    r"(?P<base>[^@\s+]{1,64})\+mc-(?P<case>[0-9a-z]{1,13})-(?P<code>[ca])(?P<party>[a-z0-9_-]{1,32})"
    r"-(?P<signature>[a-z2-7]{26})(?P<domain>@[^@\s]{1,255})"
)
_TAGGED = re.compile(
    r"([^@\s+<>]{1,64})\+mc-[0-9a-z]{1,13}-[ca][a-z0-9_-]{1,32}-[a-z2-7]{26}(@[^@\s<>]{1,255})", re.IGNORECASE
)
_MINTED = re.compile(
    r"<?\bmc\.[0-9a-z]{1,13}\.[ca][a-z0-9_-]{1,32}\.[a-z0-9]{1,32}\.[a-z2-7]{26}@[^@\s<>]{1,255}>?", re.IGNORECASE
)
_BREAKS = re.compile(r"[\s>|]+")
_CASE_NUMBER = re.compile(r"(?<![0-9a-z-])CAS-[0-9]{3,12}-[0-9a-z]{3}(?![0-9a-z-])", re.IGNORECASE | re.ASCII)
# Where relays write the address that a mail was delivered to, for the reply address that no visible field shows.
_ENVELOPE_FIELDS = ("delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "x-delivered-to", "resent-to")


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadKeys:
    """Everything in a mail that may tell its case, the strongest and newest first."""

    tokens: tuple[Token, ...]
    """Tokens of ours with a valid signature: of In-Reply-To, then References from the newest, then the addresses."""
    message_ids: tuple[str, ...]
    """In-Reply-To, then References from the newest, without angle brackets and repeats."""
    case_hints: tuple[str, ...]
    """What looks like a case number in the subject, in upper case; it may be mistyped or made up."""


def mint_message_id(token: Token, secret: bytes, nonce: str, domain: str) -> str:
    """Return a Message-ID, without angle brackets, that proves `token` when a reply refers to it.

    `nonce` makes it unique: 1 to 32 lower-case letters and digits. Raises Invalid for a nonce, party id or case id of
    another form.
    """
    if not _NONCE.fullmatch(nonce):
        raise Invalid(f"message-id nonce {nonce!r}: use 1 to 32 lower-case letters and digits")
    case, party = _written(token)
    return f"mc.{case}.{party}.{nonce}.{_sign(secret, 'id', case, party, nonce)}@{domain}"


def mint_address(token: Token, secret: bytes, address: str) -> str:
    """Return `address` with `token` signed into its local part, so that a mail to it proves the token.

    Raises Invalid when `address` has no domain or a `+` already, or its local part would pass 64 octets.
    """
    local, at, domain = address.rpartition("@")
    case, party = _written(token)
    tagged = f"{local}+mc-{case}-{party}-{_sign(secret, 'to', case, party)}"
    if not (local and at and domain) or "+" in local:
        raise Invalid(f"{address}: a reply address is made from a plain address such as support@example.com")
    if len(tagged.encode()) > MAX_LOCAL_PART:
        raise Invalid(f"{address}: no room for a reply token; use an address or an agent key that is shorter")
    return f"{tagged}@{domain}"


def keys(email: InboundEmail, secrets: Sequence[bytes], own_addresses: Collection[str] = frozenset()) -> ThreadKeys:
    """Find what ties `email` to a case.

    `secrets` are the signing keys, the current one first; older ones stay valid until they are left out. With
    `own_addresses`, only reply addresses made from one of them count.
    """
    newest_first = (*_answered_appointments(email), *email.in_reply_to, *reversed(email.references[-MAX_MESSAGE_IDS:]))
    message_ids = tuple(dict.fromkeys(newest_first))[:MAX_MESSAGE_IDS]
    found = [token_of_message_id(one, secrets) for one in message_ids]
    found += [token_of_address(one, secrets, own_addresses) for one in recipients(email)]
    return ThreadKeys(
        tokens=tuple(dict.fromkeys(token for token in found if token)),
        message_ids=message_ids,
        case_hints=_case_hints(email.subject),
    )


def _answered_appointments(email: InboundEmail) -> list[str]:
    """Return the UIDs of ours in calendars that came with a mail: an answer often names nothing else."""
    found: list[str] = []
    for file in email.attachments[:MAX_CALENDARS]:
        if file.content_type == "text/calendar":
            text = file.content[:MAX_CALENDAR].decode("utf-8", "replace")
            found += _UID.findall(_FOLDED.sub("", text))
    return found[:MAX_CALENDARS]


def token_of_message_id(message_id: str, secrets: Sequence[bytes]) -> Token | None:
    """Return the token that a Message-ID of ours carries, or None when it is not ours or its signature is wrong."""
    match = _MESSAGE_ID.fullmatch(message_id.strip("<>").lower())
    return _verified(match, secrets, "id", match["nonce"]) if match else None


def token_of_address(
    address: str, secrets: Sequence[bytes], own_addresses: Collection[str] = frozenset()
) -> Token | None:
    """Return the token that a reply address of ours carries, or None when it is not ours or its signature is wrong."""
    match = _ADDRESS.fullmatch(address.strip("<> ").lower())
    if match is None:
        return None
    if own_addresses and match["base"] + match["domain"] not in {own.lower() for own in own_addresses}:
        return None
    return _verified(match, secrets, "to")


def without_tokens(text: str) -> str:
    """Return `text` with the tokens taken out of our reply addresses, and without Message-IDs of ours.

    Whoever reads on must not speak for another.
    """
    return _MINTED.sub("", _TAGGED.sub(r"\1\2", text))


def hides_tokens(text: str) -> bool:
    """Tell whether `text`, out of which `without_tokens` took what it saw, still holds one for who undoes an encoding.

    Such as an address in a link (RFC 6068 section 2), in HTML, or broken over lines.
    """
    plain = html.unescape(unquote(text))
    return any(without_tokens(one) != one for one in (plain, _BREAKS.sub("", plain), _BREAKS.sub("", text)))


def is_minted(message_id: str) -> bool:
    """Tell whether a Message-ID has the form of ours; its signature is not looked at."""
    return _MESSAGE_ID.fullmatch(message_id.strip("<>").lower()) is not None


def _written(token: Token) -> tuple[str, str]:
    """Return the case number in base 36 and the party with its code, as they are signed."""
    if token.case_id < 0 or not _PARTY_ID.fullmatch(token.party_id):
        raise Invalid(f"{token.party_id!r}: a party id is 1 to 32 lower-case letters, digits, _ and -")
    return _base36(token.case_id), _CODES[token.party] + token.party_id


def _sign(secret: bytes, purpose: str, case: str, party: str, nonce: str = "") -> str:
    # The purpose keeps a signature of one place from being moved to the other; no field can hold the separator.
    said = f"mailcase token 1\0{purpose}\0{case}\0{party}\0{nonce}".encode()
    digest = hmac.digest(secret, said, hashlib.sha256)[:_SIGNATURE_BYTES]
    return base64.b32encode(digest).decode().rstrip("=").lower()


def _verified(match: re.Match[str], secrets: Sequence[bytes], purpose: str, nonce: str = "") -> Token | None:
    case, party = match["case"], match["code"] + match["party"]
    signatures = [_sign(secret, purpose, case, party, nonce) for secret in secrets]
    # Every key is compared, each in constant time, so that timing tells neither the signature nor the key's age.
    matches = [hmac.compare_digest(match["signature"], one) for one in signatures]
    if not any(matches):
        return None
    return Token(case_id=int(case, 36), party=_PARTIES[match["code"]], party_id=match["party"])


def recipients(email: InboundEmail) -> list[str]:
    """Return the addresses that a mail was written to, and those that it was delivered to as relays noted them."""
    envelope = (value for name in _ENVELOPE_FIELDS for value in email.header_values(name))
    visible = (one.address for one in (*email.to, *email.cc))
    return list(dict.fromkeys((*visible, *envelope)))[:MAX_ADDRESSES]


def _case_hints(subject: str) -> tuple[str, ...]:
    found = (number.upper() for number in _CASE_NUMBER.findall(subject))
    return tuple(dict.fromkeys(found))[:MAX_HINTS]


def _base36(number: int) -> str:
    digits = ""
    while number:
        number, digit = divmod(number, 36)
        digits = _DIGITS[digit] + digits
    return digits or "0"
