"""What the database has to look at for the queries that run all the time: only rows that are still to be done."""

import json

import pytest
from sqlalchemy import text

from mailcase.domain.outbox import Rank
from mailcase.store import (
    activities,
    automatic_mail,
    cases,
    clocks,
    contacts,
    inbox,
    message_index,
    outbox,
    queues,
    rulings,
    timeline,
    timers,
    volume,
)
from mailcase.store.engine import Database
from mailcase.store.statement import Parameters, Statement
from mailcase.store.tx import Tx
from store.values import NOW

TICK = {"now": NOW, "limit": 10}
NUMBER = {"wanted": 1}
WORD = {"wanted": "a@x"}
COUNT = {"address": "a@x", "tagged": "a+%@x", "domain": "x", "hour_ago": NOW, "day_ago": NOW}
FOLDER = {"mailbox": "support", "uidvalidity": 7}
((LISTED, LIST),) = message_index._find.batches(["a@x"])
PLANS = [
    (inbox._next, TICK | {"clock": NOW}, "ix_inbox_received"),
    (inbox._unacknowledged, FOLDER, "ix_inbox_unacknowledged"),
    (inbox._by_message_id, WORD | {"limit": 1}, "ix_inbox_message_id"),
    (inbox._arrival_before, WORD | {"key": 9, "skipped": 59}, "ix_inbox_sender"),
    (outbox._due_by_rank[Rank.HUMAN], TICK | WORD, "ix_outbox_queued"),
    (outbox._due_by_rank[Rank.AUTOMATIC], TICK | WORD, "ix_outbox_queued"),
    (volume._sent_since, WORD | {"since": NOW, "most": 9}, "ix_outbox_sent"),
    (volume._sending, {}, "ix_outbox_sending"),
    (outbox._lapsed_begun, TICK, "ix_outbox_sending"),
    (outbox._by_message_id, WORD, "ix_outbox_message_id"),
    (outbox._of_case, NUMBER, "ix_outbox_case_id"),
    (automatic_mail._count_automatic, COUNT, "ix_outbox_recipients_automatic"),
    (automatic_mail._count_automatic, COUNT, "ix_outbox_recipients_automatic_address"),
    (automatic_mail._count_automatic, COUNT, "ix_outbox_recipients_automatic_domain"),
    (clocks._due, TICK, "ix_clocks_next_due_at"),
    (timers._due, TICK, "ix_timers_due_at"),
    (clocks._by_case, NUMBER, "ix_clocks_case_id"),
    (contacts._by_address, WORD, "contact_addresses"),
    (cases._newest_of_contact, NUMBER | {"limit": 4}, "ix_cases_contact_id"),
    (activities._by_case, NUMBER, "ix_activities_case_id"),
    (activities._by_inbox, NUMBER, "ix_activities_inbox_id"),
    (timeline._by_case, NUMBER, "ix_timeline_case_id"),
    (queues._by_queue, WORD, "ix_queue_items_queue"),
    (queues._unowned, WORD | TICK, "ix_queue_items_queue"),
    (rulings._of_mail, NUMBER, "ix_rulings_inbox_id"),
    (LISTED, LIST, "ix_message_index_message_id"),
]


def plan(tx: Tx, statement: Statement, parameters: Parameters) -> str:
    """What the database means to do, as text."""
    compiled = statement.compiled(tx.connection.dialect)
    given = compiled.arrange(parameters)
    if tx.is_sqlite:
        found = tx.connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {compiled.sql}", tuple(given))
        return "\n".join(row[3] for row in found)
    tx.execute(text("SET LOCAL enable_seqscan = off"))  # the tables are empty: else every plan reads them whole
    return json.dumps(tx.connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {compiled.sql}", given).scalar_one())


@pytest.mark.parametrize(("statement", "parameters", "index"), PLANS, ids=[index for *_, index in PLANS])
def test_what_runs_all_the_time_uses_its_index(
    database: Database, statement: Statement, parameters: Parameters, index: str
) -> None:
    with database.begin() as tx:
        assert index in plan(tx, statement, parameters)
