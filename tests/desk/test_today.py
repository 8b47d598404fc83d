"""The digest of what is due today."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from desk.test_clocks import SLA, Desk
from desk.test_timers import AGENTS, CALENDARS
from lab.desks import START, Furniture, ManualClock, furnish, open_app
from mailcase.daemon.housekeep import housekeep
from mailcase.store import outbox

ITEM = "      - {name: end, kpi: resolution, fail_after: 10h}\n"


@pytest.fixture
def desk(database_url: str, tmp_path: Path, clock: ManualClock) -> Iterator[Desk]:
    """A desk with a case of Anna's that is due on Tuesday at 11:00."""
    rules = {
        "agents.yaml": AGENTS.replace("role: lead,", "role: lead, calendar: office,", 1),
        "calendars.yaml": CALENDARS,
    }
    rules["agents.yaml"] = rules["agents.yaml"].replace("calendar: office, calendar: office", "calendar: office")
    app = open_app(furnish(tmp_path, Furniture(url=database_url, rules=rules | {"sla.yaml": SLA + ITEM})), clock)
    found = Desk(app, clock)
    found.does(1, "#assign anna")
    yield found
    app.close()


def digests(desk: Desk) -> list[str]:
    """Whom a digest went to, and its text."""
    housekeep(desk.app)
    with desk.app.database.read() as tx:
        found = [one for one in outbox.find(tx, limit=100) if one.template == "agent/today"]
    return [f"{one.recipients[0].address} {one.raw.decode()}" for one in found]


def test_an_agent_is_told_once_at_the_start_of_the_day_what_is_due(desk: Desk) -> None:
    desk.clock.moment = START + timedelta(hours=23)
    assert digests(desk) == [], "before she works"

    desk.clock.moment = START + timedelta(hours=24)
    (first,) = digests(desk)
    assert first.startswith("anna@northwind.example")
    assert "11:00  Resolution  CAS-000001-" in first
    desk.clock.moment += timedelta(minutes=5)
    assert digests(desk) == [first]


def test_tasks_and_cases_that_come_back_are_due_too(desk: Desk) -> None:
    desk.does(0, "#task Ring her due 2026-03-03 14:00")
    desk.does(0, "#hold until 2026-03-03 15:00")
    desk.clock.moment = START + timedelta(hours=24)

    (text,) = digests(desk)
    assert "14:00  Ring her  CAS-000001-" in text
    assert "15:00  Follow up  CAS-000001-" in text
    assert "Resolution" not in text, "its clock is paused"


def test_nothing_due_is_no_mail(desk: Desk) -> None:
    desk.does(0, "#resolve Done.")
    desk.clock.moment = START + timedelta(hours=24)

    assert digests(desk) == []


def test_the_day_of_an_agent_begins_in_the_zone_of_their_hours(
    database_url: str, tmp_path: Path, clock: ManualClock
) -> None:
    west = "calendars:\n  office: {time_zone: America/Los_Angeles, hours: {monday-friday: 09:00-17:00}}\n"
    rules = {"agents.yaml": AGENTS.replace("late", "office"), "calendars.yaml": west, "sla.yaml": SLA + ITEM}
    furniture = Furniture(url=database_url, rules=rules, desk='time_zone = "Europe/Berlin"')
    desk = Desk(open_app(furnish(tmp_path, furniture), clock), clock)
    desk.does(10, "#assign anna")
    found = []
    for hour in range(14, 34):  # 23:00 UTC is midnight in Berlin, and 15:00 there
        desk.clock.moment = START + timedelta(hours=hour)
        found.append(len(digests(desk)))
    desk.app.close()

    assert found.index(1) == 32 - 14, "17:00 UTC is 09:00 in Los Angeles"


def test_late_in_the_day_it_is_too_late_for_a_digest(desk: Desk) -> None:
    desk.clock.moment = START + timedelta(hours=27)

    assert digests(desk) == []
