"""Received mail: stored first, claimed, settled, and acknowledged on its server."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import bindparam, func, or_, select, text, type_coerce, update
from sqlalchemy.dialects.postgresql import insert as upsert

from mailcase.domain.inbox import InboxMessage, InboxState, Source
from mailcase.errors import StaleWrite
from mailcase.store import schema
from mailcase.store.columns import Moment, fixed
from mailcase.store.mapping import Mapping as RowMapping
from mailcase.store.statement import Listed, Statement
from mailcase.store.tx import Tx

_inbox = schema.inbox.c
_raw = schema.raw_messages.c
MESSAGES = RowMapping(schema.inbox, InboxMessage)

_SETTLED = (
    "state", "reason", "detail", "next_attempt_at", "message_id", "sender", "subject", "kind", "case_id", "rule",
    "rulebook", "settled_at",
)  # fmt: skip
_put = Statement(upsert(schema.inbox).on_conflict_do_nothing(), keys=MESSAGES.written)
_put_raw = Statement(upsert(schema.raw_messages).on_conflict_do_nothing(), keys=("sha256", "raw"))
_is_received = _inbox.state == fixed(InboxState.RECEIVED)
_next = Statement(
    MESSAGES.select.where(_is_received)
    .where(or_(_inbox.next_attempt_at.is_(None), _inbox.next_attempt_at <= bindparam("now")))
    .where(or_(_inbox.lease_until.is_(None), _inbox.lease_until <= bindparam("clock")))
    .order_by(_inbox.id)
    .limit(bindparam("limit"))
    .with_for_update(skip_locked=True)
)
_raw_of = Statement(select(_raw.raw).where(_raw.sha256 == bindparam("key")))
# The number of attempts is the fence: whoever comes late with an older one changes nothing.
_is_mine = (_inbox.id == bindparam("key")) & _is_received & (_inbox.attempts == bindparam("old_attempts"))
_begin_attempt = Statement(
    update(schema.inbox).where(_is_mine).values(attempts=_inbox.attempts + 1, lease_until=bindparam("until"))
)
_postpone = Statement(update(schema.inbox).where(_is_mine).values(next_attempt_at=bindparam("later"), lease_until=None))
_renew = Statement(
    update(schema.inbox)
    # A row that is being settled just now is left out: waiting for it would hold up all others.
    .where(_inbox.id.in_(select(_inbox.id).where(_is_mine).with_for_update(skip_locked=True)))
    .values(lease_until=bindparam("until"))
)
_end_leases = Statement(update(schema.inbox).where(_is_received).values(lease_until=None))
_settle = Statement(
    update(schema.inbox).where(_is_mine).values({name: bindparam(name) for name in _SETTLED} | {"lease_until": None})
)
_by_uid = Statement(
    MESSAGES.select.where(
        _inbox.mailbox == bindparam("mailbox"),
        _inbox.uidvalidity == bindparam("uidvalidity"),
        _inbox.uid == bindparam("uid"),
    )
)
_requeue = Statement(
    update(schema.inbox)
    .where(_inbox.id == bindparam("key"), _inbox.state == bindparam("old_state"))
    .values(state=fixed(InboxState.RECEIVED), attempts=0, next_attempt_at=None, lease_until=None, reason="", detail="")
)
_uids = Statement(
    select(_inbox.uid)
    .where(_inbox.mailbox == bindparam("mailbox"), _inbox.uidvalidity == bindparam("uidvalidity"))
    .order_by(_inbox.uid)
)
_by_message_id = Statement(
    MESSAGES.select.where(_inbox.message_id == bindparam("wanted")).order_by(_inbox.id).limit(bindparam("limit"))
)
# The condition is the index's own, word for word: SQLite takes a partial index for no other.
_arrival_before = Statement(
    select(func.coalesce(_inbox.internal_date, _inbox.received_at))
    .where(text(schema.HAS_SENDER), _inbox.sender == bindparam("wanted"), _inbox.id < bindparam("key"))
    .where(_inbox.source != fixed(Source.FILE), _inbox.is_quiet.is_(False))
    .order_by(_inbox.id.desc())
    .limit(1)
    .offset(bindparam("skipped"))
)
_count_held = Statement(select(func.count()).where(_inbox.state == fixed(InboxState.HELD)))
_waiting = Statement(
    select(_inbox.mailbox, func.count(), type_coerce(func.min(_inbox.received_at), Moment))
    .where(_is_received)
    .group_by(_inbox.mailbox)
)
_known = Listed(
    lambda listed: (
        select(_inbox.sha256, _inbox.mailbox, _inbox.uidvalidity, _inbox.source)
        .where(_inbox.sha256.in_(listed))
        .order_by(_inbox.sha256)
    )
)
_is_unacknowledged = (_inbox.acknowledged_at.is_(None)) & (_inbox.source == fixed(Source.IMAP))
_unacknowledged = Statement(
    select(_inbox.uid)
    .where(_is_unacknowledged)
    .where(_inbox.mailbox == bindparam("mailbox"), _inbox.uidvalidity == bindparam("uidvalidity"))
    .order_by(_inbox.uid)
)
_acknowledge = Statement(
    update(schema.inbox)
    .where(_is_unacknowledged)
    .where(_inbox.mailbox == bindparam("box"), _inbox.uidvalidity == bindparam("validity"))
    .where(_inbox.uid == bindparam("number"))
    .values(acknowledged_at=bindparam("now"))
)


def put_many(tx: Tx, messages: Iterable[tuple[InboxMessage, bytes]]) -> int:
    """Store messages with their raw bytes; return how many were new.

    One that is stored already, by (mailbox, uidvalidity, uid), is left as it is.
    """
    pairs = list(messages)
    if not pairs:
        return 0
    raw = {message.sha256: content for message, content in pairs}
    # In one order everywhere, so that two daemons that store the same mails never wait for each other in a circle.
    tx.write_many(_put_raw, [{"sha256": sha256, "raw": raw[sha256]} for sha256 in sorted(raw)])
    rows = [MESSAGES.row(message) for message, _ in pairs]
    rows.sort(key=lambda row: (row["mailbox"], row["uidvalidity"], row["uid"]))
    return tx.count(_put, rows)


def known_before(tx: Tx, mailbox: str, uidvalidity: int, hashes: Sequence[str]) -> frozenset[str]:
    """Return which of the hex digests `hashes` the mailbox had under another uidvalidity, before it was renumbered."""
    return frozenset(
        sha256
        for sha256, where, validity, source in tx.listed(_known, hashes)
        if where == mailbox and validity != uidvalidity and source is Source.IMAP
    )


def next_received(tx: Tx, now: datetime, limit: int) -> list[InboxMessage]:
    """Return up to `limit` messages that are due for filing at `now` and in nobody's hands, in the order of receipt.

    On PostgreSQL they are locked until `tx` ends and those that another daemon has locked are left out.
    """
    return MESSAGES.all(tx, _next, {"now": now, "limit": limit, "clock": tx.clock(now)})


def begin_attempts(tx: Tx, messages: Sequence[InboxMessage], lease: timedelta, now: datetime) -> list[InboxMessage]:
    """Count one more attempt at each of `messages`; nobody else takes them for `lease`, which can be renewed.

    To be committed before a mail is touched: one that kills the daemon is then held after its last attempt.
    The transaction ends with StaleWrite when somebody else took one of them. On PostgreSQL leases run on its clock.
    """
    until = tx.clock(now) + lease
    rows = [{"key": message.id, "old_attempts": message.attempts, "until": until} for message in messages]
    numbers = ", ".join(str(message.id) for message in messages)
    tx.write_many(_begin_attempt, rows, stale=f"One of the mails {numbers} was taken by another daemon.")
    return [replace(message, attempts=message.attempts + 1, lease_until=until) for message in messages]


def renew(tx: Tx, taken: Mapping[int, int], lease: timedelta, now: datetime) -> frozenset[int]:
    """Keep mails, `taken` by id at these attempts, for `lease` from now; return those that are still in our hands."""
    until = tx.clock(now) + lease
    return frozenset(
        key
        for key, attempts in sorted(taken.items())
        if tx.count(_renew, [{"key": key, "old_attempts": attempts, "until": until}])
    )


def postpone(tx: Tx, message: InboxMessage, next_attempt_at: datetime) -> None:
    """End an attempt that failed: nobody tries again before `next_attempt_at` (UTC).

    The transaction ends with StaleWrite when another attempt began or ended meanwhile.
    """
    row = {"key": message.id, "old_attempts": message.attempts, "later": next_attempt_at}
    tx.write(_postpone, row, stale=f"Mail {message.id} was taken by another daemon.")


def is_in_hand(tx: Tx, message: InboxMessage) -> bool:
    """Return whether the newest attempt at a RECEIVED message is the one that `message` was taken for."""
    found = get(tx, message.id)
    return found is not None and (found.state, found.attempts) == (InboxState.RECEIVED, message.attempts)


def end_leases(tx: Tx) -> None:
    """Let go of all mails that were taken: for who knows that the daemons which took them are gone."""
    tx.write(_end_leases, {})


def raw(tx: Tx, sha256: str) -> bytes | None:
    """Return the raw bytes stored under the hex digest `sha256`."""
    found: bytes | None = tx.scalar(_raw_of, {"key": sha256})
    return found


def settle(tx: Tx, message: InboxMessage) -> None:
    """Write how an attempt at a RECEIVED message ended: its state and all that was learned about it.

    The transaction ends with StaleWrite, so that all of it is void, when another attempt began or ended meanwhile.
    """
    row = {name: getattr(message, name) for name in _SETTLED}
    row |= {"key": message.id, "old_attempts": message.attempts}
    tx.write(_settle, row, stale=f"Mail {message.id} was settled by another daemon.")


def requeue(tx: Tx, message: InboxMessage) -> InboxMessage:
    """Make a held or skipped message RECEIVED again, with all its attempts. Raises StaleWrite when its state changed."""
    if tx.count(_requeue, [{"key": message.id, "old_state": message.state}]) != 1:
        raise StaleWrite(f"Mail {message.id} is no longer {message.state}.")
    return replace(
        message,
        state=InboxState.RECEIVED,
        attempts=0,
        next_attempt_at=None,
        lease_until=None,
        reason="",
        detail="",
    )


def get(tx: Tx, key: int) -> InboxMessage | None:
    """Return the message with the id `key`."""
    return MESSAGES.get(tx, key)


def by_uid(tx: Tx, mailbox: str, uidvalidity: int, uid: int) -> InboxMessage | None:
    """Return the mail that the server of a mailbox knows by this uidvalidity and UID."""
    return MESSAGES.first(tx, _by_uid, {"mailbox": mailbox, "uidvalidity": uidvalidity, "uid": uid})


def uids(tx: Tx, mailbox: str, uidvalidity: int) -> list[int]:
    """Return the UIDs that are stored of a mailbox under this uidvalidity, lowest first: the ledger of what was taken."""
    return [uid for (uid,) in tx.rows(_uids, {"mailbox": mailbox, "uidvalidity": uidvalidity})]


def by_message_id(tx: Tx, message_id: str, limit: int = 10) -> list[InboxMessage]:
    """Return messages that call themselves `message_id` (without angle brackets), the oldest first."""
    return MESSAGES.all(tx, _by_message_id, {"wanted": message_id, "limit": limit})


def arrival_before(tx: Tx, sender: str, key: int, count: int) -> datetime | None:
    """Return when the mail came that is the `count`-th before the mail `key` from `sender` (canonical), if there is one.

    Files given by hand and older mail that was filed for the record do not count.
    """
    found: datetime | None = tx.scalar(_arrival_before, {"wanted": sender, "key": key, "skipped": count - 1})
    return found


def find(
    tx: Tx,
    *,
    state: InboxState | None = None,
    mailbox: str | None = None,
    limit: int = 50,
    before_id: int | None = None,
) -> list[InboxMessage]:
    """Return messages, the newest first, of this state and mailbox if given, with an id below `before_id` if given."""
    query = MESSAGES.select.order_by(_inbox.id.desc()).limit(limit)
    if state is not None:
        query = query.where(_inbox.state == fixed(state))
    if mailbox is not None:
        query = query.where(_inbox.mailbox == mailbox)
    if before_id is not None:
        query = query.where(_inbox.id < before_id)
    return MESSAGES.find(tx, query)


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """Mail of a mailbox that is stored and not filed yet."""

    count: int
    oldest: datetime
    """When the oldest of them was stored, UTC."""


def waiting(tx: Tx) -> dict[str, Waiting]:
    """Return what waits to be filed, by mailbox; one without any is left out."""
    return {mailbox: Waiting(count=count, oldest=oldest) for mailbox, count, oldest in tx.rows(_waiting)}


def count_held(tx: Tx) -> int:
    """Return how many mails are held."""
    found: int = tx.scalar(_count_held)
    return found


def unacknowledged(tx: Tx, mailbox: str, uidvalidity: int) -> list[int]:
    """Return the UIDs, lowest first, that are stored but not yet acknowledged on the server."""
    return [uid for (uid,) in tx.rows(_unacknowledged, {"mailbox": mailbox, "uidvalidity": uidvalidity})]


def mark_acknowledged(tx: Tx, mailbox: str, uidvalidity: int, uids: Iterable[int], now: datetime) -> None:
    """Write that the server was told at `now` (UTC) that these messages are stored."""
    rows = [{"box": mailbox, "validity": uidvalidity, "number": uid, "now": now} for uid in uids]
    tx.write_many(_acknowledge, rows)
