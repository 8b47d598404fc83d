"""Calendars and SLAs from files: hours, holidays, closures; which promises a case has."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from mailcase.domain.case import Priority
from mailcase.errors import Invalid
from mailcase.rules.service_level import actions, applicable_items, is_fulfilled, service_level
from rule_cases import AGENTS, NOW, book, case, context

CALENDARS = """
calendars:
  munich:
    time_zone: Europe/Berlin
    hours: {mon-thu: [09:00-12:00, 13:00-17:30], friday: 09:00-15:00, 'sat, sun': 10:00-11:00}
    breaks: [10:00-10:15]
    holidays: [{country: DE, subdivision: BY}, {date: 2026-03-04, name: Outing}, {file: closed.ics}]
    exceptions: [{date: 2026-12-31, hours: 09:00-10:00, name: Short}, {from: 2026-08-03, to: 2026-08-05, name: Summer}]
"""
SLAS = """
default: basic
slas:
  basic:
    calendar: munich
    items:
      - {name: urgent, kpi: first_response, when: 'case.priority == "high"', fail_after: 1h}
      - {name: usual, kpi: first_response, warn_after: 3h, fail_after: 4h, on_fail: {tell: [owner, anna], priority: high}}
      - {name: survey, kpi: surveyed, success_when: '"asked" in case.tags', fail_after: 8h, pause: []}
  gold: {calendar: munich, items: [{name: quick, kpi: first_response, fail_after: 30min}]}
