"""What a customer is told about when somebody answers: what the clock of the case holds, in the customer's time zone."""

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from mailcase.desk.desk import Desk
from mailcase.domain.calendar import Calendar
from mailcase.domain.case import Case
from mailcase.domain.party import Contact
from mailcase.domain.sla import Kpi
from mailcase.domain.sla_clock import RUNNING, Clock

ANSWERS = (Kpi.FIRST_RESPONSE, Kpi.NEXT_RESPONSE)
"""The promises of an answer; the first that runs is told."""
OUT_OF_HOURS = "_out_of_hours"
"""What the name of an acknowledgement ends in that is sent while nobody is there."""


def zone_of(desk: Desk, contact: Contact) -> ZoneInfo:
    """Return the zone in which a customer is told times: their own if it is known, else the desk's."""
    return ZoneInfo(contact.time_zone) if contact.time_zone else desk.zone


def promised(clocks: Iterable[Clock]) -> datetime | None:
    """Return until when the case is answered, UTC; None when no promise of an answer runs."""
    running = {clock.kpi: clock.due_at for clock in clocks if clock.state in RUNNING}
    return next((running[kpi] for kpi in ANSWERS if kpi in running), None)


def reopens_at(desk: Desk, case: Case, clocks: Iterable[Clock], now: datetime) -> datetime | None:
    """Return when somebody is there again, UTC; None while somebody is, and where no calendar says.

    The hours are those of the promise of an answer, else those of the queue.
    """
    calendar = _calendar(desk, case, clocks)
    return None if calendar is None or calendar.is_open(now) else calendar.next_open(now)


def acknowledgement(desk: Desk, template: str, case: Case, clocks: Iterable[Clock], now: datetime) -> str:
    """Return the template that acknowledges a case now: out of hours its variant for that, where there is one."""
    variant = f"{template}{OUT_OF_HOURS}"
    is_closed = reopens_at(desk, case, clocks, now) is not None
    return variant if is_closed and variant in desk.templates.names() else template


def _calendar(desk: Desk, case: Case, clocks: Iterable[Clock]) -> Calendar | None:
    queue = desk.rulebook.queues.get(case.queue or "")
    by_kpi = {clock.kpi: clock.calendar for clock in clocks}
    names = [by_kpi[kpi] for kpi in ANSWERS if kpi in by_kpi] + ([queue.terms.calendar] if queue else [])
    return next((desk.rulebook.calendars[name] for name in names if name in desk.rulebook.calendars), None)
