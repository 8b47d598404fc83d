"""Outgoing mail: frozen once, claimed under a lease with a fence, settled by whoever holds the newest claim."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import and_, bindparam, insert, not_, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from mailcase.domain.outbox import Authorship, OutboxMessage, OutboxState, Rank, Recipient, RecipientState, lapse
from mailcase.errors import StaleWrite
from mailcase.store import schema
from mailcase.store.columns import fixed
from mailcase.store.mapping import Mapping as RowMapping
from mailcase.store.statement import Listed, Parameters, Rows, Statement
from mailcase.store.tx import Tx

_outbox = schema.outbox.c
_recipients = schema.outbox_recipients.c
MESSAGES = RowMapping(schema.outbox, OutboxMessage, omit=("recipients",))
CUSTOMER_TEMPLATES = "customer/"
"""Templates of mail to customers: what the limits of automatic mail count (`store.automatic_mail`)."""
_SETTLED = ("state", "due_at", "attempts", "lease_until", "response", "sent_at")

_put = Statement(
    upsert(schema.outbox).on_conflict_do_nothing(index_elements=[_outbox.dedupe_key]).returning(_outbox.id),
    keys=MESSAGES.written,
)
_add_recipients = Statement(
    insert(schema.outbox_recipients),
    keys=("outbox_id", "position", "address", "state", "response", "domain", "automatic_at"),
)
_recipients_of = Listed(
    lambda listed: (
        select(_recipients.outbox_id, _recipients.address, _recipients.state, _recipients.response)
        .where(_recipients.outbox_id.in_(listed))
        .order_by(_recipients.outbox_id, _recipients.position)
    )
)
_first_due = (
    MESSAGES.select.where(_outbox.state == fixed(OutboxState.QUEUED), _outbox.due_at <= bindparam("now"))
    .order_by(_outbox.due_at, _outbox.id)
    .limit(bindparam("limit"))
    .with_for_update(skip_locked=True)
)
_due = Statement(_first_due)
_due_of_mailbox = _first_due.where(_outbox.mailbox == bindparam("wanted"))
_due_by_rank = {
    Rank.HUMAN: Statement(_due_of_mailbox.where(_outbox.authorship == fixed(Authorship.HUMAN))),
    Rank.AUTOMATIC: Statement(_due_of_mailbox.where(_outbox.authorship == fixed(Authorship.AUTOMATIC))),
    Rank.ADMIN: Statement(
        _due_of_mailbox.where(_outbox.authorship == fixed(Authorship.AUTOMATIC), _outbox.template.like("admin/%"))
    ),
}
_is_sending = _outbox.state == fixed(OutboxState.SENDING)
_has_lapsed = and_(_is_sending, _outbox.lease_until <= bindparam("now"))
# A claimed mail keeps the moment that it was due at until the server may get to see it.
_was_begun = _outbox.due_at.is_(None)
_lapsed_begun = Statement(
    MESSAGES.select.where(_has_lapsed, _was_begun)
    .order_by(_outbox.lease_until)  # by id, SQLite would walk through every mail there ever was
    .with_for_update(skip_locked=True)
)
_requeue_lapsed_untried = Statement(
    update(schema.outbox)
    # Those that a stopped daemon has locked are left for the next round.
    .where(_outbox.id.in_(select(_outbox.id).where(_has_lapsed, not_(_was_begun)).with_for_update(skip_locked=True)))
    .values(state=fixed(OutboxState.QUEUED), lease_until=None)
)
_end_leases = Statement(update(schema.outbox).where(_is_sending).values(lease_until=bindparam("now")))
_is_held = and_(_outbox.id == bindparam("key"), _outbox.fence == bindparam("held"), _is_sending)
_begin = Statement(update(schema.outbox).where(_is_held).values(due_at=None, lease_until=bindparam("until")))
_renew = Statement(
    update(schema.outbox)
    # A row that is being settled just now is left out: waiting for it would hold up all others.
    .where(_outbox.id.in_(select(_outbox.id).where(_is_held).with_for_update(skip_locked=True)))
    .values(lease_until=bindparam("until"))
)
_claim = Statement(
    update(schema.outbox)
    .where(_outbox.id == bindparam("key"))
    .values(state=fixed(OutboxState.SENDING), lease_until=bindparam("until"), fence=_outbox.fence + 1)
)
_settle = Statement(update(schema.outbox).where(_is_held).values({name: bindparam(name) for name in _SETTLED}))
_settle_recipient = Statement(
    update(schema.outbox_recipients)
    .where(_recipients.outbox_id == bindparam("key"), _recipients.position == bindparam("place"))
    .values(state=bindparam("new_state"), response=bindparam("new_response"))
)
_requeue = Statement(
    update(schema.outbox)
    .where(_outbox.id == bindparam("key"), _outbox.state == bindparam("old_state"))
    .values(state=fixed(OutboxState.QUEUED), due_at=bindparam("due"), attempts=0)
)
_by_id = Statement(MESSAGES.select.where(_outbox.id == bindparam("wanted")))
_by_message_id = Statement(
    MESSAGES.select.where(_outbox.message_id == bindparam("wanted")).order_by(_outbox.id).limit(1)
)
_is_known = Statement(select(_outbox.id).where(_outbox.dedupe_key == bindparam("wanted")))
_by_dedupe_key = Statement(MESSAGES.select.where(_outbox.dedupe_key == bindparam("wanted")))
_ids_of_case = Statement(select(_outbox.message_id).where(_outbox.case_id == bindparam("wanted")))
_of_case = Statement(MESSAGES.select.where(_outbox.case_id == bindparam("wanted")).order_by(_outbox.id))


def put(tx: Tx, message: OutboxMessage) -> OutboxMessage | None:
    """Store a new mail and return it with its id, or None when one with its dedupe key is there already."""
    found = tx.scalar(_put, MESSAGES.row(message))
    if found is None:
        return None
    is_counted = message.authorship is Authorship.AUTOMATIC and message.template.startswith(CUSTOMER_TEMPLATES)
    rows = [
        {
            "outbox_id": found,
            "position": position,
            "address": recipient.address,
            "state": recipient.state,
            "response": recipient.response,
            "domain": domain_of(recipient.address),
            "automatic_at": message.created_at if is_counted else None,
        }
        for position, recipient in enumerate(message.recipients)
    ]
    tx.write_many(_add_recipients, rows)
    return replace(message, id=found)


def is_known(tx: Tx, dedupe_key: str) -> bool:
    """Return whether a mail with this dedupe key was ever stored."""
    return tx.scalar(_is_known, {"wanted": dedupe_key}) is not None


def claim(tx: Tx, now: datetime, limit: int, lease: timedelta) -> list[OutboxMessage]:
    """Return up to `limit` mails that are due at `now`, now SENDING under a lease and a new fence, the longest due first.

    `begin` each before its first byte goes out. A mail that was not begun when its lease ran out is due as before; `end_lapsed`
    is for those that were. On PostgreSQL leases run on the clock of the database.
    """
    clock = _requeue_lapsed(tx, now)
    return _taken(tx, _all(tx, _due, {"now": now, "limit": limit}), clock + lease)


def claim_of(
    tx: Tx, now: datetime, limit: int, lease: timedelta, mailboxes: Sequence[str], ranks: Sequence[Rank]
) -> list[OutboxMessage]:
    """Claim as `claim` does, only mail of these mailboxes and ranks: all that is due of a rank goes before the next."""
    clock = _requeue_lapsed(tx, now)
    messages: list[OutboxMessage] = []
    for rank in ranks:
        for mailbox in mailboxes:
            left = limit - len(messages)
            if left > 0:
                wanted = {"now": now, "limit": left, "wanted": mailbox}
                messages += _all(tx, _due_by_rank[rank], wanted)
    return _taken(tx, messages, clock + lease)


def _requeue_lapsed(tx: Tx, now: datetime) -> datetime:
    """Make what others claimed and left behind due again; return the time that leases run on."""
    clock = tx.clock(now)
    tx.write(_requeue_lapsed_untried, {"now": clock})
    return clock


def _taken(tx: Tx, messages: Sequence[OutboxMessage], until: datetime) -> list[OutboxMessage]:
    tx.write_many(_claim, [{"key": message.id, "until": until} for message in messages])
    return [
        replace(message, state=OutboxState.SENDING, lease_until=until, fence=message.fence + 1) for message in messages
    ]


def begin(tx: Tx, message: OutboxMessage, lease: timedelta, now: datetime) -> bool:
    """Write that the server may see this claimed mail from now on; False when another daemon has claimed it since.

    The claim then lasts for another `lease`. Commit before the first byte goes out.
    """
    return tx.count(_begin, [{"key": message.id, "held": message.fence, "until": tx.clock(now) + lease}]) == 1


def renew(tx: Tx, claimed: Mapping[int, int], lease: timedelta, now: datetime) -> frozenset[int]:
    """Keep mails, `claimed` by id with these fences, for `lease` from now; return those that are still ours."""
    until = tx.clock(now) + lease
    return frozenset(
        key for key, fence in sorted(claimed.items()) if tx.count(_renew, [{"key": key, "held": fence, "until": until}])
    )


def end_leases(tx: Tx, now: datetime) -> None:
    """End the leases of all claimed mails: for who knows that the daemons which claimed them are gone."""
    tx.write(_end_leases, {"now": tx.clock(now)})


def end_lapsed(tx: Tx, now: datetime, in_hand: Collection[int] = ()) -> list[OutboxMessage]:
    """Settle the mails whose daemon died while sending them (`domain.outbox.lapse`), and return them as they then are.

    Those with an id `in_hand` are being sent by who asks, however long that takes and whatever the clock says.
    """
    lapsed = _all(tx, _lapsed_begun, {"now": tx.clock(now)})
    ended = [lapse(message, now) for message in lapsed if message.id not in in_hand]
    return [message for message in ended if settle(tx, message, message.fence)]


def settle(tx: Tx, message: OutboxMessage, fence: int) -> bool:
    """Write how an attempt ended (`domain.outbox.settle`); False, and nothing written, when `fence` is an older claim."""
    row = {name: getattr(message, name) for name in _SETTLED}
    if tx.count(_settle, [row | {"key": message.id, "held": fence}]) != 1:
        return False
    _write_recipients(tx, message.id, message.recipients)
    return True


def _write_recipients(tx: Tx, key: int, recipients: tuple[Recipient, ...]) -> None:
    rows = [
        {"key": key, "place": place, "new_state": recipient.state, "new_response": recipient.response}
        for place, recipient in enumerate(recipients)
    ]
    tx.write_many(_settle_recipient, rows)


def requeue(tx: Tx, message: OutboxMessage, now: datetime) -> OutboxMessage:
    """Make a dead or uncertain mail due at `now`, for the recipients that did not get it; its bytes stay.

    Raises StaleWrite when its state changed.
    """
    if tx.count(_requeue, [{"key": message.id, "old_state": message.state, "due": now}]) != 1:
        raise StaleWrite(f"Mail {message.id} is no longer {message.state}.")
    recipients = tuple(
        one if one.state is RecipientState.ACCEPTED else replace(one, state=RecipientState.PENDING)
        for one in message.recipients
    )
    _write_recipients(tx, message.id, recipients)
    return replace(message, state=OutboxState.QUEUED, due_at=now, attempts=0, recipients=recipients)


def get(tx: Tx, key: int) -> OutboxMessage | None:
    """Return the mail with the id `key`."""
    return _first(tx, _by_id, {"wanted": key})


def by_dedupe_key(tx: Tx, dedupe_key: str) -> OutboxMessage | None:
    """Return the mail with this dedupe key."""
    return _first(tx, _by_dedupe_key, {"wanted": dedupe_key})


def by_message_id(tx: Tx, message_id: str) -> OutboxMessage | None:
    """Return the mail that was given `message_id` (without angle brackets)."""
    return _first(tx, _by_message_id, {"wanted": message_id})


def message_ids(tx: Tx, case_id: int) -> list[str]:
    """Return the Message-IDs of the mails about a case (without angle brackets)."""
    return [found for (found,) in tx.rows(_ids_of_case, {"wanted": case_id})]


def of_case(tx: Tx, case_id: int) -> list[OutboxMessage]:
    """Return the mails about a case, to customers and to agents, the oldest first."""
    return _all(tx, _of_case, {"wanted": case_id})


def find(
    tx: Tx,
    *,
    state: OutboxState | None = None,
    mailbox: str | None = None,
    limit: int = 50,
    before_id: int | None = None,
) -> list[OutboxMessage]:
    """Return mails, the newest first, of this state and mailbox if given, with an id below `before_id` if given."""
    query = MESSAGES.select.order_by(_outbox.id.desc()).limit(limit)
    if state is not None:
        query = query.where(_outbox.state == fixed(state))
    if mailbox is not None:
        query = query.where(_outbox.mailbox == mailbox)
    if before_id is not None:
        query = query.where(_outbox.id < before_id)
    return _with_recipients(tx, [tuple(row) for row in tx.execute(query)])


def domain_of(address: str) -> str:
    """Return the domain of a recipient as it is stored."""
    return address.rpartition("@")[2].lower()


def _first(tx: Tx, query: Statement, parameters: Parameters) -> OutboxMessage | None:
    return next(iter(_all(tx, query, parameters)), None)


def _all(tx: Tx, query: Statement, parameters: Parameters) -> list[OutboxMessage]:
    return _with_recipients(tx, tx.rows(query, parameters))


def _with_recipients(tx: Tx, rows: Rows) -> list[OutboxMessage]:
    found: defaultdict[int, list[Recipient]] = defaultdict(list)
    place = MESSAGES.names.index("id")
    for key, address, state, response in tx.listed(_recipients_of, [row[place] for row in rows]):
        found[key].append(Recipient(address=address, state=state, response=response))
    return [MESSAGES.value(row, recipients=tuple(found[row[place]])) for row in rows]
