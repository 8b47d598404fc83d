"""`#undo`: what the last commands did is taken back, where that is possible."""

from collections.abc import Callable
from typing import Any

import pytest

from desk.test_deletion import act, received
from desk.values import ANNA, BEN
from lab.desks import ManualClock
from lab.mails import ANNA as ANNAS
from lab.mails import answer
from mailcase.app import App
from mailcase.daemon.ingest import store
from mailcase.daemon.intake import intake
from mailcase.desk.working import work_by_text
from mailcase.domain.activity import ActivityState
from mailcase.domain.case import Case, Priority, Status
from mailcase.domain.number import format_number
from mailcase.domain.party import Agent
from mailcase.errors import Refused
from mailcase.store import activities, cases, clocks, links, outbox, queues, timeline


def works(app: App, text: str, who: Agent = ANNA, case_id: int = 1) -> None:
    with app.database.begin() as tx:
        work_by_text(tx, app.desk, case_id, who, text, act(app, who.key))


def state(app: App) -> tuple[Any, ...]:
    """The case, its place in the queues and what is open, without what tells when it was written."""
    with app.database.read() as tx:
        case = cases.get(tx, 1)
        assert case is not None
        item = queues.by_case(tx, 1)
        fields = {name: getattr(case, name) for name in Case.__slots__ if name not in ("version", "modified_at")}
        return (
            fields,
            item and (item.queue, item.worked_by, item.picked_at),
            links.of_case(tx, 1),
            activities.open_of_case(tx, 1),
        )


@pytest.mark.parametrize(
    "text",
    [
        "#priority high\n#tag vip\n#set seats 7",
        "#pick\n#assign ben",
        "#queue billing",
        "#status on_hold",
        "#escalate",
        "#subject billing/refund\n#type problem",
        "#cancel by mistake",
        "#note a word",
        "#task look again due in 2 hours",
        "#time 20m",
        f"#link {format_number(2)}",
        f"#parent {format_number(2)}",
    ],
)
def test_what_commands_did_is_taken_back(app: App, text: str) -> None:
    received(app, "one", "two")
    before = state(app)
    works(app, text)
    works(app, "#undo")
    assert state(app) == before


def test_activities_that_were_made_stay_as_cancelled(app: App) -> None:
    received(app, "one")
    works(app, "#task look again\n#note a word")
    works(app, "#undo")
    with app.database.read() as tx:
        made = activities.by_case(tx, 1)[1:]
        told = timeline.by_case(tx, 1)[-1]
    assert {one.state for one in made} == {ActivityState.CANCELLED}
    assert (told.actor, told.summary) == ("anna", "took back: 2 new activities")


def test_what_was_ended_is_open_again(app: App) -> None:
    received(app, "one")
    works(app, "#task look again due in 2 hours")
    before = state(app)
    works(app, "#done 20m")
    works(app, "#undo")
    assert state(app) == before
    works(app, "#drop")
    works(app, "#undo")
    assert state(app) == before


def test_one_after_the_other_is_taken_back(app: App) -> None:
    received(app, "one")
    before = state(app)
    works(app, "#priority high")
    works(app, "#priority low")
    works(app, "#undo")
    assert state(app)[0]["priority"] is Priority.HIGH
    works(app, "#undo")
    assert state(app) == before
    with pytest.raises(Refused, match="nothing on CAS-000001"):
        works(app, "#undo")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("#priority high\nDear Clara, hello.", "it wrote to the customer"),
        ("#resolve", "told the customer; #reopen makes it active again"),
        ("#child refund", "it opened CAS-000003"),
        (f"#merge {format_number(2)}", "merged cases, which is final"),
    ],
)
def test_what_others_know_of_is_not_taken_back(app: App, text: str, why: str) -> None:
    received(app, "one", "two")
    works(app, text)
    with pytest.raises(Refused, match=why):
        works(app, "#undo")


@pytest.mark.parametrize(
    ("then", "why"),
    [
        (lambda app: works(app, "#priority low\n#dry"), None),
        (lambda app: works(app, "#show"), None),
        (lambda app: works(app, "#priority high\n#undo"), "#undo stands alone"),
        (lambda app: works(app, "#undo", BEN), "were anna.s: the right .undo_others. needs the role lead"),
    ],
)
def test_who_and_when(app: App, then: Callable[[App], None], why: str | None) -> None:
    received(app, "one")
    before = state(app)
    works(app, "#type problem")
    if why is not None:
        with pytest.raises(Refused, match=why):
            then(app)
        return
    then(app)
    works(app, "#undo")
    assert state(app) == before


def test_what_was_changed_since_is_not_overwritten(app: App) -> None:
    received(app, "one")
    works(app, "#pick")
    with app.database.begin() as tx:
        item = queues.by_case(tx, 1)
        assert item is not None
        queues.remove(tx, 1)
    with pytest.raises(Refused, match="its place in the queues was changed since"):
        works(app, "#undo")


def test_clocks_of_a_case_that_was_cancelled_by_mistake_go_on(app: App) -> None:
    received(app, "one")
    works(app, "#cancel by mistake")
    works(app, "#undo")
    with app.database.read() as tx:
        case = cases.get(tx, 1)
        assert case is not None
        assert case.status is Status.ACTIVE
        assert [entry.event for entry in timeline.by_case(tx, 1)][-2:] == ["case_reactivated", "undone"]
        assert [one for one in clocks.by_case(tx, 1) if one.is_open] == clocks.open_of_case(tx, 1)


def test_an_agent_takes_back_by_mail_and_is_told(app: App, clock: ManualClock) -> None:
    received(app, "one")
    with app.database.read() as tx:
        notice = next(sent for sent in outbox.of_case(tx, 1) if sent.template == "agent/new_case")
    for number, text in enumerate(("#priority high", "#undo")):
        raw = answer(
            notice.message_id, f"{text}\n", sender=ANNAS, subject="Re: one", message_id=f"<u{number}@n.example>"
        )
        store(app, raw, None)
        while intake(app):
            pass
    with app.database.read() as tx:
        case = cases.get(tx, 1)
        last = outbox.of_case(tx, 1)[-1]
    assert case is not None
    assert case.priority is Priority.NORMAL
    assert b"took back: priority" in last.raw


def test_a_case_that_left_its_queue_comes_back(app: App) -> None:
    received(app, "one")
    before = state(app)
    works(app, "#queue -")
    works(app, "#undo")
    assert state(app) == before
