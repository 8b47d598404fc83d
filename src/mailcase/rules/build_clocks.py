"""Calendars and service level agreements made of their forms."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from mailcase.domain.calendar import Calendar
from mailcase.domain.hours import ExceptionalDays, Holiday, Span, Weekday, weekly
from mailcase.domain.lifecycle import StatusReasons
from mailcase.domain.sla import FIELD, NO_SLA, ApplicableFrom, Kpi, Sla, SlaItem
from mailcase.domain.vocabulary import FieldType
from mailcase.rules import schema_clocks as schema
from mailcase.rules.closures import closures, public_holidays
from mailcase.rules.forms import suggest
from mailcase.rules.page import Names, Page, Part
from mailcase.rules.rulebook import ROUTING, ClockAction, ServiceLevel, Terms
from mailcase.rules.told import TOLD


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockNames:
    """What service level agreements may refer to by name."""

    names: Names
    calendars: Mapping[str, Calendar]
    reasons: StatusReasons


_DAYS = {name: day for day in Weekday for name in (day.name.lower(), day.name.lower()[:3])}
_COUNTED_FROM: dict[str, ApplicableFrom] = {
    Kpi.FIRST_RESPONSE: ApplicableFrom.CREATED,
    Kpi.NEXT_RESPONSE: ApplicableFrom.UNANSWERED,
    Kpi.PERIODIC_UPDATE: ApplicableFrom.LAST_UPDATE,
    Kpi.RESOLUTION: ApplicableFrom.CREATED,
}


def calendars(form: schema.CalendarsFile, files: Mapping[str, bytes], page: Page) -> dict[str, Calendar]:
    """Return the calendars by name. `files` are the iCalendar files of the folder."""
    made = {
        name: _calendar(name, one, files, page.inside("calendars", name))
        for name, one in (form.calendars or {}).items()
    }
    return {name: calendar for name, calendar in made.items() if calendar}


def _calendar(name: str, form: schema.CalendarForm, files: Mapping[str, bytes], part: Part) -> Calendar | None:
    holidays = [
        holiday
        for number, each in enumerate(form.holidays or [])
        for holiday in _holidays(each, files, part.inside("holidays", number))
    ]
    exceptions = [_exception(each, part.inside("exceptions", n)) for n, each in enumerate(form.exceptions or [])]
    week = _week(form.hours, part.inside("hours"))
    breaks = _spans(form.breaks, part.inside("breaks"))
    return part.checked(
        lambda: Calendar(
            name=name,
            zone=form.time_zone,
            week=week,
            breaks=breaks,
            exceptions=tuple(days for days in exceptions if days),
            holidays=tuple({holiday.day: holiday for holiday in holidays}.values()),
        )
    )


def _week(hours: Mapping[str, str | list[str]], part: Part) -> tuple[tuple[Span, ...], ...]:
    week: dict[Weekday, tuple[Span, ...]] = {}
    for days, texts in hours.items():
        spans = _spans(texts, part.inside(days))
        for day in _weekdays(days, part.inside(days, "")):
            if day in week:
                part.wrong(f"{day.name.lower()} has hours already; write them in one list.", days, "")
            week[day] = spans
    return weekly(week)


def _weekdays(text: str, part: Part) -> list[Weekday]:
    """Return the days that `monday`, `mon-fri` or `monday, friday` names."""
    found: list[Weekday] = []
    for piece in text.lower().split(","):
        first, dash, last = (word.strip() for word in piece.partition("-"))
        if first not in _DAYS or (dash and last not in _DAYS):
            part.wrong(f"{piece.strip()!r} is no weekday; write monday, or monday-friday.")
            continue
        start, end = _DAYS[first], _DAYS[last] if dash else _DAYS[first]
        found += [Weekday((start + day) % 7) for day in range((end - start) % 7 + 1)]
    return found


def _spans(texts: str | list[str] | None, part: Part) -> tuple[Span, ...]:
    listed = [texts] if isinstance(texts, str) else texts or []
    read = [part.checked(partial(Span.parse, text)) for text in listed]
    return tuple(span for span in read if span)


def _holidays(form: schema.HolidayForm, files: Mapping[str, bytes], part: Part) -> tuple[Holiday, ...]:
    given = [name for name in ("country", "file", "day") if getattr(form, name)]
    if len(given) != 1:
        part.wrong("it needs one of country, file and date; write each as an entry of its own.")
    elif form.day is not None:
        return (Holiday(day=form.day, name=form.name or "closed"),)
    elif form.file is not None:
        content = files.get(form.file)
        if content is None:
            part.wrong(f"there is no file {form.file!r} in this folder; {suggest(form.file, sorted(files))}", "file")
        return part.checked(lambda: closures(content or b"")) or () if content is not None else ()
    elif form.country is not None:
        country = form.country
        return part.checked(lambda: public_holidays(country, form.subdivision)) or ()
    return ()


def _exception(form: schema.ExceptionForm, part: Part) -> ExceptionalDays | None:
    first, last = form.first or form.day, form.last or form.day or form.first
    if first is None or last is None or (form.day and (form.first or form.last)):
        part.wrong("it needs a date, or from and to.")
        return None
    return ExceptionalDays(first=first, last=last, spans=_spans(form.hours, part.inside("hours")), name=form.name)


def service_levels(form: schema.SlaFile, clocks: ClockNames, page: Page) -> dict[str, ServiceLevel]:
    """Return the service level agreements by name; the default must be one of them."""
    page.check_name(("default",), form.default, "SLA", form.slas or {})
    if NO_SLA in (form.slas or {}):
        page.wrong(("slas", NO_SLA, ""), f"{NO_SLA!r} is the SLA of cases that promise nothing; choose another name.")
    made = {
        name: _service_level(name, one, clocks, page.inside("slas", name)) for name, one in (form.slas or {}).items()
    }
    return {name: level for name, level in made.items() if level}


def _service_level(name: str, form: schema.SlaForm, clocks: ClockNames, part: Part) -> ServiceLevel | None:
    parts = [part.inside("items", number) for number in range(len(form.items))]
    items = [
        _item(item, item.calendar or form.calendar, clocks, inside)
        for item, inside in zip(form.items, parts, strict=True)
    ]
    whole = [item for item in items if item]
    sla = part.checked(lambda: Sla(name=name, items=tuple(whole)))
    terms = {item.name: _terms(item, clocks, inside) for item, inside in zip(form.items, parts, strict=True)}
    return ServiceLevel(sla=sla, terms=terms) if sla else None


def _item(form: schema.SlaItemForm, calendar: str | None, clocks: ClockNames, part: Part) -> SlaItem | None:
    if calendar is None:
        part.wrong("it names no calendar; add one here or to the SLA.")
        return None
    part.check_name(calendar, "calendar", clocks.calendars, "calendar")
    for number, reason in enumerate(form.pause or []):
        part.check_name(reason, "status reason", (one.key for one in clocks.reasons), "pause", number)
    pausing = (one.key for one in clocks.reasons if one.pauses_clocks) if form.pause is None else form.pause
    field = (form.counted_from or "").removeprefix(FIELD) if (form.counted_from or "").startswith(FIELD) else None
    known_fields = clocks.names.vocabulary.fields
    if known_fields:
        part.check_name(
            field, "field", (name for name, one in known_fields.items() if one.kind is FieldType.DATE), "counted_from"
        )
    return part.checked(
        lambda: SlaItem(
            name=form.name,
            kpi=form.kpi,
            fail_after=form.fail_after,
            warn_after=form.warn_after,
            calendar=calendar,
            pause_reasons=frozenset(pausing),
            applicable_from=form.counted_from or _COUNTED_FROM.get(form.kpi, ApplicableFrom.CREATED),
        )
    )


def _terms(form: schema.SlaItemForm, clocks: ClockNames, part: Part) -> Terms:
    if form.success_when is None and form.kpi not in _COUNTED_FROM:
        part.wrong(f"{form.kpi} is a KPI of your own; say with success_when what fulfils it.", "kpi")
    success = form.success_when
    return Terms(
        place=part.page.document.place((*part.path, "name")),
        applies=part.page.condition(form.when, (*part.path, "when"), ROUTING),
        succeeds=None if success is None else part.page.condition(success, (*part.path, "success_when"), ROUTING),
        on_warn=_action(form.on_warn, clocks, part.inside("on_warn")),
        on_fail=_action(form.on_fail, clocks, part.inside("on_fail")),
        on_success=_action(form.on_success, clocks, part.inside("on_success")),
    )


def _action(form: schema.ClockActionForm | None, clocks: ClockNames, part: Part) -> ClockAction:
    if form is None:
        return ClockAction()
    told = [((), form.tell or [])] + [(("then", place), one.tell) for place, one in enumerate(form.then or [])]
    for path, names in told:
        for number, who in enumerate(names):
            part.check_name(who, "agent, team or role", (*TOLD, *clocks.names.owners), *path, "tell", number)
    part.check_name(form.queue, "queue", clocks.names.queues, "queue")
    return ClockAction(
        tell=tuple(form.tell or ()),
        priority=form.priority,
        queue=form.queue,
        escalate=form.escalate,
        is_urgent=form.urgent,
        repeat=form.repeat,
        then=tuple((one.after, tuple(one.tell)) for one in form.then or ()),
    )
