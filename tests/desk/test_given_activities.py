"""Activities that are given to others, wait in queues, or are deleted, through the database."""

import pytest
from sqlalchemy import select

from desk.test_deletion import act, received
from desk.values import ANNA, BEN
from mailcase.app import App
from mailcase.desk.working import work_by_text
from mailcase.domain.activity import Activity, ActivityState
from mailcase.domain.party import Agent
from mailcase.errors import Refused
from mailcase.store import activities, outbox, schema, timeline


@pytest.fixture(autouse=True)
def a_task(app: App) -> None:
    received(app, "lamp")
    works(app, "#task ring the Zanzibar warehouse due tomorrow")


def works(app: App, text: str, who: Agent = ANNA) -> str:
    with app.database.begin() as tx:
        return work_by_text(tx, app.desk, 1, who, text, act(app, who.key)).ran.lines[-1].outcome


def task(app: App) -> Activity:
    with app.database.read() as tx:
        return next(one for one in activities.by_case(tx, 1) if one.kind == "task")


def told(app: App, words: bytes) -> list[str]:
    with app.database.read() as tx:
        return [mail.recipients[0].address for mail in outbox.of_case(tx, 1) if words in mail.raw]


@pytest.mark.parametrize("text", ["#give @ben", "#give ring the @ben", "#übergeben 2 @ben"])
def test_a_task_is_given_to_another_agent_who_is_told(app: App, text: str) -> None:
    assert works(app, text) == "task 2 (ring the Zanzibar warehouse): given to ben"
    assert (task(app).owner, task(app).queue) == ("ben", None)
    assert told(app, b"Anna Berg gave you a task") == ["ben@northwind.example"]


@pytest.mark.parametrize("text", ["#give billing", "#give 2 queue billing", "#give ring Billing"])
def test_a_task_waits_in_a_queue_for_a_member_to_take(app: App, text: str) -> None:
    works(app, text)
    assert (task(app).owner, task(app).queue) == (None, "billing")
    assert told(app, b"put into the queue Billing") == ["ben@northwind.example"]
    works(app, "#give @me", BEN)
    assert (task(app).owner, task(app).queue) == ("ben", None)


def test_who_completes_a_waiting_task_has_it(app: App) -> None:
    works(app, "#give billing")
    works(app, "#done 20m", BEN)
    assert (task(app).owner, task(app).queue, task(app).state) == ("ben", None, ActivityState.COMPLETED)


def test_a_task_that_was_given_is_taken_back(app: App) -> None:
    works(app, "#give billing")
    works(app, "#undo")
    assert (task(app).owner, task(app).queue) == ("anna", None)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("#give @anna", "is that of anna already"),
        ("#give nowhere", "'nowhere' is no queue here; there are: billing, support"),
        ("#give @nobody", "'nobody' is no agent here"),
        ("#give 17 @ben", "'17' names no single open activity; open are: task 2"),
        ("#remove", "#remove needs more: #remove number"),
        ("#remove 17", r"is no number of an activity that can be deleted; there are: task 2"),
        ("#remove 1", "is mail, or came or went by mail; it stays"),
    ],
)
def test_a_refusal_says_what_there_is(app: App, text: str, why: str) -> None:
    with pytest.raises(Refused, match=why):
        works(app, text)


def test_a_deleted_task_leaves_a_line_and_no_word(app: App) -> None:
    assert works(app, "#remove 2") == "deleted: task 2"
    with app.database.read() as tx:
        entries = timeline.by_case(tx, 1)
        left = [
            table.name
            for table in schema.metadata.sorted_tables
            if any("Zanzibar" in str(row) for row in tx.execute(select(table)))
        ]
        assert [one.kind for one in activities.by_case(tx, 1)] == ["email_in"]
    assert [(one.event, one.summary) for one in entries][-2:] == [
        ("activity_added", "(erased)"),
        ("activity_deleted", "deleted: task 2"),
    ]
    assert left == []
    with pytest.raises(Refused, match="it deleted an activity for good"):
        works(app, "#undo")


def test_what_another_wrote_is_deleted_only_with_the_right_for_it(app: App) -> None:
    works(app, "#note a slip", BEN)
    with pytest.raises(Refused, match=r"the right .delete_activities. needs the role lead"):
        works(app, "#remove 2", BEN)
    assert works(app, "#remove 3", BEN) == "deleted: note 3"
