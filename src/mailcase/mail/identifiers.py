"""Message ids and dates as header fields give them (RFC 5322 sections 3.6.4 and 3.3)."""

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

BRACKETED = re.compile(r"<([^<>]+)>")
BARE = re.compile(r"[^\s<>\"'();,]+@[^\s<>\"'();,]+")
MAX_IDS = 1_000
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
# The form of RFC 5322 section 3.3, which nine dates of ten have; the standard library reads all others.
USUAL_DATE = re.compile(
    rf"(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), )?(\d{{1,2}}) ({'|'.join(MONTHS)}) ([12]\d{{3}})"
    r" (\d\d):(\d\d):(\d\d) ([+-](?:[01]\d|2[0-3]))([0-5]\d)(?: \([A-Z]{1,5}\))?",
    re.ASCII,
)
COMMENT = re.compile(r"\([^()]*\)")
ISO_DATE = re.compile(r"(\d{4}-\d\d-\d\d)[T ]+(\d\d:\d\d(?::\d\d)?)(?:[.,]\d+)? *(Z|[+-]\d\d:?\d\d)?", re.ASCII)
OFFSET = re.compile(r"(?:\b(?:GMT|UTC?))?([+-])(\d{1,2})(?::?(\d\d))?$", re.ASCII)
FRACTION = re.compile(r"(:\d\d)\.\d+", re.ASCII)
# Zones whose names mean one thing only; those of RFC 5322 section 4.3 the standard library knows.
ZONES = {
    "CET": 1,
    "MEZ": 1,
    "CEST": 2,
    "MESZ": 2,
    "EET": 2,
    "EEST": 3,
    "WEST": 1,
    "MSK": 3,
    "JST": 9,
    "KST": 9,
    "NZST": 12,
}
MAX_LENGTH = 998  # RFC 5322 section 2.1.1: a longer one cannot have been a line


def message_ids(text: str) -> tuple[str, ...]:
    """Return the message ids of an unfolded value, without brackets, in order, each once."""
    found = ["".join(item.split()) for item in BRACKETED.findall(text)] or BARE.findall(text)
    return tuple(dict.fromkeys(item for item in found[:MAX_IDS] if 0 < len(item) <= MAX_LENGTH))


def message_id(text: str) -> str | None:
    """Return the first message id of a value; a lone word without brackets or @ counts too."""
    found = message_ids(text)
    if found:
        return found[0]
    words = text.strip("<> \t").split()
    return words[0][:MAX_LENGTH] if len(words) == 1 else None


def _unusual(text: str) -> datetime:
    """Return a date of another form: ISO 8601, comments anywhere, a colon or a name in the zone.

    Raises what the standard library raises for something that is no date.
    """
    bare = FRACTION.sub(r"\1", COMMENT.sub(" ", text[:MAX_LENGTH])).strip(" \"'")
    iso = ISO_DATE.fullmatch(bare)
    if iso is not None:
        return datetime.fromisoformat(f"{iso[1]}T{iso[2]}{iso[3] or 'Z'}")
    head, _, zone = bare.rpartition(" ")
    if zone in ZONES:
        bare = f"{head} +{ZONES[zone]:02}00"
    elif (offset := OFFSET.fullmatch(zone)) is not None:
        bare = f"{head} {offset[1]}{int(offset[2]):02}{offset[3] or '00'}"
    return parsedate_to_datetime(bare)


def date(text: str) -> datetime | None:
    """Return what a Date field claims, in UTC, or None when it is not a date."""
    usual = USUAL_DATE.fullmatch(text)
    if usual is not None:
        day, month, year, hour, minute, second, zone_hours, zone_minutes = usual.groups()
        ahead = timedelta(hours=int(zone_hours), minutes=int(zone_hours[0] + zone_minutes))
        try:
            here = datetime(
                int(year), MONTHS.index(month) + 1, int(day), int(hour), int(minute), int(second), tzinfo=UTC
            )
            return here - ahead
        except (ValueError, OverflowError):
            return None
    try:
        value = _unusual(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    try:
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
    except (ValueError, OverflowError):  # year 1 or 9999 moved over its edge
        return None
