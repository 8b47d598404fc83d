"""`python -m domain.every_zone`: business time at every change of offset of every zone of the world, minute by minute.

Zones that are other names of each other are tried once. It takes some minutes.
"""

import sys
from time import perf_counter
from zoneinfo import ZoneInfo

from domain.calendars import EVERY_ZONE, FIRST, LAST, check_zone, offset_changes


def main() -> None:
    """Try every zone and tell how many changes there were; ends with an AssertionError at the first that differs."""
    begin, seen, changes = perf_counter(), set(), 0
    for zone in EVERY_ZONE:
        days = offset_changes(zone, FIRST, LAST)
        shown = tuple(day.astimezone(ZoneInfo(zone)).isoformat() for day in days)
        if shown not in seen:
            changes += check_zone(zone)
        seen.add(shown)
    sys.stdout.write(
        f"{len(EVERY_ZONE)} zones, {len(seen)} courses of their clocks: {changes} changes of offset from"
        f" {FIRST:%Y} to {LAST.year - 1}, {changes * 600:,} minutes compared, in {perf_counter() - begin:.0f} s\n"
    )


if __name__ == "__main__":
    main()
