"""Column types that hold the values of the domain alike on SQLite and PostgreSQL."""

import hashlib
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, ClassVar

from sqlalchemy import BigInteger, ColumnElement, DateTime, Dialect, Integer, LargeBinary, Text, literal_column
from sqlalchemy.types import TypeDecorator, TypeEngine

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
MAX_KEY_BYTES = 512  # PostgreSQL indexes no value above a third of a page, 2,704 bytes
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")  # PostgreSQL refuses NUL in text; UTF-8 has no surrogates
_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"

Processor = Callable[[Any], Any]  # of SQLAlchemy: from the Python value to the driver's, or back

Id = BigInteger().with_variant(Integer, "sqlite")  # only INTEGER PRIMARY KEY is SQLite's own row id
Bytes = LargeBinary


def storable(text: str) -> str:
    """Return `text` with the characters that no database holds (NUL, lone surrogates) replaced by U+FFFD."""
    if text.isascii() and "\0" not in text:
        return text
    return _UNSTORABLE.sub(_REPLACEMENT, text)


def key_of(text: str) -> str:
    """Return the form under which `text` is indexed: itself, or beyond 512 bytes its start and its hash."""
    text = storable(text)
    raw = text.encode()
    if len(raw) <= MAX_KEY_BYTES:
        return text
    return f"{raw[:400].decode(errors='ignore')}…{hashlib.sha256(raw).hexdigest()}"


def _bind_string(value: str | None) -> str | None:
    return None if value is None else storable(value)


def _bind_key(value: str | None) -> str | None:
    return None if value is None else key_of(value)


def _bind_choice(value: str | None) -> str | None:
    return None if value is None else str(value)


def _bind_moment(value: datetime | None) -> datetime | None:
    if value is not None and value.tzinfo is None:
        raise TypeError(f"{value!r} has no time zone")
    return value


def _bind_moment_as_integer(value: datetime | None) -> int | None:
    return None if value is None else (value - EPOCH) // MICROSECOND  # TypeError for a time without zone


def _moment_of_datetime(value: datetime | None) -> datetime | None:
    return None if value is None else value.astimezone(UTC)


def _moment_of_integer(value: int | None) -> datetime | None:
    return None if value is None else EPOCH + timedelta(microseconds=value)


def _bind_duration(value: timedelta | None) -> int | None:
    return None if value is None else value // MICROSECOND


def _duration_of_integer(value: int | None) -> timedelta | None:
    return None if value is None else timedelta(microseconds=value)


def _bind_strings(value: tuple[str, ...] | None) -> str | None:
    if not value:
        return None if value is None else "[]"
    return json.dumps([storable(item) for item in value], ensure_ascii=False, separators=(",", ":"))


def _strings_of_json(value: str | None) -> tuple[str, ...] | None:
    if value == "[]":
        return ()
    return None if value is None else tuple(json.loads(value))


def _bind_pairs(value: tuple[tuple[str, str], ...] | None) -> str | None:
    if value is None:
        return None
    pairs = [[storable(item) for item in pair] for pair in value]
    return json.dumps(pairs, ensure_ascii=False, separators=(",", ":"))


def _pairs_of_json(value: str | None) -> tuple[tuple[str, ...], ...] | None:
    return None if value is None else tuple(tuple(pair) for pair in json.loads(value))


def _bind_numbers(value: tuple[int, ...] | None) -> str | None:
    return None if value is None else json.dumps(value, separators=(",", ":"))


def _numbers_of_json(value: str | None) -> tuple[int, ...] | None:
    return None if value is None else tuple(json.loads(value))


class _Converted(TypeDecorator[Any]):  # of the value's type, which differs by subclass
    """A type with one function to the driver's value and one back; None when the driver's value is ours."""

    impl: type[TypeEngine[Any]] | TypeEngine[Any] = Text
    cache_ok = True
    conversions: ClassVar[tuple[Processor | None, Processor | None]] = (None, None)
    """To the driver, and back."""

    def bind_processor(self, dialect: Dialect) -> Processor | None:  # noqa: ARG002 - SQLAlchemy's interface
        """Return the conversion of a parameter."""
        return self.conversions[0]

    def result_processor(self, dialect: Dialect, coltype: object) -> Processor | None:  # noqa: ARG002 - as above
        """Return the conversion of a result."""
        return self.conversions[1]


class String(_Converted):
    """Text of any length."""

    cache_ok = True
    conversions = (_bind_string, None)


class Key(_Converted):
    """Text that is indexed, of any length: compares equal to what was stored, however long (`key_of`)."""

    cache_ok = True
    conversions = (_bind_key, None)


class Duration(_Converted):
    """A length of time, as microseconds."""

    impl = BigInteger
    cache_ok = True
    conversions = (_bind_duration, _duration_of_integer)


class Strings(_Converted):
    """A tuple of strings, as a JSON array."""

    cache_ok = True
    conversions = (_bind_strings, _strings_of_json)


class Numbers(_Converted):
    """A tuple of whole numbers, as a JSON array."""

    cache_ok = True
    conversions = (_bind_numbers, _numbers_of_json)


class Pairs(_Converted):
    """A tuple of pairs of strings, as a JSON array of arrays."""

    cache_ok = True
    conversions = (_bind_pairs, _pairs_of_json)


class Choice(_Converted):
    """A member of a StrEnum, stored as its value."""

    cache_ok = True
    conversions = (_bind_choice, None)

    def __init__(self, choices: type[StrEnum]) -> None:
        super().__init__()
        self.choices = choices

    def result_processor(self, dialect: Dialect, coltype: object) -> Processor:  # noqa: ARG002 - as above
        """Return the conversion of a result."""
        members: dict[str | None, StrEnum | None] = {member.value: member for member in self.choices}
        members[None] = None
        return members.__getitem__


class Moment(_Converted):
    """An instant, aware in and UTC out: timestamptz, or on SQLite the microseconds since 1970."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Return the type of the column."""
        return BigInteger() if dialect.name == "sqlite" else DateTime(timezone=True)

    def bind_processor(self, dialect: Dialect) -> Processor:
        """Return the conversion of a parameter."""
        return _bind_moment_as_integer if dialect.name == "sqlite" else _bind_moment

    def result_processor(self, dialect: Dialect, coltype: object) -> Processor:  # noqa: ARG002 - as above
        """Return the conversion of a result."""
        return _moment_of_integer if dialect.name == "sqlite" else _moment_of_datetime


def fixed(member: StrEnum) -> ColumnElement[StrEnum]:
    """Return `member` as part of the SQL text: a partial index serves no query that has its condition as a parameter."""
    return literal_column(f"'{member.value}'")
