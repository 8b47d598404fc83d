"""Statements that go to the driver, and writes that share a round trip."""

import pytest
from sqlalchemy import bindparam, select

from mailcase.domain.activity import TimelineEntry
from mailcase.domain.case import Case
from mailcase.errors import StaleWrite
from mailcase.store import activities, message_index, schema, timeline
from mailcase.store.cases import CASES
from mailcase.store.engine import Database
from mailcase.store.message_index import KnownMessage
from mailcase.store.statement import MAX_LISTED, Listed, Statement
from store.values import NOW, an_activity, stored_case


@pytest.mark.parametrize("count", [1, 2, 3, MAX_LISTED, MAX_LISTED + 1])
def test_a_list_of_any_length_is_asked_for(database: Database, count: int) -> None:
    with database.begin() as tx:
        case = stored_case(tx)
        message_index.add(tx, *(KnownMessage(message_id=f"{n}@x", case_id=case.id) for n in range(count + 1)))
        found = message_index.find(tx, [f"{n}@x" for n in range(count)])
    assert [known.message_id for known in found] == [f"{n}@x" for n in range(count)]


@pytest.mark.parametrize(("count", "sizes"), [(0, []), (1, [1]), (5, [8]), (257, [256, 1]), (600, [256, 256, 128])])
def test_lists_are_padded_so_that_few_statements_serve_all(count: int, sizes: list[int]) -> None:
    listed = Listed(lambda binds: select(schema.cases.c.id).where(schema.cases.c.id.in_(binds)))
    assert [len(parameters) for _, parameters in listed.batches(list(range(count)))] == sizes


def test_a_query_sees_what_was_written_before_it(database: Database) -> None:
    with database.begin() as tx:
        case = stored_case(tx)
        timeline.append(tx, [TimelineEntry(case_id=case.id, at=NOW, event="one", actor="system")])
        assert [entry.event for entry in timeline.by_case(tx, case.id)] == ["one"]


def test_a_query_made_for_one_occasion_sees_what_was_written_before_it(database: Database) -> None:
    with database.begin() as tx:
        CASES.update(tx, stored_case(tx))
        assert [case.version for case in CASES.find(tx, CASES.select)] == [1]


def write_too_much(database: Database, case: Case) -> None:
    with database.begin() as tx:
        activities.insert(tx, an_activity(case.id))
        CASES.update(tx, case)
        CASES.update(tx, case)
        activities.ACTIVITIES.insert_many(tx, [an_activity(case.id)])


def test_a_deferred_write_fails_inside_its_transaction_and_leaves_nothing(database: Database) -> None:
    with database.begin() as tx:
        case = stored_case(tx)
    with pytest.raises(StaleWrite, match="cases 1 was changed"):
        write_too_much(database, case)
    with database.read() as tx:
        assert activities.by_case(tx, case.id) == []


def test_a_parameter_that_is_missing_is_a_fault_of_the_program(database: Database) -> None:
    statement = Statement(select(schema.cases.c.id).where(schema.cases.c.id == bindparam("key")))
    with pytest.raises(KeyError), database.read() as tx:
        tx.rows(statement, {"wrong": 1})
