"""Deleting a case, and merges, families and reminders, through the database."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from desk.values import ANNA, BEN
from lab.desks import ManualClock
from lab.mails import CLARA, mail
from mailcase.app import App
from mailcase.daemon.ingest import store
from mailcase.daemon.intake import intake
from mailcase.daemon.watch import watch
from mailcase.desk.deletion import Deleted, delete
from mailcase.desk.outcome import Act
from mailcase.desk.working import find, work_by_text
from mailcase.domain.activity import ActivityState
from mailcase.domain.number import format_number
from mailcase.domain.party import Role
from mailcase.errors import Refused
from mailcase.store import activities, audit, cases, inbox, links, outbox, schema

KEPT = {"audit", "inbox", "contacts", "contact_addresses", "desk", "token_keys", "alembic_version", "mailboxes"}
ADMIN = type(ANNA)(key="anna", name="Anna Berg", address="anna@northwind.example", role=Role.ADMIN)


def act(app: App, actor: str = "anna") -> Act:
    return Act(actor=actor, cause="command line", now=app.now())


def received(app: App, *subjects: str) -> None:
    for number, subject in enumerate(subjects):
        store(app, mail(f"About {subject}.\n", subject=subject, message_id=f"<{subject}{number}@c.example>"), None)
    while intake(app):
        pass


def worked(app: App, case_id: int, text: str) -> None:
    with app.database.begin() as tx:
        work_by_text(tx, app.desk, case_id, ANNA, text, act(app))


def deleted(app: App, case_id: int) -> Deleted:
    with app.database.begin() as tx:
        return delete(tx, app.desk.rulebook, find(tx, case_id), ADMIN, act(app))


def test_a_deleted_case_leaves_an_audit_line_and_no_word(app: App) -> None:
    received(app, "Zanzibar")
    worked(app, 1, "#note Zanzibar again\n#set place Zanzibar\n#task ask about Zanzibar")
    done = deleted(app, 1)
    assert done.numbers == (format_number(1),)
    with app.database.read() as tx:
        assert cases.get(tx, 1) is None
        left = {
            table.name: [str(row) for row in tx.execute(select(table)) if "Zanzibar" in str(row)]
            for table in schema.metadata.sorted_tables
        }
        counts = {
            table.name: tx.execute(select(func.count()).select_from(table)).scalar_one()
            for table in schema.metadata.sorted_tables
        }
        (line,) = [one for one in audit.of_object(tx, "case", 1) if one.action == "case.delete"]
        (row,) = inbox.find(tx)
    assert {name for name, rows in left.items() if rows} == set()
    assert {name for name in ("activities", "timeline", "outbox", "raw_messages", "rulings") if counts[name]} == set()
    assert (row.reason, row.subject, row.case_id) == ("deleted", "", None)
    assert (line.actor, json.loads(line.changes)["number"]) == ("anna", [format_number(1), None])


def test_a_deleted_case_takes_those_merged_into_it_with_it_and_no_other(app: App) -> None:
    received(app, "one", "two", "three")
    worked(app, 1, f"#merge {format_number(2)}\n#link {format_number(3)}")
    assert deleted(app, 1).numbers == (format_number(1), format_number(2))
    with app.database.read() as tx:
        assert [cases.get(tx, key) is not None for key in (1, 2, 3)] == [False, False, True]
        assert links.of_case(tx, 3) == []
        assert [one.text.strip() for one in activities.by_case(tx, 3)] == ["About three."]


def test_its_number_is_never_given_again(app: App) -> None:
    received(app, "one")
    deleted(app, 1)
    received(app, "two")
    with app.database.read() as tx:
        assert cases.get(tx, 2) is not None


def test_a_file_that_another_case_has_too_stays(app: App) -> None:
    raw = mail("Same.\n", subject="one")
    for name in (b"one", b"two"):
        store(app, raw.replace(b"Subject: one", b"Subject: " + name).replace(b"<1@", b"<" + name + b"@"), None)
    while intake(app):
        pass
    deleted(app, 1)
    with app.database.read() as tx:
        assert inbox.raw(tx, inbox.find(tx)[0].sha256) is not None


@pytest.mark.parametrize("key", [1, 2])
def test_a_case_that_others_depend_on_is_not_deleted(app: App, key: int) -> None:
    received(app, "one", "two", "three")
    worked(app, 1, f"#merge {format_number(2)}\n#child x")
    with pytest.raises(Refused, match=r"has children|was merged"):
        deleted(app, key)


def test_only_an_admin_deletes(app: App) -> None:
    received(app, "one")
    with app.database.begin() as tx, pytest.raises(Refused, match="needs the role admin; you are agent"):
        delete(tx, app.desk.rulebook, find(tx, 1), BEN, act(app))


def test_a_merge_moves_everything_and_chains_are_followed(app: App, clock: ManualClock) -> None:
    received(app, "one", "two", "three")
    with app.database.read() as tx:
        asked = next(sent for sent in outbox.of_case(tx, 1) if sent.template == "customer/acknowledged")
    worked(app, 2, f"#merge {format_number(1)}")
    worked(app, 3, f"#merge {format_number(2)} tell")
    clock.advance(timedelta(minutes=5))
    reply = {"In-Reply-To": f"<{asked.message_id}>", "References": f"<{asked.message_id}>"}
    store(app, mail("Still here.\n", subject="Re: one", message_id="<r@c.example>", headers=reply), None)
    while intake(app):
        pass
    with app.database.read() as tx:
        texts = [one.text.strip() for one in activities.by_case(tx, 3)]
        told = [sent.recipients[0].address for sent in outbox.of_case(tx, 2) if sent.template == "customer/merged"]
        assert [activities.by_case(tx, key) for key in (1, 2)] == [[], []]
    assert texts == ["About one.", "About two.", "About three.", "Still here."]
    assert told == ["clara@customer.example"], CLARA


def test_a_task_is_reminded_of_once(app: App, clock: ManualClock) -> None:
    received(app, "one")
    worked(app, 1, "#task @ben look again due in 2 hours")
    assert watch(app) == 0
    clock.advance(timedelta(hours=3))
    assert [watch(app), watch(app)] == [1, 0]
    with app.database.read() as tx:
        told = [sent.subject for sent in outbox.of_case(tx, 1) if sent.template == "agent/activity"]
        (task,) = activities.open_of_case(tx, 1)
    assert [subject.split("] ")[1][:14] for subject in told] == ["Anna Berg gave", "To be done: ta"]
    assert task.remind_at is None


def test_what_is_done_is_reminded_of_no_more(app: App, clock: ManualClock) -> None:
    received(app, "one")
    worked(app, 1, "#task look again due in 2 hours")
    worked(app, 1, "#done 5m")
    clock.advance(timedelta(hours=3))
    assert watch(app) == 0
    with app.database.read() as tx:
        assert [(one.state, one.duration_minutes) for one in activities.by_case(tx, 1)[1:]] == [
            (ActivityState.COMPLETED, 5)
        ]