"""
ICS = b"""BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//y//EN\r
BEGIN:VEVENT\r\nUID:1\r\nDTSTART;VALUE=DATE:20260210\r\nDTEND;VALUE=DATE:20260212\r\nSUMMARY:Stocktaking\r\nEND:VEVENT\r
BEGIN:VEVENT\r\nUID:2\r\nDTSTART;VALUE=DATE:20240620\r\nRRULE:FREQ=YEARLY\r\nSUMMARY:Founding day\r\nEND:VEVENT\r
BEGIN:VEVENT\r\nUID:3\r\nDTSTART:20260311T090000Z\r\nSUMMARY:Meeting\r\nEND:VEVENT\r
END:VCALENDAR\r\n"""


@pytest.fixture
def rules(tmp_path: Path):
    (tmp_path / "closed.ics").write_bytes(ICS)
    return book(tmp_path, calendars=CALENDARS, sla=SLAS, agents=AGENTS)


@pytest.mark.parametrize(
    ("local", "is_open", "why"),
    [
        ("2026-03-02T09:30", True, "Monday"),
        ("2026-03-02T10:05", False, "a break"),
        ("2026-03-02T12:30", False, "between two spans"),
        ("2026-03-06T15:30", False, "Friday is short"),
        ("2026-03-08T10:30", True, "Sunday, by a list of days"),
        ("2026-01-06T11:00", False, "Epiphany, in Bavaria"),
        ("2026-03-04T11:00", False, "a date of one's own"),
        ("2026-02-11T11:00", False, "the second day of a closure"),
        ("2026-02-12T11:00", True, "the day after it: DTEND is exclusive"),
        ("2030-06-20T11:00", False, "a closure that repeats yearly, on no public holiday of 2030 but Corpus Christi"),
        ("2029-06-20T11:00", False, "a closure that repeats yearly"),
        ("2026-03-11T11:00", True, "an event with a time of day closes nothing"),
        ("2026-12-31T11:00", False, "an exception with hours of its own"),
        ("2026-08-04T11:00", False, "an exception of several days"),
    ],
)
def test_a_calendar_is_open_when_the_file_says_so(rules, local: str, is_open: bool, why: str) -> None:
    calendar = rules.calendars["munich"]
    moment = datetime.fromisoformat(local).replace(tzinfo=calendar._zone)

    assert calendar.is_open(moment) is is_open, why


def test_the_first_item_of_each_kpi_that_applies_counts(rules) -> None:
    basic = rules.slas["basic"]

    usual, trace = applicable_items(basic, case(), context(), rules, NOW)
    urgent, _ = applicable_items(basic, case(priority=Priority.HIGH), context(), rules, NOW)

    assert [item.name for item in usual] == ["usual", "survey"]
    assert [item.name for item in urgent] == ["urgent", "survey"]
    assert trace.steps[0].why == 'case.priority == "high" is false'


@pytest.mark.parametrize(
    ("on_case", "of_entitlement", "expected"),
    [(None, None, "basic"), (None, "gold", "gold"), ("gold", "basic", "gold"), ("forgotten", None, "basic")],
)
def test_the_case_comes_before_the_entitlement_and_the_default(rules, on_case, of_entitlement, expected) -> None:
    level = service_level(case(sla=on_case), rules, of_entitlement)

    assert level is not None
    assert level.sla.name == expected


def test_reasons_that_pause_do_so_unless_the_item_says_which(rules) -> None:
    items = {item.name: item for item in rules.slas["basic"].sla.items}

    assert items["usual"].pause_reasons == {"on_hold", "waiting_for_details"}
    assert items["survey"].pause_reasons == frozenset()


def test_a_kpi_of_ones_own_is_kept_by_its_condition(rules) -> None:
    terms = rules.slas["basic"].terms

    assert is_fulfilled(terms["survey"], case(tags=("asked",)), context(), rules, NOW) is True
    assert is_fulfilled(terms["survey"], case(), context(), rules, NOW) is False
    assert is_fulfilled(terms["usual"], case(), context(), rules, NOW) is None


def test_an_action_says_whom_to_tell_and_what_changes(rules) -> None:
    warned, failed, _ = actions(rules, "basic", "usual")

    assert (failed.tell, failed.priority) == (("owner", "anna"), Priority.HIGH)
    assert warned.tell == ()
    assert actions(rules, "basic", "gone")[1].tell == ()


def test_the_shipped_promise_is_four_business_hours(tmp_path: Path) -> None:
    rules = book(tmp_path)
    level = service_level(case(), rules)

    assert level is not None
    item = level.sla.items[0]
    monday_late = datetime(2026, 3, 2, 15, tzinfo=UTC)
    assert item.fail_after == timedelta(hours=4)
    assert rules.calendars[item.calendar].add(monday_late, item.fail_after).date() == date(2026, 3, 3)


OFFICE = "calendars: {{office: {{time_zone: {zone}, hours: {{{hours}}}, {more}}}}}\n"


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (OFFICE.format(zone="Mars/Base", hours="monday: 09:00-17:00", more=""), "unknown time zone"),
        (OFFICE.format(zone="UTC", hours="moonday: 09:00-17:00", more=""), "'moonday' is no weekday"),
        (OFFICE.format(zone="UTC", hours="monday: 9 to 5", more=""), "write them as 09:00-17:30"),
        (OFFICE.format(zone="UTC", hours="monday: 17:00-09:00", more=""), "end after the start"),
        (OFFICE.format(zone="UTC", hours="mon-tue: 09:00-17:00, tuesday: 09:00-10:00", more=""), "has hours already"),
        (OFFICE.format(zone="UTC", hours="", more=""), "never open"),
        (OFFICE.format(zone="UTC", hours="monday: 09:00-17:00", more="holidays: [{country: XX}]"), "no holidays are known"),
        (OFFICE.format(zone="UTC", hours="monday: 09:00-17:00", more="holidays: [{file: no.ics}]"), "no file 'no.ics'"),
        (OFFICE.format(zone="UTC", hours="monday: 09:00-17:00", more="holidays: [{file: bad.ics}]"), "no iCalendar file"),
        (OFFICE.format(zone="UTC", hours="monday: 09:00-17:00", more="holidays: [{name: x}]"), "needs one of"),
        (OFFICE.format(zone="UTC", hours="monday: 09:00-17:00", more="exceptions: [{name: x}]"), "needs a date"),
        (OFFICE.format(zone="UTC", hours="monday: 09:00-17:00", more="exceptions: [{date: 2026-02-30, name: x}]"), "date"),
    ],
)  # fmt: skip
def test_a_wrong_calendar_is_refused_with_its_place(tmp_path: Path, content: str, what: str) -> None:
    (tmp_path / "bad.ics").write_bytes(b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART;VALUE=DATE:1\r\nEND:VEVENT\r\n")

    with pytest.raises(Invalid) as refused:
        book(tmp_path, calendars=content)

    assert any(line.startswith("calendars.yaml:1:") and what in line for line in refused.value.problems), refused.value


ITEM = "slas: {{a: {{items: [{{name: i, kpi: {kpi}, fail_after: {fail}, {more}}}]}}}}\n"


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (ITEM.format(kpi="first_response", fail="2d", more="calendar: office"), "business days differ"),
        (ITEM.format(kpi="first_response", fail="2h", more="calendar: ofice"), "did you mean 'office'"),
        (ITEM.format(kpi="first_response", fail="2h", more=""), "names no calendar"),
        (ITEM.format(kpi="first_response", fail="2h", more="calendar: office, warn_after: 3h"), "warn"),
        (ITEM.format(kpi="first_response", fail="0h", more="calendar: office"), "more than no time"),
        (ITEM.format(kpi="mood", fail="2h", more="calendar: office"), "success_when"),
        (ITEM.format(kpi="resolution", fail="2h", more="calendar: office, pause: [on_hould]"), "did you mean 'on_hold'"),
        (ITEM.format(kpi="resolution", fail="2h", more="calendar: office, when: kase"), "kase is not known"),
        (ITEM.format(kpi="resolution", fail="2h", more="calendar: office, on_fail: {tell: [boss]}"), "no agent, team or role 'boss'"),
        (ITEM.format(kpi="resolution", fail="2h", more="calendar: office, on_fail: {queue: x}"), "no queue 'x'"),
        ("default: gold\n", "no SLA 'gold'"),
    ],
)  # fmt: skip
def test_a_wrong_promise_is_refused_with_its_place(tmp_path: Path, content: str, what: str) -> None:
    with pytest.raises(Invalid) as refused:
        book(tmp_path, sla=content)

    assert any(line.startswith("sla.yaml:1:") and what in line for line in refused.value.problems), refused.value
