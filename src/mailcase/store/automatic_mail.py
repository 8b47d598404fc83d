"""How much automatic mail was written lately: what the limits are held against (GUARANTEES G11)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, bindparam, func, select

from mailcase.store import schema
from mailcase.store.outbox import domain_of
from mailcase.store.statement import Statement
from mailcase.store.tx import Tx

ADVISORY_LOCK = 0x61636B  # "ack": any number that nobody else takes for this
MAX_COUNTED = 1000
"""Beyond the highest limit nobody needs to know by how much: a flood must not make counting slow."""

_recipients = schema.outbox_recipients.c
_lock = Statement(select(func.pg_advisory_xact_lock(bindparam("number"), func.hashtext(bindparam("address")))))


def _count_since(*conditions: ColumnElement[bool]) -> Select[int]:
    found = select(_recipients.outbox_id).where(_recipients.automatic_at.is_not(None), *conditions)
    return select(func.count()).select_from(found.limit(MAX_COUNTED).subquery())


_to_address = _recipients.address == bindparam("address")
_to_domain = _recipients.domain == bindparam("domain")
_last_hour = _recipients.automatic_at > bindparam("hour_ago")
_last_day = _recipients.automatic_at > bindparam("day_ago")
_COUNTS = {
    "to_address_last_hour": _count_since(_to_address, _last_hour),
    "to_address_last_day": _count_since(_to_address, _last_day),
    "to_domain_last_hour": _count_since(_to_domain, _last_hour),
    "in_all_last_hour": _count_since(_last_hour),
}
_count_automatic = Statement(select(*(query.label(name) for name, query in _COUNTS.items())))


@dataclass(frozen=True, slots=True, kw_only=True)
class AutomaticMail:
    """How much automatic mail was written to customers lately (GUARANTEES G11), up to `MAX_COUNTED`."""

    to_address_last_hour: int
    to_address_last_day: int
    to_domain_last_hour: int
    in_all_last_hour: int


def lock(tx: Tx, address: str) -> None:
    """Keep other daemons from writing to `address` until the transaction ends: two of them would count alike."""
    if not tx.is_sqlite:  # there a writing transaction is alone
        tx.rows(_lock, {"number": ADVISORY_LOCK, "address": address})


def to_customers(tx: Tx, address: str, now: datetime) -> AutomaticMail:
    """Count the automatic mails to customers in the hour and the day before `now`: to `address`, its domain, in all."""
    parameters = {
        "address": address,
        "domain": domain_of(address),
        "hour_ago": now - timedelta(hours=1),
        "day_ago": now - timedelta(days=1),
    }
    (counts,) = tx.rows(_count_automatic, parameters)
    return AutomaticMail(**dict(zip(_COUNTS, counts, strict=True)))
