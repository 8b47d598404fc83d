"""The one place that asks what time it is: everything below takes `now` as an argument."""

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]
"""Returns the time now, aware, UTC."""


def utc_now() -> datetime:
    """Return the time now, UTC."""
    return datetime.now(UTC)
