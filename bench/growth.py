"""What filing a mail and claiming due clocks cost on an empty desk, and on one with many stored cases.

    PYTHONPATH=src:tests:bench python bench/growth.py [sqlite|postgres ...] [--cases 1000000] [--mails 500]

Every stored case has a received and filed mail, an activity, two sent mails, timeline, audit, two Message-IDs and a
clock: the rows that a query must not walk through. One case in fifty is active, and a hundred clocks are due.
"""

import argparse
import statistics
import time
from contextlib import closing
from datetime import timedelta

from sqlalchemy import delete, update

from bench.store import NOW, databases, file, prepare
from lab.crowd import grow
from mailcase.domain.case import Status
from mailcase.domain.outbox import OutboxState, RecipientState
from mailcase.domain.sla_clock import Clock
from mailcase.store import clocks, schema
from mailcase.store.engine import Database
from mailcase.store.tx import Tx

DUE = 100
FIRST = 1_000  # cases that are stored by the desk's own code; the others are their copies
AN_ACTIVE_ONE_IN = 50
LONG_AGO = NOW - timedelta(days=365)


def fill(database: Database, cases: int) -> int:
    """Store `cases` cases or a few more, most of them done with a year ago; return how many."""
    with database.begin() as tx:
        for number in range(1, min(FIRST, cases) + 1):
            file(tx, number)
            clocks.insert(tx, _clock(number))
        _age(tx)
    stored: int = grow(database, cases)
    with database.begin() as tx:
        due = schema.clocks.c.id <= DUE
        tx.execute(update(schema.clocks).where(due).values(due_at=LONG_AGO, next_due_at=LONG_AGO))
    return stored


def _clock(case_id: int) -> Clock:
    due_at = NOW + timedelta(days=30)
    return Clock(
        case_id=case_id,
        sla="gold",
        item="answer",
        kpi="first_response",
        calendar="office",
        warn_after=None,
        fail_after=timedelta(hours=4),
        pause_reasons=(),
        started_at=LONG_AGO,
        since=LONG_AGO,
        warn_at=None,
        due_at=due_at,
        next_due_at=due_at,
    )


def _age(tx: Tx) -> None:
    """Let all mail be sent, and most cases be resolved."""
    cases, outbox, recipients, items = (
        schema.cases, schema.outbox, schema.outbox_recipients, schema.queue_items,
    )  # fmt: skip
    ended = {"status": Status.RESOLVED, "status_reason": "problem_solved", "resolved_at": LONG_AGO}
    is_done = cases.c.id % AN_ACTIVE_ONE_IN != 0
    tx.execute(update(cases).values(created_at=LONG_AGO, modified_at=LONG_AGO))
    tx.execute(update(cases).where(is_done).values(ended))
    tx.execute(delete(items).where(items.c.case_id % AN_ACTIVE_ONE_IN != 0))
    tx.execute(update(outbox).values(state=OutboxState.SENT, sent_at=LONG_AGO, created_at=LONG_AGO, due_at=None))
    tx.execute(update(recipients).values(state=RecipientState.ACCEPTED))
    tx.execute(update(recipients).where(recipients.c.automatic_at.is_not(None)).values(automatic_at=LONG_AGO))


def filing(database: Database, first: int, mails: int) -> list[float]:
    """Return the ms of each of `mails` transactions, from the mail numbered `first` on."""
    spent = []
    for number in range(first, first + mails):
        start = time.perf_counter()
        with database.begin() as tx:
            file(tx, number)
        spent.append((time.perf_counter() - start) * 1000)
    return spent


def claiming(database: Database) -> float:
    """Return the median of the ms that finding 100 due clocks takes."""
    spent = []
    for _ in range(20):
        with database.begin() as tx:
            start = time.perf_counter()
            found = clocks.due(tx, NOW, DUE)
            spent.append((time.perf_counter() - start) * 1000)
            assert len(found) == DUE
    return statistics.median(spent)


def report(kind: str, cases: int, mails: int) -> None:
    """Print what both cost on an empty and on a full database, measured in turns."""
    with databases(kind) as urls, closing(prepare(urls[0])) as empty, closing(prepare(urls[1])) as full:
        start = time.perf_counter()
        stored = fill(full, cases)
        seeding = time.perf_counter() - start
        filing(empty, 1, 50)  # to warm both up
        filing(full, stored + 1, 50)
        few, many = [], []
        for turn in range(51, mails, 50):
            few += filing(empty, turn, 50)
            many += filing(full, stored + turn, 50)
        claim = claiming(full)
    ratios = [statistics.quantiles(many, n=20)[q] / statistics.quantiles(few, n=20)[q] for q in (9, 18)]
    print(
        f"{kind}, {stored} cases, seeded in {seeding:.0f} s: filing p50 {statistics.median(many):.2f} ms,"
        f" p95 {statistics.quantiles(many, n=20)[18]:.2f} ms;"
        f" against an empty desk {ratios[0]:.2f} and {ratios[1]:.2f} times; {DUE} due clocks in {claim:.2f} ms"
    )


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("kinds", nargs="*", default=["sqlite", "postgres"])
    options.add_argument("--cases", type=int, default=1_000_000)
    options.add_argument("--mails", type=int, default=500)
    chosen = options.parse_args()
    for kind in chosen.kinds:
        report(kind, chosen.cases, chosen.mails)


if __name__ == "__main__":
    main()
