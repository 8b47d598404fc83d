"""How long a case is in the stages of its flow: kept in line with it whenever it is recorded."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from mailcase.desk.desk import Desk
from mailcase.desk.outcome import Outcome
from mailcase.domain.case import Case
from mailcase.domain.flow_time import StageTime, StageVisit, add_up, place_of
from mailcase.store import stage_visits
from mailcase.store.tx import Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class _Hours:
    """The business time of visits, by the calendars that their flows name today."""

    desk: Desk

    def __call__(self, visit: StageVisit, until: datetime) -> timedelta | None:
        book = self.desk.rulebook
        rules = book.flows.get(visit.flow)
        calendar = book.calendars.get(rules.flow.calendar) if rules else None
        return calendar.between(visit.entered_at, max(until, visit.entered_at)) if calendar else None


def keep(tx: Tx, desk: Desk, outcome: Outcome, case: Case, now: datetime) -> None:
    """End the visit that is over and begin the next, by what happened to the case, as it was just stored."""
    before, after = place_of(outcome.before), place_of(case)
    if before == after:
        return
    last = stage_visits.current(tx, case.id) if before else None
    if last is not None:
        stage_visits.leave(tx, _left(desk, last, max(now, last.entered_at)))
    if after is not None:
        flow, stage = after
        stage_visits.enter(tx, StageVisit(case_id=case.id, flow=flow, stage=stage, entered_at=now))


def _left(desk: Desk, visit: StageVisit, now: datetime) -> StageVisit:
    counted = _Hours(desk=desk)(visit, now)
    return replace(visit, left_at=now, business_seconds=None if counted is None else round(counted.total_seconds()))


def times(desk: Desk, visits: tuple[StageVisit, ...], now: datetime) -> tuple[StageTime, ...]:
    """Return how long a case was in each stage by `now`."""
    return add_up(visits, now, _Hours(desk=desk))
