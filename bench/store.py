"""Milliseconds for the durable transaction of one filed mail, against the bare driver writing the same rows.

    PYTHONPATH=src:tests python bench/store.py [sqlite|postgres ...] [--mails 1000]

The transaction: the mail with its raw bytes, three look-ups, case, activity, three timeline entries, one audit
record, queue item, two Message-IDs, an acknowledgement and a notice with a recipient each, and the mail settled.
The floor replays, statement by statement, what the driver was given, without SQLAlchemy, mapping or column types.
"""

import argparse
import hashlib
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from lab.postgres import Postgres
from mailcase.domain.activity import Activity, ActivityKind, AuditRecord, TimelineEntry
from mailcase.domain.case import Case
from mailcase.domain.inbox import InboxMessage, InboxState, Source
from mailcase.domain.outbox import Authorship, OutboxMessage, Recipient
from mailcase.domain.party import Contact
from mailcase.domain.queue import QueueItem
from mailcase.store import (
    activities,
    audit,
    automatic_mail,
    cases,
    contacts,
    inbox,
    message_index,
    outbox,
    queues,
    timeline,
)
from mailcase.store.engine import Database, open_database
from mailcase.store.message_index import KnownMessage
from mailcase.store.schema import metadata
from mailcase.store.tx import Tx

Statement = tuple[str, Any, bool]  # SQL, the driver's parameters, whether they are many

NOW = datetime(2026, 3, 14, 9, 26, 53, tzinfo=UTC)
SENDERS = 500
RAW = b"Subject: help\r\n\r\n" + b"The printer prints only every other page of it.\r\n" * 80


def received(number: int) -> tuple[InboxMessage, bytes]:
    """Return the mail numbered `number`, 4 kB."""
    raw = f"Message-ID: <{number}@customer.example>\r\n".encode() + RAW
    message = InboxMessage(
        mailbox="support",
        source=Source.IMAP,
        uidvalidity=1,
        uid=number,
        sha256=hashlib.sha256(raw).hexdigest(),
        size=len(raw),
        received_at=NOW,
    )
    return message, raw


def outgoing(case: Case, number: int, template: str, activity_id: int | None) -> OutboxMessage:
    """Return a mail that filing `number` causes."""
    return OutboxMessage(
        case_id=case.id,
        activity_id=activity_id,
        mailbox="support",
        authorship=Authorship.AUTOMATIC,
        template=template,
        dedupe_key=f"{template} {number}",
        message_id=f"{template}.{number}@desk.example",
        envelope_from="",
        recipients=(Recipient(address=f"customer{number % SENDERS}@example.com"),),
        subject="Re: help",
        raw=RAW[:1500],
        created_at=NOW,
        due_at=NOW,
    )


def file(tx: Tx, number: int) -> None:
    """Store and file the mail numbered `number` as the desk does."""
    message, raw = received(number)
    inbox.put_many(tx, [(message, raw)])
    contact = contacts.by_address(tx, f"customer{number % SENDERS}@example.com")
    assert contact is not None
    message_index.find(tx, [f"{number}@customer.example", f"{number - 1}@nowhere.example"])
    case = cases.insert(
        tx,
        Case(title="help", contact_id=contact.id, mailbox="support", queue="support", created_at=NOW, modified_at=NOW),
    )
    activity = activities.insert(
        tx,
        Activity(
            case_id=case.id,
            kind=ActivityKind.EMAIL_IN,
            subject="help",
            text="The printer prints only every other page. " * 10,
            sender=contact.address,
            recipients=("support@desk.example",),
            message_id=f"{number}@customer.example",
            inbox_id=number,
            created_at=NOW,
            created_by="customer",
        ),
    )
    queues.put(tx, QueueItem(case_id=case.id, queue="support", entered_at=NOW))
    automatic_mail.to_customers(tx, contact.address, NOW)
    outbox.put(tx, outgoing(case, number, "customer/acknowledged", activity.id))
    outbox.put(tx, outgoing(case, number, "agent/assigned", None))
    message_index.add(
        tx,
        KnownMessage(message_id=f"{number}@customer.example", case_id=case.id, activity_id=activity.id),
        KnownMessage(message_id=f"ack.{number}@desk.example", case_id=case.id),
    )
    entry = TimelineEntry(case_id=case.id, at=NOW, event="case_opened", actor="customer", cause=f"mail {number}")
    timeline.append(tx, [entry, replace(entry, event="case_routed"), replace(entry, event="notified")])
    record = AuditRecord(at=NOW, actor="customer", action="case.open", object_type="case", object_id=1, changes="{}")
    audit.append(tx, [replace(record, object_id=case.id)])
    filed = replace(
        message, id=number, state=InboxState.FILED, case_id=case.id, message_id=f"{number}@customer.example"
    )
    inbox.settle(tx, filed)


