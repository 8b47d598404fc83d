"""Something that was due on the desk and failed for a reason that nobody foresaw: put off, tried again, and never lost.

What was to be done stays where it is, due as before; a setback only says that it is not to be tried until `again_at`.
So one case that a broken template or rule concerns waits alone, and everything else that is due goes on.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

DELAYS = (timedelta(minutes=1), timedelta(minutes=10), timedelta(minutes=60))
"""How long something is put off after its first, second, … failure; the last one holds from there on."""
MAX_ERROR = 500
"""Characters of an error that are kept."""


class Errand(StrEnum):
    """What time brings about on the desk."""

    CLOCKS = "clocks"
    """Warnings and breaches of the clocks of one case; the key is its id."""
    REMINDER = "reminder"
    """Telling the owner of one activity that it is due; the key is its id."""
    TIMER = "timer"
    """An alert, a reminder to a customer, the end of a wait or of a follow-up; the key is the case's id and its own."""
    ASSIGNMENT = "assignment"
    """Giving one waiting case to an agent; the key is its id."""
    DIGEST = "digest"
    """Telling one agent what is due today; the key is the agent's."""
    RENEWAL = "renewal"
    """Renewing one entitlement; the key is its id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setback:
    """One errand that failed."""

    id: int = 0
    """0 until it is stored."""
    errand: Errand
    about: str
    """The key of what it is about."""
    case_id: int | None
    failures: int
    """In a row."""
    failed_at: datetime
    """The last time, UTC."""
    again_at: datetime
    """When it is tried again, UTC."""
    error: str


def put_off(
    before: Setback | None, errand: Errand, key: str, case_id: int | None, error: str, now: datetime
) -> Setback:
    """Return the setback of an errand that just failed with `error`, after those of `before`."""
    failures = (before.failures if before else 0) + 1
    fresh = Setback(
        errand=errand,
        about=key,
        case_id=case_id,
        failures=failures,
        failed_at=now,
        again_at=now + DELAYS[min(failures, len(DELAYS)) - 1],
        error=error[:MAX_ERROR],
    )
    return replace(fresh, id=before.id) if before else fresh
