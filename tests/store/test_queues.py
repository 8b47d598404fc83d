"""Queue items in the database."""

from dataclasses import replace
from datetime import timedelta

import pytest

from mailcase.domain.queue import QueueItem
from mailcase.errors import StaleWrite
from mailcase.store import queues
from mailcase.store.engine import Database
from store.values import NOW, stored_case


def test_a_case_waits_in_one_queue_only(database: Database) -> None:
    with database.begin() as tx:
        case = stored_case(tx)
        queues.put(tx, QueueItem(case_id=case.id, queue="billing", entered_at=NOW))
    with pytest.raises(StaleWrite), database.begin() as tx:
        queues.put(tx, QueueItem(case_id=case.id, queue="support", entered_at=NOW))


def test_an_item_moves_to_another_queue(database: Database) -> None:
    with database.begin() as tx:
        item = queues.put(tx, QueueItem(case_id=stored_case(tx).id, queue="billing", entered_at=NOW))
        moved = queues.put(tx, replace(item, queue="support"))
        assert queues.by_case(tx, item.case_id) == moved == replace(item, queue="support")


def test_two_agents_pick_and_one_wins(database: Database) -> None:
    with database.begin() as tx:
        item = queues.put(tx, QueueItem(case_id=stored_case(tx).id, queue="billing", entered_at=NOW))
        picked = queues.pick(tx, item, "anna", NOW)
        assert queues.pick(tx, item, "ben", NOW) is None
        assert queues.by_case(tx, item.case_id) == picked == replace(item, worked_by="anna", picked_at=NOW)


def test_the_longest_waiting_comes_first(database: Database) -> None:
    with database.begin() as tx:
        for minutes in (0, -5, 5):
            at = NOW + timedelta(minutes=minutes)
            queues.put(tx, QueueItem(case_id=stored_case(tx).id, queue="billing", entered_at=at))
        queues.pick(tx, queues.by_queue(tx, "billing")[0], "anna", NOW)
        assert [item.case_id for item in queues.by_queue(tx, "billing")] == [2, 1, 3]
        assert [item.case_id for item in queues.by_queue(tx, "billing", only_waiting=True)] == [1, 3]


def test_a_case_leaves_its_queue_once(database: Database) -> None:
    with database.begin() as tx:
        item = queues.put(tx, QueueItem(case_id=stored_case(tx).id, queue="billing", entered_at=NOW))
        assert [queues.remove(tx, item.case_id) for _ in range(2)] == [True, False]
        assert queues.by_case(tx, item.case_id) is None
