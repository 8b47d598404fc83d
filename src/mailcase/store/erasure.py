"""Taking a case out of the database with all that belongs to it. Nothing else deletes what a customer wrote.

What belongs to a case is read from the references between the tables, so that a new table is not forgotten. The ledger
of received mail keeps its rows, without a word of the mail: else it would be fetched again.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, Table, delete, select, update

from mailcase.domain.inbox import InboxState
from mailcase.domain.outbox import OutboxState
from mailcase.store import schema
from mailcase.store.tx import Tx

DELETED = "deleted"
"""Reason of a received mail whose case was deleted."""
_BLANK = {"message_id": None, "sender": "", "subject": "", "detail": "", "rule": "", "case_id": None}


def is_sending(tx: Tx, case_ids: Sequence[int]) -> bool:
    """Return whether a mail of one of the cases is on the wire just now."""
    outbox = schema.outbox.c
    busy = select(outbox.id).where(outbox.case_id.in_(case_ids), outbox.state == OutboxState.SENDING).limit(1)
    return tx.execute(busy).first() is not None


def erase(tx: Tx, case_ids: Sequence[int]) -> dict[str, int]:
    """Delete the cases with these ids, and return how many rows of which table went.

    No other case may be their child or be merged into them.
    """
    counts: dict[str, int] = {}
    ids = select(schema.cases.c.id).where(schema.cases.c.id.in_(case_ids))
    hashes = _files(tx, case_ids)
    _forget_mail(tx, case_ids, counts)
    tx.execute(update(schema.cases).where(schema.cases.c.related_id.in_(case_ids)).values(related_id=None))
    _delete_dependents(tx, schema.cases, ids, counts)
    own = dict.fromkeys(("parent_id", "merged_into_id"))
    tx.execute(update(schema.cases).where(schema.cases.c.id.in_(case_ids)).values(**own))
    counts["cases"] = tx.execute(delete(schema.cases).where(schema.cases.c.id.in_(case_ids))).rowcount
    _delete_unused(tx, schema.blobs, schema.attached_files, hashes, counts)
    return {name: count for name, count in counts.items() if count}


def _delete_dependents(tx: Tx, table: Table, ids: Select[Any], counts: dict[str, int]) -> None:
    """Delete the rows that refer to the rows `ids` of `table`, and first those that refer to them."""
    for other in reversed(schema.metadata.sorted_tables):
        for reference in other.foreign_keys:
            if other is table or reference.column.table is not table:
                continue
            condition = reference.parent.in_(ids)
            key = next(iter(other.primary_key.columns))
            _delete_dependents(tx, other, select(key).where(condition), counts)
            gone = tx.execute(delete(other).where(condition)).rowcount
            counts[other.name] = counts.get(other.name, 0) + gone


def _forget_mail(tx: Tx, case_ids: Sequence[int], counts: dict[str, int]) -> None:
    """Delete the received mails of the cases, with what was decided about them; their places in the mailboxes stay."""
    inbox = schema.inbox
    of_activities = select(schema.activities.c.inbox_id).where(
        schema.activities.c.case_id.in_(case_ids), schema.activities.c.inbox_id.is_not(None)
    )
    found = select(inbox.c.id, inbox.c.sha256).where(inbox.c.case_id.in_(case_ids) | inbox.c.id.in_(of_activities))
    mails = tx.execute(found).all()
    ids, hashes = [row.id for row in mails], [row.sha256 for row in mails]
    _delete_dependents(tx, inbox, select(inbox.c.id).where(inbox.c.id.in_(ids)), counts)
    # An activity that belongs to another case by now, or a mail of the same bytes, still needs its own.
    blank = update(inbox).where(inbox.c.id.in_(ids))
    tx.execute(blank.values(state=InboxState.SKIPPED, reason=DELETED, **_BLANK))
    for table in (schema.raw_messages, schema.parsed_mails):
        kept = select(inbox.c.sha256).where(inbox.c.reason != DELETED)
        unused: ColumnElement[bool] = table.c.sha256.in_(hashes) & table.c.sha256.not_in(
            kept.where(inbox.c.sha256.in_(hashes))
        )
        counts[table.name] = tx.execute(delete(table).where(unused)).rowcount


def _files(tx: Tx, case_ids: Sequence[int]) -> list[str]:
    files, activities = schema.attached_files, schema.activities
    found = (
        select(files.c.sha256)
        .join(activities, activities.c.id == files.c.activity_id)
        .where(activities.c.case_id.in_(case_ids))
    )
    return [row.sha256 for row in tx.execute(found)]


def _delete_unused(tx: Tx, table: Table, users: Table, hashes: Sequence[str], counts: dict[str, int]) -> None:
    used = select(users.c.sha256).where(users.c.sha256.in_(hashes))
    unused: ColumnElement[bool] = table.c.sha256.in_(hashes) & table.c.sha256.not_in(used)
    counts[table.name] = tx.execute(delete(table).where(unused)).rowcount
