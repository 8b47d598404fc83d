"""Dates, times and sizes as people of a language write them; other languages get ISO 8601, which everybody reads."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class _Words:
    months: str
    weekdays: str
    date: str
    day: str
    decimal: str = ","


_WORDS = {
    "en": _Words(
        months="January February March April May June July August September October November December",
        weekdays="Monday Tuesday Wednesday Thursday Friday Saturday Sunday",
        date="{day} {month} {year}",
        day="{weekday}, {day} {month}",
        decimal=".",
    ),
    "de": _Words(
        months="Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
        weekdays="Montag Dienstag Mittwoch Donnerstag Freitag Samstag Sonntag",
        date="{day}. {month} {year}",
        day="{weekday}, {day}. {month}",
    ),
    "fr": _Words(
        months="janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
        weekdays="lundi mardi mercredi jeudi vendredi samedi dimanche",
        date="{day} {month} {year}",
        day="{weekday} {day} {month}",
    ),
    "es": _Words(
        months="enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
        weekdays="lunes martes miércoles jueves viernes sábado domingo",
        date="{day} de {month} de {year}",
        day="{weekday}, {day} de {month}",
    ),
}


def format_date(moment: datetime, language: str) -> str:
    """Return the date with its year, such as `22 November 2026`."""
    words = _WORDS.get(language)
    return _filled(words.date, words, moment) if words else f"{moment:%Y-%m-%d}"


def format_day(moment: datetime, language: str) -> str:
    """Return the date of a day nearby, with its weekday and without the year, such as `Monday, 23 November`."""
    words = _WORDS.get(language)
    return _filled(words.day, words, moment) if words else f"{moment:%Y-%m-%d}"


def format_time(moment: datetime) -> str:
    """Return the time of day in 24 hours, such as `09:00`."""
    return f"{moment:%H:%M}"


def format_zone(moment: datetime) -> str:
    """Return the name of the time zone, such as `CET`."""
    return moment.tzname() or ""


def format_size(octets: int, language: str) -> str:
    """Return a file size such as `1.2 MB`, in units of 1000."""
    size, unit = float(octets), "B"
    for larger in ("kB", "MB", "GB"):
        if size >= 999.5:
            size, unit = size / 1000, larger
    number = f"{size:.1f}" if unit != "B" and size < 9.95 else f"{size:.0f}"
    words = _WORDS.get(language)
    return f"{number.replace('.', words.decimal if words else '.')} {unit}"


def _filled(form: str, words: _Words, moment: datetime) -> str:
    return form.format(
        day=moment.day,
        month=words.months.split()[moment.month - 1],
        weekday=words.weekdays.split()[moment.weekday()],
        year=moment.year,
    )
