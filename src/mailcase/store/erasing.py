"""What is taken away for good: cases with all that belongs to them, and mails but for their line in the ledger.

The line of a received mail stays, empty: its server may still hold the mail, and without its UID and hash it would be
fetched and filed again. Of the audit log the lines stay, and lose what they say of the content.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, Table, Text, delete, func, select, type_coerce, update

from mailcase.domain.addressing import TAG
from mailcase.domain.case import Status
from mailcase.domain.inbox import InboxState
from mailcase.store import schema
from mailcase.store.columns import fixed
from mailcase.store.tx import Tx

ERASED = "erased"
"""Reason of a mail of which only its line in the ledger is left."""
BYTES_REMOVED = "bytes_removed"
"""Reason of a filed mail whose raw bytes are gone; what it said is still on its case."""
CANARY = "canary"
"""Template of a canary mail in the outbox, and the reason why it is skipped in the inbox."""
NOTHING = "{}"
"""What an audit record says of changes that were erased: the database lets it become this, and nothing else."""
BYTES = "bytes"
"""Under this name a count tells bytes of mails and files, beside the rows by table."""
_inbox, _cases, _raw = schema.inbox.c, schema.cases.c, schema.raw_messages.c
_is_closed = _cases.status != fixed(Status.ACTIVE)
_BLANK: dict[str, Any] = {  # values of columns
    "state": InboxState.SKIPPED,
    "reason": ERASED,
    "case_id": None,
    "message_id": None,
    **dict.fromkeys(("detail", "sender", "subject", "kind", "rule", "rulebook"), ""),
}


def closed_cases(tx: Tx, before: datetime, after: int, limit: int) -> list[int]:
    """Return cases, ids above `after` ascending, that are closed and untouched since `before` (UTC).

    One that was merged into another stays as long as that: answers to it still have to find their way.
    """
    query = select(_cases.id).where(_is_closed, _cases.modified_at < before, _cases.merged_into_id.is_(None))
    return _page(tx, query, _cases.id, after, limit)


def mails_of_closed_cases(tx: Tx, before: datetime, after: int, limit: int) -> list[int]:
    """Return filed mails, ids above `after` ascending, with their bytes, of cases closed and untouched since `before`."""
    query = (
        select(_inbox.id)
        .join(schema.cases, _cases.id == _inbox.case_id)
        .where(_inbox.state == fixed(InboxState.FILED), _inbox.reason != BYTES_REMOVED)
        .where(_is_closed, _cases.modified_at < before)
    )
    return _page(tx, query, _inbox.id, after, limit)


def skipped_mails(tx: Tx, before: datetime, after: int, limit: int) -> list[int]:
    """Return mails, ids above `after` ascending, that were skipped or discarded and came before `before` (UTC)."""
    is_skipped = _inbox.state == fixed(InboxState.SKIPPED)
    query = select(_inbox.id).where(is_skipped, _inbox.reason != ERASED, _inbox.received_at < before)
    return _page(tx, query, _inbox.id, after, limit)


def canaries_sent(tx: Tx, before: datetime, after: int, limit: int) -> list[int]:
    """Return canary mails, ids above `after` ascending, that went out before `before` (UTC)."""
    outbox = schema.outbox.c
    query = select(outbox.id).where(outbox.template == CANARY, outbox.created_at < before)
    return _page(tx, query, outbox.id, after, limit)


def canaries_returned(tx: Tx, before: datetime, after: int, limit: int) -> list[int]:
    """Return canary mails, ids above `after` ascending, that came back before `before` (UTC)."""
    is_skipped = _inbox.state == fixed(InboxState.SKIPPED)
    query = select(_inbox.id).where(is_skipped, _inbox.reason == CANARY, _inbox.received_at < before)
    return _page(tx, query, _inbox.id, after, limit)


def erase_sent(tx: Tx, ids: Sequence[int]) -> Counter[str]:
    """Delete outgoing mails."""
    return erase_rows(tx, schema.outbox, schema.outbox.c.id.in_(ids))


def _page(tx: Tx, query: Select[Any], key: ColumnElement[int], after: int, limit: int) -> list[int]:
    return list(tx.execute(query.where(key > after).order_by(key).limit(limit)).scalars())


def erase_cases(tx: Tx, ids: Sequence[int]) -> Counter[str]:
    """Take cases away with everything that refers to them, and the mails filed on them; return rows by table and bytes."""
    mails = list(tx.execute(select(_inbox.id).where(_inbox.case_id.in_(ids))).scalars())
    removed = erase_mails(tx, mails)
    removed += erase_files(tx, schema.activities.c.case_id.in_(ids))
    size = func.coalesce(func.sum(func.length(schema.outbox.c.raw)), 0)
    removed[BYTES] += int(tx.execute(select(size).where(schema.outbox.c.case_id.in_(ids))).scalar_one())
    for name in ("parent_id", "merged_into_id", "related_id"):
        tx.execute(update(schema.cases).where(_cases[name].in_(ids)).values({name: None}))
    _blank_audit(tx, "case", ids)
    return removed + erase_rows(tx, schema.cases, _cases.id.in_(ids))


def erase_rows(tx: Tx, table: Table, condition: ColumnElement[bool]) -> Counter[str]:
    """Delete rows of a table, and before them the rows of other tables that refer to them."""
    removed: Counter[str] = Counter()
    for other in schema.metadata.sorted_tables:
        for key in other.foreign_keys:
            if key.column.table is table and other is not table:
                removed += erase_rows(tx, other, key.parent.in_(select(key.column).where(condition)))
    removed[table.name] += tx.execute(delete(table).where(condition)).rowcount
    return +removed


def erase_files(tx: Tx, condition: ColumnElement[bool]) -> Counter[str]:
    """Delete the files of the activities that `condition` names, and the contents that no other activity has."""
    files = schema.attached_files.c
    of_these = files.activity_id.in_(select(schema.activities.c.id).where(condition))
    hashes = list(tx.execute(select(files.sha256).where(of_these).distinct()).scalars())
    removed = Counter({"attached_files": tx.execute(delete(schema.attached_files).where(of_these)).rowcount})
    blobs = schema.blobs.c
    is_orphan = blobs.sha256.in_(hashes) & ~select(files.id).where(files.sha256 == blobs.sha256).exists()
    return removed + _delete_bytes(tx, schema.blobs, blobs.content, is_orphan)


def erase_mails(tx: Tx, ids: Sequence[int]) -> Counter[str]:
    """Take received mails away: their bytes, what was read and decided of them, and what their line says of anybody."""
    removed = drop_bytes(tx, ids)
    for table in (schema.rulings, schema.fingerprints):
        removed[table.name] += tx.execute(delete(table).where(table.c.inbox_id.in_(ids))).rowcount
    removed["inbox"] += tx.execute(update(schema.inbox).where(_inbox.id.in_(ids)).values(_BLANK)).rowcount
    _blank_audit(tx, "inbox", ids)
    return +removed


def drop_bytes(tx: Tx, ids: Sequence[int]) -> Counter[str]:
    """Take the raw and the parsed bytes of mails away, unless another mail has the same; all else stays."""
    tx.execute(update(schema.inbox).where(_inbox.id.in_(ids)).values(reason=BYTES_REMOVED))
    return _drop_orphans(tx, ids)


def _drop_orphans(tx: Tx, ids: Sequence[int]) -> Counter[str]:
    hashes = set(tx.execute(select(_inbox.sha256).where(_inbox.id.in_(ids))).scalars())
    removed: Counter[str] = Counter()
    for table, content in ((schema.raw_messages, _raw.raw), (schema.parsed_mails, schema.parsed_mails.c.content)):
        key = table.c.sha256
        is_kept = select(_inbox.id).where(_inbox.sha256 == key, _inbox.reason.not_in((ERASED, BYTES_REMOVED))).exists()
        removed += _delete_bytes(tx, table, content, key.in_(hashes) & ~is_kept)
    return removed


def _delete_bytes(tx: Tx, table: Table, content: ColumnElement[bytes], condition: ColumnElement[bool]) -> Counter[str]:
    size = tx.execute(select(func.coalesce(func.sum(func.length(content)), 0)).where(condition)).scalar_one()
    return +Counter({table.name: tx.execute(delete(table).where(condition)).rowcount, BYTES: int(size)})


def _blank_audit(tx: Tx, kind: str, ids: Sequence[int]) -> None:
    audit = schema.audit.c
    of_these = (audit.object_type == kind) & audit.object_id.in_(ids) & (audit.changes != NOTHING)
    tx.execute(update(schema.audit).where(of_these).values(changes=NOTHING))


def mails_from(tx: Tx, senders: Sequence[str]) -> list[int]:
    """Return the received mails of these senders (canonical), whatever became of them."""
    wanted = select(_inbox.id).where(_inbox.sender.in_(senders), _inbox.reason != ERASED)
    return list(tx.execute(wanted.order_by(_inbox.id)).scalars())


def tagged_senders(tx: Tx, address: str) -> list[str]:
    """Return the senders of received mails who are `address` (canonical) with a plus-tag, and no contact of their own."""
    local, _, domain = address.rpartition("@")
    known = schema.contact_addresses.c.address
    query = select(_inbox.sender).where(
        _inbox.sender.startswith(f"{local}{TAG}", autoescape=True),
        _inbox.sender.endswith(f"@{domain}", autoescape=True),
        ~select(known).where(known == _inbox.sender).exists(),
    )
    return list(tx.execute(query.distinct().order_by(_inbox.sender)).scalars())


def cases_of(tx: Tx, contact_id: int) -> list[int]:
    """Return every case of a contact."""
    return list(tx.execute(select(_cases.id).where(_cases.contact_id == contact_id).order_by(_cases.id)).scalars())


def erase_activity(tx: Tx, case_id: int, key: int) -> None:
    """Delete one activity with its files, what the timeline says of it, and what `#undo` kept of the case's commands."""
    erase_files(tx, schema.activities.c.id == key)
    for table in (schema.message_index, schema.outbox):
        tx.execute(update(table).where(table.c.activity_id == key).values(activity_id=None))
    told = {"activity_id": None, "summary": f"({ERASED})"}
    tx.execute(update(schema.timeline).where(schema.timeline.c.activity_id == key).values(told))
    tx.execute(delete(schema.transcripts).where(schema.transcripts.c.case_id == case_id))
    tx.execute(delete(schema.activities).where(schema.activities.c.id == key))


