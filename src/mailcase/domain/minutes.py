"""Lengths of time as people write them: `20m`, `1h30`, `90 min`, `1:15`, `2 Stunden`; in minutes."""

import re

from mailcase.errors import Refused

MAX_MINUTES = 7 * 24 * 60  # of one activity: more is a slip of the pen
_HOURS = r"h|hr|hrs|hours?|std|stunden?|heures?|horas?"
_MINUTES = r"m|min|mins|minutes?|minuten?|minutos?"
_LENGTH = re.compile(
    rf"(?:(?P<clock_h>\d{{1,3}}):(?P<clock_m>[0-5]\d)"
    rf"|(?P<hours>\d{{1,3}}(?:[.,]\d{{1,2}})?)\s?(?:{_HOURS})\b\.?\s?(?:(?P<rest>\d{{1,2}})(?:\s?(?:{_MINUTES})\b\.?)?(?!\d))?"
    rf"|(?P<compact>\d{{1,3}})h(?P<after>[0-5]\d)(?:m|min)?\b"
    rf"|(?P<minutes>\d{{1,5}})\s?(?:{_MINUTES})\b\.?)(?=\s|$|[,;:])",
    re.IGNORECASE | re.ASCII,
)
_BARE = re.compile(r"\d{1,5}(?=\s|$)", re.ASCII)


def take_minutes(text: str, *, bare: bool = False) -> tuple[int | None, str]:
    """Take a length of time off the beginning of `text`; return its minutes, or None, and the rest.

    A number without a unit counts as minutes only if `bare` is set. Raises Refused for more than a week.
    """
    text = text.strip()
    match = _LENGTH.match(text)
    if match is None:
        match = _BARE.match(text) if bare else None
        if match is None:
            return None, text
        found = int(match[0])
    else:
        found = _minutes(match)
    if found > MAX_MINUTES:
        raise Refused(f"{match[0].strip()} is more than a week; write the time of one activity, such as 20m or 1h30.")
    return found, text[match.end() :].lstrip(" \t,;:")


def _minutes(match: re.Match[str]) -> int:
    if match["clock_h"]:
        return int(match["clock_h"]) * 60 + int(match["clock_m"])
    if match["compact"]:
        return int(match["compact"]) * 60 + int(match["after"])
    if match["hours"]:
        return round(float(match["hours"].replace(",", ".")) * 60) + int(match["rest"] or 0)
    return int(match["minutes"])


def shown(minutes: int) -> str:
    """Return a length of time as people read it, such as `1 h 30 min`."""
    hours, rest = divmod(minutes, 60)
    return f"{hours} h {rest} min" if hours and rest else f"{hours} h" if hours else f"{rest} min"
