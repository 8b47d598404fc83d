"""The kinds of value that settings have, each refusing with a sentence that says what it should be."""

import ipaddress
import re
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, AwareDatetime, BeforeValidator, Field

from mailcase.domain.party import canonical_address
from mailcase.errors import Invalid


def _address(value: str) -> str:
    local, at, domain = value.strip().rpartition("@")
    if not (local and at and domain) or any(character.isspace() for character in value.strip()):
        raise ValueError(f"{value!r} is not a mail address such as support@example.com")
    return canonical_address(value)


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


def _moment(value: object) -> object:
    """Return a moment with its zone, or `all`; a date or a time without a zone could mean another day elsewhere."""
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) and value != "all" else value
    except ValueError:
        moment = None
    if moment == "all" or (isinstance(moment, datetime) and moment.tzinfo is not None):
        return moment
    raise ValueError(f'{value} is not a moment with its zone such as 2026-01-31T08:00:00Z, and not "all"')


Address = Annotated[str, AfterValidator(_address)]
ZoneName = Annotated[str, AfterValidator(_zone)]
Port = Annotated[int, Field(ge=1, le=65535)]
Seconds = Annotated[float, Field(gt=0, le=86_400)]
Moment = Annotated[Literal["all"] | AwareDatetime, BeforeValidator(_moment)]
Language = Annotated[str, _matching(r"[a-z]{2}", "a language by two letters (ISO 639-1), such as en")]
Keyword = Annotated[str, _matching(r"[$A-Za-z][A-Za-z0-9_.-]*", "an IMAP keyword: letters, digits, $ _ . -")]
MailboxName = Annotated[
    str, _matching(r"[a-z0-9][a-z0-9_-]*", "a name for a mailbox: small letters, digits, - and _, such as support")
]


def is_loopback(host: str) -> bool:
    """Return whether `host`, a name or an address, is this machine."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def first_line(path: Path) -> str:
    """Return the first line of a file with a password. Raises Invalid when it cannot be read."""
    try:
        return path.read_text(encoding="utf-8").split("\n", 1)[0].rstrip("\r")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        remedy = "its first line should be the password; write it, or name another password_file."
        raise Invalid(f"{path}: the password cannot be read ({why}); {remedy}") from error
