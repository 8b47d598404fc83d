"""Entitlements, and the ledger of what cases took from them, to which entries are only ever added."""

from collections.abc import Iterable
from dataclasses import fields
from datetime import datetime
from typing import Any

from sqlalchemy import Select, bindparam, func, or_, select
from sqlalchemy import insert as into

from mailcase.domain.entitlement import Channel, Entitlement
from mailcase.domain.entitlement_ledger import Entry, Standing
from mailcase.store import schema
from mailcase.store.mapping import Mapping
from mailcase.store.statement import Statement
from mailcase.store.tx import Tx


class _Mapping(Mapping[Entitlement]):
    """As any other, but the channels are stored as pairs of origin and total."""

    def row(self, value: Entitlement) -> dict[str, Any]:
        row = super().row(value)
        return row | {"channels": tuple((one.origin, str(one.total)) for one in value.channels)}

    def value(self, row: tuple[Any, ...], **others: Any) -> Entitlement:
        named = dict(zip(self.names, row, strict=True))
        channels = tuple(Channel(origin=origin, total=int(total)) for origin, total in named.pop("channels"))
        return self.kind(**named, channels=channels, **others)


ENTITLEMENTS = _Mapping(schema.entitlements, Entitlement)
_own = schema.entitlements.c
_entries = schema.entitlement_entries.c
ENTRY = tuple(field.name for field in fields(Entry))
_of_customer = Statement(
    ENTITLEMENTS.select.where(
        or_(_own.account_id == bindparam("account"), _own.contact_id == bindparam("contact"))
    ).order_by(_own.id)
)
_of_key = Statement(ENTITLEMENTS.select.where(_own.agreement == bindparam("wanted")).order_by(_own.starts_at, _own.id))
_locked = Statement(ENTITLEMENTS.select.where(_own.id == bindparam("wanted")).with_for_update())
_renewing = Statement(
    ENTITLEMENTS.select.where(
        _own.renews,
        _own.ends_at <= bindparam("before"),
        _own.cancelled_at.is_(None),
        _own.activated_at.is_not(None),
    )
    .order_by(_own.ends_at, _own.id)
    .limit(bindparam("limit"))
)
_select_entries: Select[Any] = select(*(_entries[name] for name in ENTRY)).order_by(_entries.id)
_of_case = Statement(
    _select_entries.where(_entries.entitlement_id == bindparam("wanted"), _entries.case_id == bindparam("of_case"))
)
_add_entry = Statement(into(schema.entitlement_entries), keys=ENTRY)
_taken = Statement(
    select(_entries.origin, func.sum(_entries.amount).label("amount"))
    .where(_entries.entitlement_id == bindparam("wanted"))
    .group_by(_entries.origin)
    .order_by(_entries.origin)
)


def insert(tx: Tx, entitlement: Entitlement) -> Entitlement:
    """Store a new entitlement and return it with its id."""
    return ENTITLEMENTS.insert(tx, entitlement)


def update(tx: Tx, entitlement: Entitlement) -> Entitlement:
    """Write an entitlement and return it with its new version; StaleWrite when somebody else wrote it meanwhile."""
    return ENTITLEMENTS.update(tx, entitlement)


def get(tx: Tx, key: int) -> Entitlement | None:
    """Return the entitlement with the id `key`."""
    return ENTITLEMENTS.get(tx, key)


def locked(tx: Tx, key: int) -> Entitlement | None:
    """Return the entitlement with the id `key`; on PostgreSQL nobody else takes from it until `tx` ends."""
    return ENTITLEMENTS.first(tx, _locked, {"wanted": key})


def of_customer(tx: Tx, account_id: int | None, contact_id: int | None) -> list[Entitlement]:
    """Return the entitlements of an account and of a contact, over or not, the oldest first."""
    return ENTITLEMENTS.all(tx, _of_customer, {"account": account_id, "contact": contact_id})


def of_key(tx: Tx, key: str) -> list[Entitlement]:
    """Return the entitlement of the rule files with this key and its renewals, in the order in which they start."""
    return ENTITLEMENTS.all(tx, _of_key, {"wanted": key})


def find(tx: Tx, limit: int | None = None) -> list[Entitlement]:
    """Return the newest entitlements, the newest first; all without a `limit`."""
    return ENTITLEMENTS.find(tx, ENTITLEMENTS.select.order_by(_own.id.desc()).limit(limit))


def renewing(tx: Tx, before: datetime, limit: int) -> list[Entitlement]:
    """Return up to `limit` active entitlements that renew themselves and end at or before `before`."""
    return ENTITLEMENTS.all(tx, _renewing, {"before": before, "limit": limit})


def append(tx: Tx, entries: Iterable[Entry]) -> None:
    """Store new entries of a ledger, in this order; StaleWrite when one was entered by another hand meanwhile."""
    tx.write_many(_add_entry, [{name: getattr(entry, name) for name in ENTRY} for entry in entries])


def entries(tx: Tx, entitlement_id: int, case_id: int | None = None) -> list[Entry]:
    """Return the ledger of an entitlement, or what one case has to do with it, the oldest entry first."""
    if case_id is not None:
        rows = tx.rows(_of_case, {"wanted": entitlement_id, "of_case": case_id})
    else:
        rows = [tuple(row) for row in tx.execute(_select_entries.where(_entries.entitlement_id == entitlement_id))]
    return [Entry(**dict(zip(ENTRY, row, strict=True))) for row in rows]


def standing(tx: Tx, entitlement: Entitlement) -> Standing:
    """Return the entitlement with what its cases took."""
    rows = tx.rows(_taken, {"wanted": entitlement.id})
    return Standing(entitlement=entitlement, taken=tuple((origin, int(amount)) for origin, amount in rows if amount))
