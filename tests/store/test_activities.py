"""Activities, their files, and what tells their story."""

import hashlib
from dataclasses import replace
from datetime import timedelta

import pytest

from mailcase.domain.activity import ActivityKind, ActivityState, AttachedFile, TimelineEntry
from mailcase.errors import StaleWrite
from mailcase.store import activities, message_index, timeline
from mailcase.store.engine import Database
from mailcase.store.message_index import KnownMessage
from store.values import NOW, an_activity, stored_case

HOUR = timedelta(hours=1)


def a_file(content: bytes, name: str = "log.txt") -> tuple[AttachedFile, bytes]:
    digest = hashlib.sha256(content).hexdigest()
    return AttachedFile(name=name, content_type="text/plain", size=len(content), sha256=digest), content


def test_an_activity_comes_back_as_it_was_stored(database: Database) -> None:
    with database.begin() as tx:
        case = stored_case(tx)
        stored = activities.insert(
            tx, an_activity(case.id, recipients=("a@example.com", "ü@example.com"), due_at=NOW, duration_minutes=15)
        )
        assert activities.get(tx, stored.id) == stored
        assert activities.by_case(tx, case.id) == [stored] == activities.newest(tx, case.id, 5)


def test_a_mail_becomes_one_activity_at_most(database: Database) -> None:
    with database.begin() as tx:
        case = stored_case(tx)
        stored = activities.insert(tx, an_activity(case.id, inbox_id=17))
        assert activities.by_inbox(tx, 17) == stored
    with pytest.raises(StaleWrite), database.begin() as tx:
        activities.insert(tx, an_activity(case.id, inbox_id=17))


def test_equal_files_are_stored_once(database: Database) -> None:
    with database.begin() as tx:
        case = stored_case(tx)
        first = activities.insert(tx, an_activity(case.id), [a_file(b"same"), a_file(b"other"), a_file(b"same", "b")])
        second = activities.insert(tx, an_activity(case.id), [a_file(b"same")])
        assert [file.name for file in activities.files(tx, first.id)] == ["log.txt", "log.txt", "b"]
        assert activities.content(tx, activities.files(tx, second.id)[0].sha256) == b"same"


def test_the_last_customer_mail_is_no_automatic_answer(database: Database) -> None:
    with database.begin() as tx:
        case = stored_case(tx)
        mail = activities.insert(tx, an_activity(case.id))
        activities.insert(tx, an_activity(case.id, is_automatic=True))
        activities.insert(tx, an_activity(case.id, kind=ActivityKind.NOTE))
        assert activities.last_customer_mail(tx, case.id) == mail


def test_what_is_to_be_done_is_found_until_it_is_done(database: Database) -> None:
    with database.begin() as tx:
        case = stored_case(tx)
        task = activities.insert(tx, an_activity(case.id, kind=ActivityKind.TASK, state=ActivityState.OPEN))
        assert activities.open_of_case(tx, case.id) == [task]
        activities.update(tx, replace(task, state=ActivityState.COMPLETED))
        assert activities.open_of_case(tx, case.id) == []


def test_a_message_id_may_name_several_mails(database: Database) -> None:
    with database.begin() as tx:
        case, other = stored_case(tx), stored_case(tx)
        activity = activities.insert(tx, an_activity(case.id))
        known = [KnownMessage(message_id="a@x", case_id=case.id, activity_id=activity.id)]
        known += [KnownMessage(message_id="a@x", case_id=other.id), KnownMessage(message_id="b@x", case_id=other.id)]
        message_index.add(tx, *known)
        assert message_index.find(tx, ["b@x", "a@x", "c@x"]) == known
        assert activities.by_message_id(tx, "a@x") == activity


def test_no_message_ids_name_nothing(database: Database) -> None:
    with database.read() as tx:
        assert message_index.find(tx, []) == []


def test_the_timeline_keeps_its_order(database: Database) -> None:
    with database.begin() as tx:
        case = stored_case(tx)
        entries = [TimelineEntry(case_id=case.id, at=NOW, event=f"e{n}", actor="system") for n in range(3)]
        timeline.append(tx, entries)
        assert [entry.event for entry in timeline.by_case(tx, case.id)] == ["e0", "e1", "e2"]


def test_the_timeline_counts_what_happened_lately(database: Database) -> None:
    with database.begin() as tx:
        case, other = stored_case(tx), stored_case(tx)
        for at, event, key in [
            (NOW, "a", case.id),
            (NOW - HOUR, "a", case.id),
            (NOW, "b", case.id),
            (NOW, "a", other.id),
        ]:
            timeline.append(tx, [TimelineEntry(case_id=key, at=at, event=event, actor="system")])
        assert timeline.count(tx, case.id, "a", NOW) == 1
        assert [entry.id for entry in timeline.after(tx, 2, limit=1)] == [3]
