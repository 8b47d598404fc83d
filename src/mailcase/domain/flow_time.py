"""How long a case was in each stage of its flow: visits that begin and end, and what they add up to.

A visit lasts while the case is active and its flow under way: a resolution ends it, and a reactivation begins another in
the same stage, so the time in which nobody worked on the case counts for no stage.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from mailcase.domain.case import Case

Business = Callable[["StageVisit", datetime], timedelta | None]
"""Gives the business time of a visit until a moment, or None where its flow counts none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StageVisit:
    """One stay of a case in a stage."""

    id: int = 0
    case_id: int
    flow: str
    stage: str
    entered_at: datetime
    """UTC."""
    left_at: datetime | None = None
    """UTC; None while it lasts."""
    business_seconds: int | None = None
    """Of the opening hours that its flow counts by, once it is over; None where it counts none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StageTime:
    """What all stays of a case in one stage add up to."""

    flow: str
    stage: str
    visits: int
    spent: timedelta
    """By the clock on the wall."""
    business: timedelta | None
    """In opening hours, or None where a visit counts none."""
    is_current: bool


def place_of(case: Case | None) -> tuple[str, str] | None:
    """Return flow and stage in which time is counted for a case, or None while it is counted nowhere."""
    if case is None or not case.is_active or not case.is_in_flow:
        return None
    return case.flow or "", case.stage or ""


def add_up(visits: Iterable[StageVisit], now: datetime, business: Business) -> tuple[StageTime, ...]:
    """Return what `visits` come to by `now`, in the order in which the stages were first entered.

    `business` is asked for the visit that lasts; of those that are over it is stored.
    """
    found: dict[tuple[str, str], StageTime] = {}
    for visit in visits:
        key = visit.flow, visit.stage
        spent = max((visit.left_at or now) - visit.entered_at, timedelta())
        counted = _business(visit, now, business)
        before = found.get(key)
        if before is not None:
            counted = None if counted is None or before.business is None else before.business + counted
            spent += before.spent
        found[key] = StageTime(
            flow=visit.flow,
            stage=visit.stage,
            visits=(before.visits if before else 0) + 1,
            spent=spent,
            business=counted,
            is_current=visit.left_at is None,
        )
    return tuple(found.values())


def _business(visit: StageVisit, now: datetime, business: Business) -> timedelta | None:
    if visit.left_at is None:
        return business(visit, now)
    return None if visit.business_seconds is None else timedelta(seconds=visit.business_seconds)
