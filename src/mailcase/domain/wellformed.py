"""Text that came from outside, made such that JSON and UTF-8 can hold it."""

from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar, cast

Value = TypeVar("Value")


def wellformed(value: Value) -> Value:
    """Return a value (text, a tuple, or a dataclass of such) with every lone surrogate in it replaced by `?`.

    That is also how rules see them, so they decide alike.
    """
    found: Any = value
    if isinstance(found, str):
        found = found.encode("utf-8", "replace").decode()
    elif isinstance(found, tuple):
        found = tuple(wellformed(item) for item in found)
    elif is_dataclass(found) and not isinstance(found, type):
        found = replace(found, **{field.name: wellformed(getattr(found, field.name)) for field in fields(found)})
    return cast("Value", found)  # of the type it was