def erase_words(tx: Tx, mails: Sequence[int]) -> Counter[str]:
    """Empty the activities that these received mails are on cases of others; that there was one stays."""
    activities = schema.activities.c
    of_these = activities.inbox_id.in_(mails)
    removed = erase_files(tx, of_these)
    known = schema.message_index.c.activity_id.in_(select(activities.id).where(of_these))
    removed["message_index"] += tx.execute(delete(schema.message_index).where(known)).rowcount
    blank = dict.fromkeys(("text", "subject", "sender"), "") | {"recipients": (), "message_id": None, "inbox_id": None}
    changed = tx.execute(update(schema.activities).where(of_these).values(blank)).rowcount
    return +(removed + Counter({"activities": changed}))


def drop_copied(tx: Tx, addresses: Sequence[str]) -> Counter[str]:
    """Take the addresses (canonical) out of the cases of others that they are copied on, and away from their answers.

    An address that was only written over would be one that no mail can go to.
    """
    changed: Counter[str] = Counter()
    for table, name in ((schema.cases, "cc"), (schema.drafts, "outsiders")):
        column: Any = table.c[name]  # a tuple of strings
        for address in addresses:
            held = type_coerce(column, Text).contains(address, autoescape=True)
            for row in tx.execute(select(table.c.id, column.label("listed")).where(held)).all():
                kept = tuple(one for one in row.listed if one not in addresses)
                is_it = table.c.id == row.id
                changed[table.name] += tx.execute(update(table).where(is_it).values({column: kept})).rowcount
    wanted = schema.activities.c.reply_to.in_(addresses)
    changed["activities"] += tx.execute(update(schema.activities).where(wanted).values(reply_to="")).rowcount
    return +changed


