"""The kinds of value that settings have, each refusing with a sentence that says what it should be."""

import ipaddress
import re
from datetime import datetime, timedelta
from typing import Annotated, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, AwareDatetime, BeforeValidator, Field

from mailcase.domain.pace import parse_rate
from mailcase.domain.party import canonical_address


def _address(value: str) -> str:
    local, at, domain = value.strip().rpartition("@")
    if not (local and at and domain) or any(character.isspace() for character in value.strip()):
        raise ValueError(f"{value!r} is not a mail address such as support@example.com")
    return canonical_address(value)


def _sender(value: str) -> str:
    value = value.strip()
    if value.startswith("@"):
        return _address(f"a{value}").removeprefix("a")
    return _address(value)


def _rate(value: str) -> str:
    parse_rate(value)
    return value


def _listed(value: object) -> object:
    """Return a single text as a list of one."""
    return (value,) if isinstance(value, str) else value


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError):
        raise ValueError(f"{value!r} is not a time zone of the tz database such as Europe/Berlin") from None
    return value


def _matching(pattern: str, what: str) -> AfterValidator:
    """Return a validator for text that is wholly `pattern`; `what` says in words what it should be."""

    def check(value: str) -> str:
        if not re.fullmatch(pattern, value):
            raise ValueError(f"{value!r} is not {what}")
        return value

    return AfterValidator(check)


def _duration(value: object) -> object:
    """Return a span of time; a bare number could be seconds or days."""
    if not isinstance(value, str):
        return value if isinstance(value, timedelta) else None
    found = re.fullmatch(r"(\d{1,5}) ?([smhdw])", value.strip())
    if found is None:
        raise ValueError(f"{value!r} is not a duration such as 30d, 12h, 10m or 0s")
    return timedelta(**{UNITS[found[2]]: int(found[1])})


def _listen(value: str) -> str:
    """Return where to listen, in the words of Postfix: a socket, or a port that only this machine reaches."""
    kind, _, where = value.partition(":")
    host, _, port = where.rpartition(":")
    if kind == "unix" and where.startswith("/"):
        if len(where.encode()) > MAX_SOCKET_PATH:
            raise ValueError(f"{where} is longer than the {MAX_SOCKET_PATH} bytes that a socket may have")
    elif kind == "inet" and host and port.isdecimal() and 0 < int(port) < 65536:
        if not is_loopback(host):
            raise ValueError(f"{host} is not this machine, and LMTP asks nobody who they are; use 127.0.0.1 or unix:/…")
    elif value != "systemd":
        raise ValueError(f"{value!r} is none of unix:/run/mailcase/lmtp, inet:127.0.0.1:2424 and systemd")
    return value


def _moment(value: object) -> object:
    """Return a moment with its zone, or `all`; a date or a time without a zone could mean another day elsewhere."""
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) and value != "all" else value
    except ValueError:
        moment = None
    if moment == "all" or (isinstance(moment, datetime) and moment.tzinfo is not None):
        return moment
    raise ValueError(f'{value} is not a moment with its zone such as 2026-01-31T08:00:00Z, and not "all"')


def _url(value: str) -> str:
    parts = urlsplit(value)
    if value and not parts.hostname:
        raise ValueError(f"{value!r} is not a web address such as https://login.example.com/token")
    if value and parts.scheme != "https" and not (parts.scheme == "http" and is_loopback(parts.hostname or "")):
        raise ValueError(f"{value!r} would send secrets in the clear; use https")
    return value


def _fingerprint(value: str) -> str:
    """Return 64 hexadecimal digits; the colons and capitals in which tools print them do not matter."""
    digits = value.replace(":", "").lower()
    if not re.fullmatch("[0-9a-f]{64}", digits):
        raise ValueError(
            f"{value!r} is not the SHA-256 of a certificate: 64 hexadecimal digits, with or without colons"
        )
    return digits


MAX_SOCKET_PATH = 107  # sun_path of unix(7), with its final NUL
UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}

Address = Annotated[str, AfterValidator(_address)]
Sender = Annotated[str, AfterValidator(_sender)]
Rate = Annotated[str, AfterValidator(_rate)]
Rates = Annotated[tuple[Rate, ...], BeforeValidator(_listed)]
ZoneName = Annotated[str, AfterValidator(_zone)]
Port = Annotated[int, Field(ge=1, le=65535)]
Seconds = Annotated[float, Field(gt=0, le=86_400)]
Duration = Annotated[timedelta, BeforeValidator(_duration)]
Listen = Annotated[str, AfterValidator(_listen)]
Mode = Annotated[str, _matching(r"0?[0-7]{3}", "a file mode in octal, such as 0660")]
Moment = Annotated[Literal["all"] | AwareDatetime, BeforeValidator(_moment)]
Language = Annotated[str, _matching(r"[a-z]{2}", "a language by two letters (ISO 639-1), such as en")]
Keyword = Annotated[str, _matching(r"[$A-Za-z][A-Za-z0-9_.-]*", "an IMAP keyword: letters, digits, $ _ . -")]
Url = Annotated[str, AfterValidator(_url)]
Fingerprint = Annotated[str, AfterValidator(_fingerprint)]
SectionName = Annotated[
    str, _matching(r"[a-z0-9][a-z0-9_-]*", "a name for a section: small letters, digits, - and _, such as office")
]
DomainName = Annotated[
    str, _matching(r"[A-Za-z0-9]([A-Za-z0-9._-]{0,251}[A-Za-z0-9])?", "a name in DNS: letters, digits, dots and -")
]
MailboxName = Annotated[
    str, _matching(r"[a-z0-9][a-z0-9_-]*", "a name for a mailbox: small letters, digits, - and _, such as support")
]


def is_loopback(host: str) -> bool:
    """Return whether `host`, a name or an address, is this machine."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() == "localhost"