def prepare(url: str) -> Database:
    """Return the database at `url` with its tables and customers."""
    database = open_database(url)
    with database.begin() as tx:
        metadata.create_all(tx.connection)
        for number in range(SENDERS):
            contacts.insert(tx, Contact(name="C", address=f"customer{number}@example.com", created_at=NOW))
    return database


class Recorder:
    """A driver's connection that notes what its cursors are given."""

    def __init__(self, driver: Any, seen: list[Statement]) -> None:
        self._driver = driver
        self._seen = seen

    def __getattr__(self, name: str) -> Any:
        """Be the driver in all else."""
        return getattr(self._driver, name)

    def cursor(self) -> Any:
        """Return a cursor that notes what it is given."""
        return RecordingCursor(self._driver.cursor(), self._seen)


class RecordingCursor:
    """A cursor that notes what it is given."""

    def __init__(self, cursor: Any, seen: list[Statement]) -> None:
        self._cursor = cursor
        self._seen = seen

    def __getattr__(self, name: str) -> Any:
        """Be the cursor in all else."""
        return getattr(self._cursor, name)

    def execute(self, sql: str, parameters: Any) -> None:
        """Run and note a statement."""
        self._seen.append((sql, parameters, False))
        self._cursor.execute(sql, parameters)

    def executemany(self, sql: str, parameters: Any) -> None:
        """Run and note a statement for several sets of parameters."""
        self._seen.append((sql, parameters, True))
        self._cursor.executemany(sql, parameters)


def measure(database: Database, batches: list[range]) -> float:
    """Return ms a mail of the store, each batch in a transaction."""
    spent = []
    for batch in batches:
        start = time.perf_counter()
        with database.begin() as tx:
            for number in batch:
                file(tx, number)
        spent.append((time.perf_counter() - start) * 1000 / len(batch))
    return statistics.median(spent)


def record(database: Database, batches: list[range]) -> list[list[Statement]]:
    """Return what the driver is given in each of the same transactions."""
    transactions = []
    for batch in batches:
        seen: list[Statement] = []
        with database.begin() as tx:
            tx._driver = Recorder(tx._driver, seen)  # noqa: SLF001 - the floor is made of what passes through it
            for number in batch:
                file(tx, number)
        transactions.append(seen)
    return transactions


def floor(database: Database, transactions: list[list[Statement]], per_commit: int) -> float:
    """Return ms a mail of the bare driver doing the same."""
    spent = []
    with closing(database._writer.raw_connection()) as pooled:  # noqa: SLF001 - as above
        cursor = pooled.cursor()
        for statements in transactions:
            start = time.perf_counter()
            if database.is_sqlite:
                cursor.execute("BEGIN IMMEDIATE")
            for sql, parameters, is_many in statements:
                (cursor.executemany if is_many else cursor.execute)(sql, parameters)
                if cursor.description is not None:
                    cursor.fetchall()
            pooled.commit()
            spent.append((time.perf_counter() - start) * 1000 / per_commit)
    return statistics.median(spent)


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("kinds", nargs="*", default=["sqlite", "postgres"])
    options.add_argument("--mails", type=int, default=1000)
    chosen = options.parse_args()
    for kind in chosen.kinds:
        for per_commit in (1, 50):
            with databases(kind) as urls:
                report(kind, urls, chosen.mails, per_commit)


@contextmanager
def databases(kind: str) -> Iterator[list[str]]:
    """Yield the URLs of three empty databases."""
    if kind == "sqlite":
        with tempfile.TemporaryDirectory(dir=".") as name:
            yield [f"sqlite:///{Path(name).absolute()}/{number}.db" for number in range(3)]
        return
    server = Postgres.create()
    server.start()
    try:
        with server.database() as one, server.database() as two, server.database() as three:
            yield [one, two, three]
    finally:
        server.destroy()


def report(kind: str, urls: list[str], mails: int, per_commit: int) -> None:
    """Print ms a mail of the store and of the bare driver."""
    batches = [range(first, first + per_commit) for first in range(1, mails + 1, per_commit)]
    with closing(prepare(urls[0])) as ours, closing(prepare(urls[1])) as recorded, closing(prepare(urls[2])) as bare:
        transactions = record(recorded, batches)
        spent = measure(ours, batches)
        least = floor(bare, transactions, per_commit)
    count = sum(len(statements) for statements in transactions) / mails
    print(
        f"{kind}, {per_commit} a commit: {spent:.3f} ms a mail, bare driver {least:.3f} ms:"
        f" {least / spent:.2f} of the floor; {count:.0f} statements a mail"
    )


if __name__ == "__main__":
    main()
