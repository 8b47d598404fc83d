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
        value = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    try:
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
    except (ValueError, OverflowError):  # year 1 or 9999 moved over its edge
        return None
