"""What a desk's database holds, asked in plain SQL past mailcase's own queries."""

import hashlib
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from lab.databases import opened
from mailcase.domain.outbox import OutboxState
from mailcase.store import schema
from mailcase.store.engine import Database


@dataclass(frozen=True, slots=True)
class Ledger:
    """A view of the database of a desk that may be at work."""

    database: Database

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Return what a query without parameters brings."""
        with self.database.read() as tx:
            return [tuple(row) for row in tx.connection.exec_driver_sql(sql)]

    def number(self, sql: str) -> int:
        """Return the one number that a query brings."""
        return int(self.rows(sql)[0][0])

    def states(self) -> Counter[str]:
        """Return how many received mails there are in each state."""
        return Counter(dict(self.rows("SELECT state, count(*) FROM inbox GROUP BY state")))

    def waiting(self) -> int:
        """Return how many received mails nobody has decided on yet."""
        return self.states()["received"]

    def unsent(self, due_by: datetime | None = None) -> int:
        """Return how many mails are still to be sent; of those that wait, what is due at `due_by`, or all."""
        mail = schema.outbox.c
        is_wanted = mail.state.in_((OutboxState.QUEUED, OutboxState.SENDING))
        if due_by is not None:
            is_wanted &= mail.due_at.is_(None) | (mail.due_at <= due_by)
        with self.database.read() as tx:
            return tx.connection.execute(select(func.count()).select_from(schema.outbox).where(is_wanted)).scalar_one()

    def hashes(self) -> Counter[str]:
        """Return the SHA-256 of the bytes that are kept for each received mail that is not known as a copy."""
        kept = "SELECT raw FROM inbox JOIN raw_messages USING (sha256) WHERE reason <> 'renumbered'"
        return Counter(sha256(bytes(raw)) for (raw,) in self.rows(kept))

    def activities(self) -> Counter[str]:
        """Return how many activities each received mail became, by the SHA-256 of its bytes."""
        made = "SELECT inbox.sha256 FROM activities JOIN inbox ON inbox.id = activities.inbox_id"
        return Counter(found for (found,) in self.rows(made))

    def orphans(self) -> int:
        """Return how many things hang in the air: cases without mail or history, activities without mail or case."""
        return sum(self.number(f"SELECT count(*) FROM {orphan}") for orphan in ORPHANS)


ORPHANS = (
    "cases WHERE id NOT IN (SELECT case_id FROM activities WHERE inbox_id IS NOT NULL)",
    "cases WHERE id NOT IN (SELECT case_id FROM timeline)",
    "activities WHERE case_id NOT IN (SELECT id FROM cases)",
    "activities WHERE inbox_id IS NOT NULL AND inbox_id NOT IN (SELECT id FROM inbox WHERE state = 'filed')",
    "inbox WHERE state = 'filed' AND id NOT IN (SELECT inbox_id FROM activities WHERE inbox_id IS NOT NULL)",
    "inbox WHERE case_id IS NOT NULL AND case_id NOT IN (SELECT id FROM cases)",
    "outbox WHERE case_id IS NOT NULL AND case_id NOT IN (SELECT id FROM cases)",
)


def sha256(raw: bytes) -> str:
    """Return the hex digest of `raw`."""
    return hashlib.sha256(raw).hexdigest()


@contextmanager
def ledger(url: str) -> Iterator[Ledger]:
    """Open the database at `url`, which has its tables."""
    with opened(url) as database:
        yield Ledger(database)
