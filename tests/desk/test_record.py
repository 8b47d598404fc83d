"""Writing an outcome."""

import json
from dataclasses import replace

import pytest

from lab.desks import START
from lab.mails import ANNA, answer, mail
from mailcase.app import App
from mailcase.daemon.ingest import store
from mailcase.daemon.intake import intake
from mailcase.desk import cases as verbs
from mailcase.desk import fields
from mailcase.desk.filing import read_case
from mailcase.desk.outcome import Act, Outcome
from mailcase.desk.record import queue_mail, record
from mailcase.domain.activity import ActivityKind
from mailcase.domain.case import Case
from mailcase.errors import StaleWrite
from mailcase.store import activities, audit, cases, outbox, queues, timeline
from mailcase.store.cases import CaseFilter
from mailcase.store.tx import Tx

ACT = Act(actor="anna", cause="mail 2", now=START)


@pytest.fixture
def case(app: App) -> Case:
    """A case that a mail opened."""
    return filed(app, mail())


def filed(app: App, raw: bytes) -> Case:
    store(app, raw, None)
    intake(app)
    with app.database.read() as tx:
        return cases.find(tx, CaseFilter())[0]


def read(tx: Tx, case: Case) -> Outcome:
    found = cases.get(tx, case.id)
    assert found is not None
    return read_case(tx, found)


def test_of_two_who_read_the_same_case_the_second_decides_again(app: App, case: Case) -> None:
    with app.database.read() as tx:
        both = read(tx, case)
    with app.database.begin() as tx:
        record(tx, app.desk, fields.set_priority(both, "high", ACT), START)
    with pytest.raises(StaleWrite), app.database.begin() as tx:
        record(tx, app.desk, fields.set_priority(both, "low", ACT), START)
    with app.database.read() as tx:
        assert read(tx, case).case.priority == "high"
        assert [entry.summary for entry in timeline.by_case(tx, case.id)][-1] == "priority: normal → high"


def test_of_two_agents_who_pick_at_once_one_wins(app: App, case: Case) -> None:
    agents = app.desk.rulebook.agents
    with app.database.read() as tx:
        both = read(tx, case)
    with app.database.begin() as tx:
        record(tx, app.desk, verbs.pick(both, agents["anna"], ACT), START)
    with pytest.raises(StaleWrite), app.database.begin() as tx:
        record(tx, app.desk, verbs.pick(both, agents["ben"], replace(ACT, actor="ben")), START)
    with app.database.read() as tx:
        item = queues.by_case(tx, case.id)
    assert item is not None
    assert item.worked_by == "anna"


def test_the_audit_tells_each_field_as_it_was_and_is(app: App, case: Case) -> None:
    with app.database.begin() as tx:
        record(tx, app.desk, fields.set_tags(fields.set_priority(read(tx, case), "low", ACT), "vip", ACT), START)
        created, changed = audit.of_object(tx, "case", case.id)
    assert (created.action, changed.action, changed.actor) == ("case.create", "case.update", "anna")
    assert json.loads(created.changes)["priority"] == [None, "normal"]
    assert json.loads(created.changes)["title"] == [None, "(not kept here)"], "nobody could delete a customer's words"
    assert json.loads(changed.changes) == {"priority": ["normal", "low"], "tags": [[], ["vip"]]}


def test_a_reply_is_queued_with_the_message_id_that_its_activity_bears(app: App, case: Case) -> None:
    with app.database.begin() as tx:
        outcome = read(tx, case)
        record(tx, app.desk, verbs.reply(outcome, verbs.outgoing(outcome.case, "Dear Clara", ACT), ACT), START)
    with app.database.read() as tx:
        activity = activities.newest(tx, case.id, 1)[0]
        sent = outbox.of_case(tx, case.id)[-1]
        assert activities.by_message_id(tx, sent.message_id) == activity
    assert (activity.kind, activity.message_id) == (ActivityKind.EMAIL_OUT, sent.message_id)
    assert activity.recipients == ("clara@customer.example",)
    assert sent.activity_id == activity.id


def test_the_same_notice_of_the_same_occasion_is_queued_once(app: App, case: Case) -> None:
    with app.database.begin() as tx:
        (first, *_) = before = outbox.of_case(tx, case.id)
        queue_mail(tx, replace(first, id=0, message_id="another@northwind.example"))
        assert outbox.of_case(tx, case.id) == before


def test_a_resolved_case_leaves_its_queue_and_comes_back(app: App, case: Case) -> None:
    reasons = app.desk.rulebook.status_reasons
    with app.database.begin() as tx:
        record(tx, app.desk, verbs.resolve(read(tx, case), "problem_solved", None, app.desk.rulebook, ACT), START)
        assert queues.by_case(tx, case.id) is None
    with app.database.begin() as tx:
        record(tx, app.desk, verbs.reactivate(read(tx, case), "again", reasons, ACT), START)
        assert queues.by_case(tx, case.id) is not None


def test_files_of_a_note_that_came_by_mail_are_kept(app: App, case: Case) -> None:
    with app.database.read() as tx:
        notice = outbox.of_case(tx, case.id)[-1]
    raw = answer(notice.message_id, "x", sender=ANNA).replace(
        b"Content-Type: text/plain; charset=utf-8", b"MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b"
    )
    body = b"--b\r\n\r\n#note see the file\r\n--b\r\nContent-Disposition: attachment; filename=a.txt\r\n\r\nabc\r\n--b--\r\n"
    filed(app, raw.removesuffix(b"x") + body)
    with app.database.read() as tx:
        (note,) = [one for one in activities.by_case(tx, case.id) if one.kind is ActivityKind.NOTE]
        assert [file.name for file in activities.files(tx, note.id)] == ["a.txt"]
    assert (note.text, note.inbox_id) == ("see the file", 2)
