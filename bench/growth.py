"""What filing a mail and claiming due clocks cost on an empty desk, and on one with many stored cases.

    PYTHONPATH=src:tests:bench python bench/growth.py [sqlite|postgres ...] [--cases 1000000] [--mails 500]

Every stored case has a received and filed mail, an activity, a sent mail, a timeline entry, two Message-IDs and a clock
that has fired: the rows that a query must not walk through. A hundred clocks are due.
"""

import argparse
import statistics
import time
from contextlib import closing
from datetime import timedelta

from sqlalchemy import text

from bench.store import NOW, databases, file, prepare
from mailcase.store import clocks
from mailcase.store.engine import Database
from mailcase.store.tx import Tx

DUE = 100
FILLING = {
    "inbox": """SELECT n, 'support', 'imap', 0, n, 'x' || n, 4000, :t, 'filed', '', '', 1, 'm' || n || '@x', 'a@x', 'help', 'human',
        n, 'default', 'v1', :t, NULL, NULL FROM series""",
    "cases": """SELECT n, 'help', '', 1 + n % 500, 'support', 'billing', 'printer', 'normal', 'email',
        CASE WHEN n % 50 = 0 THEN 'active' ELSE 'resolved' END, 'in_progress', 'support', '[]', '[]', false, false, '', :t, :t, 1
        FROM series""",
    "activities": "SELECT n, n, 'email_in', 'completed', 'help', 'help', 'a@x', '[]', n, :t, 'customer', false, false FROM series",
    "timeline": "SELECT n, n, :t, 'case_opened', 'customer', 'mail', 'opened' FROM series",
    "message_index": "SELECT n, 'm' || n || '@x', n, n, false FROM series",
    "outbox": """SELECT n, n, n, 'support', 'automatic', 'customer/acknowledged', 'ack ' || n, 'o' || n || '@x', '', 'Re: help',
        :raw, :t, 'sent', 1, 1, '', :t FROM series""",
    "outbox_recipients": "SELECT n, 0, 'c' || n % 500 || '@x', 'accepted', '', 'x', :t FROM series",
    "clocks": """SELECT n, n, 'gold', 'answer', 'first_response', 'office', 1, '[]', 'breached', :t, :t, '', :t, 0,
        CASE WHEN n <= 100 THEN :t END, 1 FROM series""",
}
COLUMNS = {
    "inbox": """id, mailbox, source, uidvalidity, uid, sha256, size, received_at, state, reason, detail, attempts, message_id,
        sender, subject, kind, case_id, rule, rulebook, acknowledged_at, internal_date, next_attempt_at""",
    "cases": """id, title, description, contact_id, mailbox, subject, product, priority, origin, status, status_reason, queue,
        tags, custom, is_escalated, is_unverified, resolution, created_at, modified_at, version""",
    "activities": """id, case_id, kind, state, subject, text, sender, recipients, inbox_id, created_at, created_by,
        is_automatic, is_unverified""",
    "timeline": "id, case_id, at, event, actor, cause, summary",
    "message_index": "id, message_id, case_id, activity_id, is_alias",
    "outbox": """id, case_id, activity_id, mailbox, authorship, template, dedupe_key, message_id, envelope_from, subject, raw,
        created_at, state, attempts, fence, response, sent_at""",
    "outbox_recipients": "outbox_id, position, address, state, response, domain, automatic_at",
    "clocks": """id, case_id, sla, item, kpi, calendar, fail_after, pause_reasons, state, started_at, since, cause, due_at,
        paused_for, next_due_at, version""",
}


def fill(database: Database, cases: int) -> None:
    """Store `cases` cases that are done with, a year ago, and as many rows as they have of all else."""
    for table, rows in FILLING.items():
        with database.begin() as tx:
            series = f"WITH RECURSIVE series(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM series WHERE n < {cases})"
            tx.execute(
                text(f"INSERT INTO {table} ({COLUMNS[table]}) {series} {rows}"), moment(tx) | {"raw": b"x" * 200}
            )
            if not tx.is_sqlite and table != "outbox_recipients":
                tx.execute(text(f"SELECT setval('{table}_id_seq', {cases})"))
    if not database.is_sqlite:
        with database.begin() as tx:
            tx.execute(text("ANALYZE"))


def moment(tx: Tx) -> dict[str, object]:
    """Return a moment a year ago as `t`, as a parameter of textual SQL has to be."""
    then = NOW - timedelta(days=365)
    return {"t": int(then.timestamp() * 1_000_000) if tx.is_sqlite else then}


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
        fill(full, cases)
        filing(empty, 1, 50)  # to warm both up
        filing(full, cases + 1, 50)
        few, many = [], []
        for turn in range(51, mails, 50):
            few += filing(empty, turn, 50)
            many += filing(full, cases + turn, 50)
        claim = claiming(full)
    ratios = [statistics.quantiles(many, n=20)[q] / statistics.quantiles(few, n=20)[q] for q in (9, 18)]
    print(
        f"{kind}, {cases} cases: filing p50 {statistics.median(many):.2f} ms, p95 {statistics.quantiles(many, n=20)[18]:.2f} ms;"
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
