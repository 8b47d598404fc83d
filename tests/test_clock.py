"""The one place that asks what time it is."""

from datetime import UTC, datetime, timedelta, timezone

import time_machine

from mailcase.clock import utc_now


def test_the_time_is_aware_and_utc_wherever_the_machine_stands() -> None:
    noon_in_tokyo = datetime(2026, 6, 1, 12, tzinfo=timezone(timedelta(hours=9)))

    with time_machine.travel(noon_in_tokyo, tick=False):
        now = utc_now()

    assert now == datetime(2026, 6, 1, 3, tzinfo=UTC)
    assert now.tzinfo is UTC
