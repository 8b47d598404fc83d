"""Ladders of reminders made of their forms."""

from collections.abc import Mapping

from mailcase.domain.calendar import Calendar
from mailcase.domain.case import Status
from mailcase.domain.ladder import Ladder
from mailcase.domain.lifecycle import INITIAL_REASON, StatusReasons
from mailcase.rules import schema_closing as schema
from mailcase.rules.page import Page, Part


def ladders(
    form: schema.AutoCloseFile, reasons: StatusReasons, calendars: Mapping[str, Calendar], page: Page
) -> dict[str, Ladder]:
    """Return the ladders by the status reason that they are for."""
    made = {
        key: _ladder(key, one, reasons, calendars, page.inside("reasons", key))
        for key, one in (form.reasons or {}).items()
    }
    return {key: ladder for key, ladder in made.items() if ladder}


def _ladder(
    key: str, form: schema.LadderForm, reasons: StatusReasons, calendars: Mapping[str, Calendar], part: Part
) -> Ladder | None:
    waiting = [one.key for one in reasons if one.status is Status.ACTIVE and one.key != INITIAL_REASON]
    part.check_name(key, "status reason of active cases that wait", waiting, "")
    resolved = [one.key for one in reasons if one.status is Status.RESOLVED]
    part.check_name(form.resolution, "status reason of resolved cases", resolved, "resolution")
    part.check_name(form.calendar, "calendar", calendars, "calendar")
    return part.checked(
        lambda: Ladder(
            reason=key,
            calendar=form.calendar,
            remind_after=tuple(form.remind_after or ()),
            resolve_after=form.resolve_after,
            resolution=form.resolution,
        )
    )
