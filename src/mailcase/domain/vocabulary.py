"""The fields of one's own that a case can have, and the tree of subjects that it can be filed under.

A desk that declares none takes any: then a field is text, and a subject is whatever path is written.
"""

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum

from mailcase.errors import Refused

MAX_VALUE = 500  # characters of the value of a field
_NAME = re.compile(r"\w[\w.-]{0,63}", re.ASCII)
_INTEGER = re.compile(r"[+-]?[0-9]{1,18}", re.ASCII)
_DATES = (
    re.compile(r"(?P<year>[0-9]{4})-(?P<month>[0-9]{2})-(?P<day>[0-9]{2})", re.ASCII),  # ISO 8601
    re.compile(r"(?P<day>[0-9]{1,2})\.(?P<month>[0-9]{1,2})\.(?P<year>[0-9]{4})", re.ASCII),
)


class FieldType(StrEnum):
    """What a field holds; values are kept as text in one form of each."""

    TEXT = "text"
    INTEGER = "integer"
    """A whole number."""
    DECIMAL = "decimal"
    """A number with a point, or a comma, before its fraction."""
    DATE = "date"
    """Kept as 2026-03-31; 31.3.2026 is understood too."""
    CHOICE = "choice"
    """One of a list, in any case of letters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomField:
    """A field of one's own, from `rules/custom_fields.yaml`."""

    name: str
    title: str
    kind: FieldType = FieldType.TEXT
    choices: tuple[str, ...] = ()

    def value(self, text: str) -> str:
        """Return `text` in the form that is kept. Raises Refused when it is no value of this field."""
        plain = " ".join(text.split())
        found = _READ[self.kind](self, plain) if plain and len(plain) <= MAX_VALUE else None
        if found is None:
            raise Refused(f"{plain[:80]!r} is no value of {self.name}; it takes {self._wanted()}.")
        return found

    def _wanted(self) -> str:
        if self.kind is FieldType.CHOICE:
            return f"one of {', '.join(self.choices)}"
        return _WANTED[self.kind]


def _text(_: CustomField, text: str) -> str | None:
    return text


def _integer(_: CustomField, text: str) -> str | None:
    return str(int(text)) if _INTEGER.fullmatch(text) else None


def _decimal(_: CustomField, text: str) -> str | None:
    try:
        number = Decimal(text.replace(",", ".")) if text.isascii() else None
    except InvalidOperation:
        return None
    return f"{number:f}" if number is not None and number.is_finite() and abs(number.adjusted()) <= 18 else None


def _date(_: CustomField, text: str) -> str | None:
    match = next((found for pattern in _DATES if (found := pattern.fullmatch(text))), None)
    try:
        return date(int(match["year"]), int(match["month"]), int(match["day"])).isoformat() if match else None
    except ValueError:
        return None


def _choice(field_: CustomField, text: str) -> str | None:
    return next((choice for choice in field_.choices if choice.casefold() == text.casefold()), None)


_READ = {
    FieldType.TEXT: _text,
    FieldType.INTEGER: _integer,
    FieldType.DECIMAL: _decimal,
    FieldType.DATE: _date,
    FieldType.CHOICE: _choice,
}
_WANTED = {
    FieldType.TEXT: f"one line of {MAX_VALUE} characters at most",
    FieldType.INTEGER: "a whole number",
    FieldType.DECIMAL: "a number such as 12.50",
    FieldType.DATE: "a date such as 2026-03-31",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """What a desk calls things."""

    fields: Mapping[str, CustomField] = field(default_factory=dict)
    """By name; empty for any field of text."""
    subjects: Mapping[str, str] = field(default_factory=dict)
    """Title by path, such as `billing/refund`; empty for any path."""

    def find_field(self, name: str) -> CustomField:
        """Return the field called `name`. Raises Refused when the desk declares fields and this is none."""
        if not self.fields:
            if not _NAME.fullmatch(name):
                raise Refused(f"{name!r} is no name of a field; use letters, digits, dot, dash and underscore.")
            return CustomField(name=name, title=name)
        if name not in self.fields:
            raise Refused(f"there is no field {name!r}; {_near(name, self.fields)}")
        return self.fields[name]

    def find_subject(self, words: str) -> str:
        """Return the path that `words` name: a path, or the last part or title of one. Raises Refused."""
        wanted = words.strip().strip("/").casefold()
        if not self.subjects:
            return words.strip()
        if wanted in self.subjects:
            return wanted
        close = [path for path, title in self.subjects.items() if wanted in (path.rpartition("/")[2], title.casefold())]
        if len(close) != 1:
            known = close or self.subjects
            raise Refused(f"{words.strip()!r} is no subject here; {_near(wanted, known)}")
        return close[0]


def _near(word: str, known: Iterable[str]) -> str:
    listed = sorted(known)
    near = difflib.get_close_matches(word, listed, 1, 0.6)
    return f"did you mean {near[0]!r}?" if near else f"known are {', '.join(listed[:20])}."