def erase_contact(tx: Tx, key: int) -> Counter[str]:
    """Delete a contact with its addresses; the cases have to be gone before."""
    return erase_rows(tx, schema.contacts, schema.contacts.c.id == key)


def erase_blob(tx: Tx, sha256: str) -> Counter[str]:
    """Delete a file wherever it is attached."""
    blobs, files = schema.blobs.c, schema.attached_files.c
    removed = Counter(
        {"attached_files": tx.execute(delete(schema.attached_files).where(files.sha256 == sha256)).rowcount}
    )
    return +(removed + _delete_bytes(tx, schema.blobs, blobs.content, blobs.sha256 == sha256))


def mails_with(tx: Tx, sha256: str) -> list[tuple[int, InboxState]]:
    """Return the received mails with these bytes, and where they stand."""
    found = tx.execute(select(_inbox.id, _inbox.state).where(_inbox.sha256 == sha256, _inbox.reason != ERASED))
    return [(row.id, row.state) for row in found]


def drop_sent_bytes(tx: Tx, key: int) -> Counter[str]:
    """Take the bytes of an outgoing mail away; it cannot be sent again."""
    outbox = schema.outbox.c
    size = tx.execute(select(func.length(outbox.raw)).where(outbox.id == key)).scalar_one()
    tx.execute(update(schema.outbox).where(outbox.id == key).values(raw=b""))
    return Counter({"outbox": 1, BYTES: int(size)})
