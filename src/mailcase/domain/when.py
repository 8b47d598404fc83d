"""Moments as people write them: `tomorrow 14:30`, `31.3.`, `next friday`, `in 3 days`, in four languages."""

import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta, tzinfo

from mailcase.errors import Refused

DAYS = {
    "today": 0, "heute": 0, "aujourd'hui": 0, "hoy": 0,
    "tomorrow": 1, "morgen": 1, "demain": 1, "mañana": 1,
    "übermorgen": 2, "après-demain": 2, "pasado mañana": 2,
}  # fmt: skip
WEEKDAYS = {
    word: number
    for number, words in enumerate((
        "monday mon montag mo lundi lun lunes",
        "tuesday tue tues dienstag di mardi mar martes",
        "wednesday wed mittwoch mi mercredi mer miércoles",
        "thursday thu thur donnerstag do jeudi jeu jueves",
        "friday fri freitag fr vendredi ven viernes",
        "saturday sat samstag sonnabend sa samedi sam sábado",
        "sunday sun sonntag so dimanche dim domingo",
    ))
    for word in words.split()
}  # fmt: skip
_SPANS = (
    (r"m|min|mins|minutes?|minuten?|minutos?", timedelta(minutes=1)),
    (r"h|hours?|std|stunden?|heures?|horas?", timedelta(hours=1)),
    (r"d|days?|tage?n?|jours?|días?", timedelta(days=1)),
    (r"w|weeks?|wochen?|semaines?|semanas?", timedelta(weeks=1)),
)
_SPAN = [(re.compile(rf"(?:in|dans|en)?\s*(\d{{1,4}})\s?(?:{unit})", re.IGNORECASE), span) for unit, span in _SPANS]
_TIME = re.compile(
    r"(?:^|[\sT,]|\b(?:at|um|à|a las)\s)\s*(?:at\s|um\s|à\s|a las\s)?"
    r"(?P<hour>\d{1,2})(?:(?::|h|\.(?=\d\d\b(?!\.)))(?P<minute>[0-5]\d)|(?=\s?(?:am|pm|uhr|h)\b))\s?(?P<half>am|pm|uhr|h)?$",
    re.IGNORECASE,
)
_ISO = re.compile(r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})")
_EUROPEAN = re.compile(r"(?P<day>\d{1,2})[./](?P<month>\d{1,2})(?:[./](?P<year>\d{4})?)?")
_FILLERS = re.compile(
    r"^(?:on|next|this|am|nächste[nr]?|den|le|prochain|el|la|próximo|by|until|till|bis|zum|due)\s+", re.IGNORECASE
)


def parse_when(words: str, now: datetime, zone: tzinfo, *, hour: int) -> datetime:
    """Return the moment (UTC) that `words` name, on the wall clock of `zone`; a day without a time begins at `hour`.

    Raises Refused when they name none, or one that is past.
    """
    text = " ".join(words.lower().replace("’", "'").split()).rstrip(".") if words else ""
    local = now.astimezone(zone)
    found = _span(text, now)
    if found is None:
        day_words, at = _split_time(text)
        day = _day(day_words, local.date())
        if day is None:
            raise Refused(
                f"{words.strip()!r} names no time; write tomorrow 14:30, friday, 2026-03-31, 31.3. 9:00 or in 3 days."
            )
        found = datetime.combine(day, at or time(hour), zone)
    if found <= now:
        raise Refused(f"{words.strip()!r} is past; name a time to come.")
    return found.astimezone(now.tzinfo)


def _span(text: str, now: datetime) -> datetime | None:
    return next((now + int(match[1]) * span for pattern, span in _SPAN if (match := pattern.fullmatch(text))), None)


def _split_time(text: str) -> tuple[str, time | None]:
    """Take a time of the day off the end of `text`."""
    match = _TIME.search(text)
    if match is None:
        return text, None
    hour, minute = int(match["hour"]), int(match["minute"] or 0)
    half = match["half"] or ""
    if half == "pm" and hour < 12:
        hour += 12
    if hour > 23:
        return text, None
    return text[: match.start()].strip(" ,"), time(hour, minute)


def _day(text: str, today: date) -> date | None:
    """Return the date that `text` names; empty is today, when only a time was given."""
    while match := _FILLERS.match(text):
        text = text[match.end() :]
    if not text:
        return today
    if text in DAYS:
        return today + timedelta(days=DAYS[text])
    if text in WEEKDAYS:
        ahead = (WEEKDAYS[text] - today.weekday()) % 7
        return today + timedelta(days=ahead or 7)  # on a Friday, "friday" is the next
    return _date(text, today)


def _date(text: str, today: date) -> date | None:
    match = _ISO.fullmatch(text) or _EUROPEAN.fullmatch(text)
    if match is None:
        return None
    year = match["year"]
    try:
        found = date(int(year or today.year), int(match["month"]), int(match["day"]))
        return found if year or found >= today else found.replace(year=today.year + 1)
    except ValueError:
        return None


_DUE = re.compile(
    r"(?:^|\s)(?P<word>due|fällig|échéance|vence|by|bis|until|avant|jusqu'au|para|hasta)[\s:]+", re.IGNORECASE
)
FIRM = frozenset({"due", "fällig", "échéance", "vence"})
"""After these a time has to follow; the others may be part of the text."""


def split_due(text: str, moment: Callable[[str], datetime]) -> tuple[str, datetime | None]:
    """Split `call her due tomorrow` into its words and the moment. Raises Refused when `due` is followed by no time."""
    first = text.split("\n", 1)[0]
    for match in reversed(list(_DUE.finditer(first.replace("’", "'")))):
        try:
            due = moment(first[match.end() :])
        except Refused:
            if match["word"].lower() in FIRM:
                raise
            continue
        return (first[: match.start()].rstrip(" ,;") + text[len(first) :]).strip(), due
    return text.strip(), None
