"""The one place that asks what time it is: everything below takes `now` as an argument."""

import time
from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]
"""Returns the time now, aware, UTC."""
# Linux counts the time that a suspended machine sleeps in this clock only; elsewhere the monotonic one has to do.
_UPTIME = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


def utc_now() -> datetime:
    """Return the time now, UTC."""
    return datetime.now(UTC)


def uptime() -> float:
    """Return seconds that nobody can set, from any beginning: for how long a lease is still ours."""
    return time.clock_gettime(_UPTIME)
