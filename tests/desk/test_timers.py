"""What time brings about on a whole desk: alerts by working hours, chains, reminders, closing, and cases put aside."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from desk.test_clocks import SLA, Desk
from lab.desks import Furniture, ManualClock, furnish, open_app
from lab.mails import answer
from mailcase.app import App
from mailcase.daemon.ingest import store
from mailcase.errors import Invalid
from mailcase.rules.load import load
from mailcase.store import outbox, timeline, timers

AGENTS = """\
agents:
  anna: {name: Anna Berg, address: anna@northwind.example, role: lead, calendar: office}
  ben: {name: Ben Okoro, address: ben@northwind.example, calendar: late}
  mia: {name: Mia Roth, address: mia@northwind.example, role: manager}
"""
CALENDARS = """\
calendars:
  office: {time_zone: UTC, hours: {monday-friday: 09:00-17:00}}
  late: {time_zone: UTC, hours: {monday-friday: 14:00-22:00}}
"""
LADDER = """\
reasons:
  waiting_for_details: {calendar: office, remind_after: [8h, 16h], resolve_after: 24h, resolution: information_provided}
"""
QUEUES = "queues:\n  support: {title: Support, members: [anna, ben]}\n  billing: {title: Billing, members: [ben]}\n"
Open = Callable[..., Desk]


@pytest.fixture
def opened(database_url: str, tmp_path: Path, clock: ManualClock) -> Iterator[Open]:
    """Opens a desk with one promise, whose breach does `on_fail`."""
    found: list[App] = []

    def run(on_fail: str = "{}", *, fail_after: str = "1h") -> Desk:
        item = f"      - {{name: answer, kpi: first_response, fail_after: {fail_after}, on_fail: {on_fail}}}\n"
        files = {
            "agents.yaml": AGENTS,
            "queues.yaml": QUEUES,
            "calendars.yaml": CALENDARS,
            "auto_close.yaml": LADDER,
            "routing.yaml": "rules: []\n",
            "sla.yaml": SLA + item,
        }
        app = open_app(furnish(tmp_path, Furniture(url=database_url, rules=files)), clock)
        found.append(app)
        return Desk(app, clock)

    yield run
    for app in found:
        app.close()


def sent(desk: Desk) -> list[str]:
    """Every mail but the first ones, as `template to whom`."""
    with desk.app.database.read() as tx:
        found = sorted(outbox.find(tx, limit=200), key=lambda one: one.id)
    told = [(one.template, one.recipients[0].address.partition("@")[0]) for one in found]
    first = ("customer/acknowledged", "agent/new_case")
    return [f"{template.rpartition('/')[2]} {who}" for template, who in told if template not in first]


def waiting(desk: Desk) -> int:
    with desk.app.database.read() as tx:
        return len(timers.of_case(tx, 1))


def test_who_is_off_work_is_told_when_their_hours_begin(opened: Open) -> None:
    desk = opened("{tell: [queue]}")
    desk.does(1)
    assert sent(desk) == ["clock_breached anna"]

    desk.does(3.9)
    assert len(sent(desk)) == 1
    desk.does(0.1)
    assert sent(desk) == ["clock_breached anna", "clock_breached ben"]


def test_what_is_urgent_is_told_at_once(opened: Open) -> None:
    desk = opened("{tell: [queue], urgent: true}")
    desk.does(1)

    assert sorted(sent(desk)) == ["clock_breached anna", "clock_breached ben"]


def test_who_comes_to_work_is_not_told_of_what_is_done(opened: Open) -> None:
    desk = opened("{tell: [queue]}")
    desk.does(1)
    desk.does(1, "Open the flap.")
    desk.does(6)

    assert [line for line in sent(desk) if line.startswith("clock")] == ["clock_breached anna"]
    assert waiting(desk) == 0


def test_a_chain_goes_on_in_business_time_until_something_is_done(opened: Open) -> None:
    desk = opened("{tell: [anna], then: [{after: 30min, tell: [leads]}, {after: 8h, tell: [managers]}], repeat: 4h}")
    desk.does(1)
    desk.does(0.5)
    assert sent(desk) == ["clock_breached anna"] * 2
    desk.does(24)
    assert sent(desk)[2:] == ["clock_breached mia"]
    desk.does(4)
    assert sent(desk)[3:] == ["clock_breached mia"]

    desk.does(1, "Open the flap.")
    desk.does(48)
    assert [line for line in sent(desk) if line.startswith("clock")] == sent(desk)[:4]
    assert waiting(desk) == 0


def test_a_repetition_ends_at_last(opened: Open) -> None:
    desk = opened("{tell: [anna], repeat: 1h}")
    for _ in range(7 * 24):
        desk.does(1)

    assert len(sent(desk)) == 22
    assert waiting(desk) == 0


def test_a_customer_who_does_not_answer_is_reminded_and_the_case_resolved(opened: Open) -> None:
    desk = opened(fail_after="90h")
    desk.does(1, "#status waiting_for_details")
    for _ in range(3):
        desk.does(24)

    assert sent(desk) == ["waiting clara", "waiting clara", "resolved clara"]
    assert (desk.case.status, desk.case.status_reason) == ("resolved", "information_provided")
    with desk.app.database.read() as tx:
        said = [entry.summary for entry in timeline.by_case(tx, 1) if "reminder" in entry.summary]
    assert said[0] == "reminder 1 to the customer; resolved at 2026-03-05 10:00 UTC without an answer"
    assert waiting(desk) == 0


def test_after_a_long_silence_the_customer_still_has_all_the_time(opened: Open) -> None:
    desk = opened(fail_after="90h")
    desk.does(1, "#status waiting_for_details")
    desk.does(24 * 7)

    assert sent(desk) == ["waiting clara"]
    assert desk.case.status == "active"


def test_an_answer_of_the_customer_ends_the_waiting(opened: Open) -> None:
    desk = opened(fail_after="90h")
    desk.does(1, "Which printer is it?\n")
    desk.does(0, "#status waiting_for_details")
    desk.does(24)
    with desk.app.database.read() as tx:
        reply = next(one for one in outbox.find(tx, limit=20) if one.template == "customer/replied")
    store(desk.app, answer(reply.message_id, "The one upstairs, as I said.\n", message_id="<2@customer.example>"), None)
    desk.does(0)

    assert desk.case.status_reason == "in_progress"
    assert waiting(desk) == 0
    desk.does(24 * 14)
    assert "resolved clara" not in sent(desk)


def test_a_case_that_leaves_its_reason_is_not_closed(opened: Open) -> None:
    desk = opened(fail_after="90h")
    desk.does(1, "#status waiting_for_details")
    desk.does(1, "#status researching")

    assert waiting(desk) == 0


def test_open_work_keeps_a_case_from_being_closed(opened: Open) -> None:
    desk = opened(fail_after="90h")
    desk.does(0, "#task call her due 2026-12-01")
    desk.does(1, "#status waiting_for_details")
    for _ in range(3):
        desk.does(24)

    assert (desk.case.status, waiting(desk)) == ("active", 1)


def test_a_case_put_aside_comes_back_at_its_moment(opened: Open) -> None:
    desk = opened(fail_after="90h")
    desk.does(1, "#hold until 2026-03-04 10:00")
    assert (desk.case.status_reason, f"{desk.case.follow_up_at:%d %H:%M}") == ("on_hold", "04 10:00")
    assert desk.clocks["first_response"].state == "paused"

    desk.does(47.9)
    assert desk.case.status_reason == "on_hold"
    desk.does(0.2)
    assert (desk.case.status_reason, desk.case.follow_up_at) == ("in_progress", None)
    assert desk.clocks["first_response"].state == "in_progress"


def test_a_case_put_aside_that_is_taken_up_earlier_is_left_alone(opened: Open) -> None:
    desk = opened(fail_after="90h")
    desk.does(1, "#hold until tomorrow 10:00")
    desk.does(1, "#status researching")
    assert (desk.case.follow_up_at, waiting(desk)) == (None, 0)

    desk.does(48)
    assert desk.case.status_reason == "researching"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("on_hold: {calendar: office, remind_after: [8h], resolve_after: 4h}", "let the reminders rise"),
        ("in_progress: {calendar: office, resolve_after: 4h}", "no status reason of active cases that wait"),
        ("on_hold: {calendar: house, resolve_after: 4h}", "there is no calendar 'house'"),
        ("on_hold: {calendar: office, resolve_after: 4h, resolution: cancelled}", "no status reason of resolved cases"),
    ],
)
def test_a_ladder_that_leads_nowhere_is_refused(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "auto_close.yaml").write_text(f"reasons:\n  {text}\n")

    with pytest.raises(Invalid, match=said):
        load(tmp_path, [])


def test_two_daemons_fire_a_timer_once(opened: Open) -> None:
    desk = opened(fail_after="90h")
    desk.does(1, "#status waiting_for_details")
    desk.clock.advance(timedelta(hours=24))
    with desk.app.database.begin() as tx:
        (timer,) = timers.of_case(tx, 1)
        timers.take(tx, timer)
    desk.does(0)

    assert sent(desk) == []
