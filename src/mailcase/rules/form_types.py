"""The kinds of values that rule files have, and the base of all forms."""

import re
from datetime import timedelta
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

KEY, LINE, LANGUAGE = r"^[a-z0-9][a-z0-9._-]{0,63}$", r"^[^\r\n\x00]+$", "^[a-z]{2}$"
ARTICLE, WEB = r"^KB-[0-9]{1,8}$", r"^https?://[^\s<>\"]+$"
PATTERNS = {
    KEY: "it should be lower case letters, digits, dot, dash and underscore, 64 at most",
    LINE: "it should be one line of text",
    LANGUAGE: "it should be an ISO 639-1 code such as en",
    ARTICLE: "it should be the number of an article, such as KB-0012",
    WEB: "it should be a web address that begins with https://",
}
"""What the patterns of the forms ask for, in words."""
Key = Annotated[str, Field(pattern=KEY)]
Line = Annotated[str, Field(min_length=1, max_length=500, pattern=LINE)]
"""Text of one line."""
ArticleNumber = Annotated[str, Field(pattern=ARTICLE)]
Words = Annotated[str, Field(min_length=1, max_length=10_000)]
_AMOUNT = re.compile(r"(\d{1,6})\s*(s|min|m|h|d|w)")
_DAYS = re.compile(r"\d\s*[dw]")
_UNITS = {"s": "seconds", "min": "minutes", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def parse_duration(text: str) -> timedelta:
    """Return the duration that `text` such as `14d`, `4h` or `1h 30min` writes. Raises ValueError."""
    amounts = _AMOUNT.findall(text.strip())
    if not amounts or _AMOUNT.sub("", text).strip():
        raise ValueError(f"{text!r} is not a duration; write for instance 30min, 4h or 14d")
    return sum((timedelta(**{_UNITS[unit]: int(amount)}) for amount, unit in amounts), timedelta())


def _duration(value: Any) -> Any:
    """Turn the text of a rule file into what pydantic reads as a timedelta; anything else is its to refuse."""
    if not isinstance(value, str):
        raise ValueError(f"{value!r} is not a duration; write for instance 30min, 4h or 14d")  # noqa: TRY004 - pydantic reports ValueErrors with their place
    return parse_duration(value)


def _business_time(value: Any) -> Any:
    if isinstance(value, str) and _DAYS.search(value):
        raise ValueError(f"{value!r} has days, and business days differ in length; write hours such as 16h")
    return _duration(value)


Duration = Annotated[
    timedelta,
    BeforeValidator(_duration),
    WithJsonSchema({"type": "string", "examples": ["30min", "4h", "14d"]}),
]


BusinessTime = Annotated[
    timedelta,
    BeforeValidator(_business_time),
    WithJsonSchema({"type": "string", "examples": ["30min", "4h"]}),
]
"""Opening hours of a calendar: no days, which would be 24 of them."""


class Form(BaseModel):
    """A part of a rule file: no unknown key, no value of another type."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)
