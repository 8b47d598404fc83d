"""Outgoing mail: frozen once, claimed under a lease with a fence, settled by whoever holds the newest claim."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, Select, and_, bindparam, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from mailcase.domain.outbox import Authorship, OutboxMessage, OutboxState, Recipient
from mailcase.store import schema
from mailcase.store.columns import fixed
from mailcase.store.mapping import Mapping
from mailcase.store.tx import Tx

_outbox = schema.outbox.c
_recipients = schema.outbox_recipients.c
MESSAGES = Mapping(schema.outbox, OutboxMessage, omit=("recipients",))
CUSTOMER_TEMPLATES = "customer/"
"""Templates of mail to customers: what the limits of automatic mail count."""
_SETTLED = ("state", "due_at", "attempts", "lease_until", "response", "sent_at")

_put = upsert(schema.outbox).on_conflict_do_nothing(index_elements=[_outbox.dedupe_key]).returning(_outbox.id)
_add_recipients = insert(schema.outbox_recipients)
_recipients_of = (
    select(_recipients.outbox_id, _recipients.address, _recipients.state, _recipients.response)
    .where(_recipients.outbox_id.in_(bindparam("keys", expanding=True)))
    .order_by(_recipients.outbox_id, _recipients.position)
)
_due = (
    MESSAGES.select.where(_outbox.state == fixed(OutboxState.QUEUED), _outbox.due_at <= bindparam("now"))
    .order_by(_outbox.due_at, _outbox.id)
    .limit(bindparam("limit"))
    .with_for_update(skip_locked=True)
)
_has_lapsed = and_(_outbox.state == fixed(OutboxState.SENDING), _outbox.lease_until <= bindparam("now"))
_lapsed_automatic = (
    MESSAGES.select.where(_has_lapsed, _outbox.authorship == fixed(Authorship.AUTOMATIC))
    .order_by(_outbox.id)
    .with_for_update(skip_locked=True)
)
_requeue_lapsed_human = (
    update(schema.outbox)
    .where(_has_lapsed, _outbox.authorship == fixed(Authorship.HUMAN))
    .values(state=fixed(OutboxState.QUEUED), due_at=bindparam("due"), lease_until=None, attempts=_outbox.attempts + 1)
)
_claim = (
    update(schema.outbox)
    .where(_outbox.id.in_(bindparam("keys", expanding=True)))
    .values(state=fixed(OutboxState.SENDING), lease_until=bindparam("until"), fence=_outbox.fence + 1)
)
_settle = (
    update(schema.outbox)
    .where(_outbox.id == bindparam("key"), _outbox.fence == bindparam("held"))
    .where(_outbox.state == fixed(OutboxState.SENDING))
    .values({name: bindparam(name) for name in _SETTLED})
)
_settle_recipient = (
    update(schema.outbox_recipients)
    .where(_recipients.outbox_id == bindparam("key"), _recipients.position == bindparam("place"))
    .values(state=bindparam("new_state"), response=bindparam("new_response"))
)
_by_message_id = MESSAGES.select.where(_outbox.message_id == bindparam("wanted")).order_by(_outbox.id).limit(1)
_of_case = MESSAGES.select.where(_outbox.case_id == bindparam("wanted")).order_by(_outbox.id)


def _count_since(*conditions: Any) -> Select[int]:  # of any column type
    return select(func.count(_recipients.outbox_id.distinct())).where(
        _recipients.automatic_at.is_not(None), *conditions
    )


_to_address = _recipients.address == bindparam("address")
_to_domain = _recipients.domain == bindparam("domain")
_last_hour = _recipients.automatic_at > bindparam("hour_ago")
_last_day = _recipients.automatic_at > bindparam("day_ago")
_count_automatic = select(
    _count_since(_to_address, _last_hour).label("to_address_last_hour"),
    _count_since(_to_address, _last_day).label("to_address_last_day"),
    _count_since(_to_domain, _last_hour).label("to_domain_last_hour"),
    _count_since(_last_hour).label("in_all_last_hour"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class AutomaticMail:
    """How much automatic mail was written to customers lately (GUARANTEES G11)."""

    to_address_last_hour: int
    to_address_last_day: int
    to_domain_last_hour: int
    in_all_last_hour: int


def put(tx: Tx, message: OutboxMessage) -> OutboxMessage | None:
    """Store a new mail and return it with its id, or None when one with its dedupe key is there already."""
    found = tx.execute(_put, MESSAGES.row(message)).scalar_one_or_none()
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
            "domain": _domain(recipient.address),
            "automatic_at": message.created_at if is_counted else None,
        }
        for position, recipient in enumerate(message.recipients)
    ]
    if rows:
        tx.execute(_add_recipients, rows)
    return replace(message, id=found)


def claim(tx: Tx, now: datetime, limit: int, lease: timedelta) -> list[OutboxMessage]:
    """Return up to `limit` mails that are due at `now`, now SENDING under a lease and a new fence, the longest due first.

    Commit before the first byte goes out. A human mail whose lease ran out is due again, with the same bytes; an
    automatic one never is (`give_up_lapsed`). On PostgreSQL leases run on the clock of the database.
    """
    clock = tx.clock(now)
    tx.execute(_requeue_lapsed_human, {"now": clock, "due": now})
    messages = _all(tx, _due, now=now, limit=limit)
    if messages:
        tx.execute(_claim, {"keys": [message.id for message in messages], "until": clock + lease})
    return [
        replace(message, state=OutboxState.SENDING, lease_until=clock + lease, fence=message.fence + 1)
        for message in messages
    ]


def give_up_lapsed(tx: Tx, now: datetime) -> list[OutboxMessage]:
    """Make the automatic mails UNCERTAIN whose daemon died while sending them, and return them."""
    found = _all(tx, _lapsed_automatic, now=tx.clock(now))
    response = "the daemon stopped while sending it"
    given_up = [
        replace(message, state=OutboxState.UNCERTAIN, due_at=None, lease_until=None, response=response)
        for message in found
    ]
    return [message for message in given_up if settle(tx, message, message.fence)]


def settle(tx: Tx, message: OutboxMessage, fence: int) -> bool:
    """Write how an attempt ended (`domain.outbox.settle`); False, and nothing written, when `fence` is an older claim."""
    row = {name: getattr(message, name) for name in _SETTLED}
    if tx.execute(_settle, row | {"key": message.id, "held": fence}).rowcount != 1:
        return False
    recipients = [
        {"key": message.id, "place": place, "new_state": recipient.state, "new_response": recipient.response}
        for place, recipient in enumerate(message.recipients)
    ]
    if recipients:
        tx.execute(_settle_recipient, recipients)
    return True


def get(tx: Tx, key: int) -> OutboxMessage | None:
    """Return the mail with the id `key`."""
    return _first(tx, MESSAGES.select.where(_outbox.id == bindparam("wanted")), wanted=key)


def by_message_id(tx: Tx, message_id: str) -> OutboxMessage | None:
    """Return the mail that was given `message_id` (without angle brackets)."""
    return _first(tx, _by_message_id, wanted=message_id)


def of_case(tx: Tx, case_id: int) -> list[OutboxMessage]:
    """Return the mails about a case, to customers and to agents, the oldest first."""
    return _all(tx, _of_case, wanted=case_id)


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
    return _all(tx, query)


def automatic_mail(tx: Tx, address: str, now: datetime) -> AutomaticMail:
    """Count the automatic mails to customers in the hour and the day before `now`: to `address`, its domain, in all."""
    parameters = {
        "address": address,
        "domain": _domain(address),
        "hour_ago": now - timedelta(hours=1),
        "day_ago": now - timedelta(days=1),
    }
    return AutomaticMail(**tx.execute(_count_automatic, parameters).one()._asdict())


def _domain(address: str) -> str:
    return address.rpartition("@")[2].lower()


def _first(tx: Tx, query: Select[Any], **parameters: Any) -> OutboxMessage | None:
    return next(iter(_all(tx, query, **parameters)), None)


def _all(tx: Tx, query: Select[Any], **parameters: Any) -> list[OutboxMessage]:
    rows = tx.execute(query, parameters).all()
    recipients = _recipients_by_message(tx, [row.id for row in rows])
    return [MESSAGES.value(row, recipients=tuple(recipients[row.id])) for row in rows]


def _recipients_by_message(tx: Tx, keys: Sequence[int]) -> defaultdict[int, list[Recipient]]:
    found: defaultdict[int, list[Recipient]] = defaultdict(list)
    rows: Iterable[Row[Any]] = tx.execute(_recipients_of, {"keys": keys}) if keys else ()
    for row in rows:
        found[row.outbox_id].append(Recipient(address=row.address, state=row.state, response=row.response))
    return found
