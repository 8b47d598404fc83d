"""Clocks that are late: begun past their due time, begun again by a bounce, or begun as their case is reopened."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from desk.test_clocks import ANSWER, SLA, Desk
from lab.desks import START, Furniture, ManualClock, furnish, open_app
from lab.mails import answer
from mailcase.app import App
from mailcase.daemon.ingest import store
from mailcase.desk.cases import undelivered
from mailcase.desk.outcome import Act
from mailcase.desk.record import record
from mailcase.desk.shelf import begin
from mailcase.domain.activity import ActivityKind
from mailcase.store import activities, outbox

Open = Callable[..., Desk]


@pytest.fixture
def opened(database_url: str, tmp_path: Path, clock: ManualClock) -> Iterator[Open]:
    """Opens a desk with these SLA items."""
    found: list[App] = []

    def run(*items: str) -> Desk:
        lines = "".join(f"      {item}\n" for item in items)
        app = open_app(furnish(tmp_path, Furniture(url=database_url, rules={"sla.yaml": SLA + lines})), clock)
        found.append(app)
        return Desk(app, clock)

    yield run
    for app in found:
        app.close()


def test_a_promise_that_is_broken_when_it_begins_does_what_the_rules_name_once(opened: Open) -> None:
    urgent = "{name: urgent, kpi: first_response, when: 'case.priority == \"high\"', fail_after: 1h, on_fail: %s}"
    desk = opened(f"- {urgent % '{tell: [queue], escalate: true, queue: billing}'}", ANSWER)
    desk.does(2, "#priority high")
    assert (desk.case.queue, desk.case.is_escalated, desk.told) == ("billing", True, ["clock_breached anna"])

    desk.does(0, "#queue support")
    desk.does(1, "#priority low")
    desk.does(0, "#priority high")
    assert (desk.case.queue, desk.told) == ("support", ["clock_breached anna"])


def bounce(desk: Desk, *answers: int) -> None:
    """Let these answers of an agent (0 for the first) come back."""
    with desk.app.database.begin() as tx:
        known = activities.by_case(tx, 1)
        mails = [one for one in known if one.kind is ActivityKind.EMAIL_OUT and not one.is_automatic]
        for number in answers:
            act = Act(actor="system", cause="a bounce", now=desk.app.now())
            failed = undelivered(
                begin(tx, desk.case_in(tx)), mails[number], [(mails[number].recipients[0], "550")], act
            )
            record(tx, desk.app.desk, failed, act.now)


def test_a_first_answer_that_bounces_is_replaced_by_the_next_one_and_by_none_when_that_bounces(opened: Open) -> None:
    desk = opened(ANSWER)
    desk.does(1, "Open the flap.")
    desk.does(1, "And close it.")
    bounce(desk, 0)
    clock = desk.clocks["first_response"]
    assert (clock.state, clock.stopped_at) == ("succeeded", START + timedelta(hours=2))

    bounce(desk, 1)
    assert (desk.clocks["first_response"].state, desk.case.first_response_at) == ("in_progress", None)


def test_an_answer_that_bounces_after_the_due_time_does_what_the_breach_names(opened: Open) -> None:
    desk = opened("- {name: answer, kpi: first_response, fail_after: 2h, on_fail: {tell: [queue], escalate: true}}")
    desk.does(1, "Open the flap.")
    desk.does(2)
    bounce(desk, 0)

    assert (desk.clocks["first_response"].state, desk.case.is_escalated) == ("breached", True)
    assert desk.told == ["clock_breached anna"]


def test_a_promise_that_begins_as_a_case_is_reopened_runs_at_once(opened: Open) -> None:
    desk = opened("- {name: next, kpi: next_response, fail_after: 4h}")
    desk.does(1, "#resolve Done.")
    desk.does(1)
    with desk.app.database.read() as tx:
        (closure,) = [one for one in outbox.find(tx, limit=9) if one.template == "customer/resolved"]
    store(desk.app, answer(closure.message_id, "It is not."), None)
    desk.does(0)

    assert (desk.case.status, desk.clocks["next_response"].state) == ("active", "in_progress")
    desk.does(4)
    assert desk.clocks["next_response"].state == "breached"
