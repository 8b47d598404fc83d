"""How much automatic mail was written lately: what the limits are held against (GUARANTEES G11)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, select

from mailcase.store import schema
from mailcase.store.outbox import domain_of
from mailcase.store.statement import Statement
from mailcase.store.tx import Tx

LIKE_ESCAPE = "\\"
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
# name+anything@ reaches the same person on most servers. By its domain, which is indexed, and not by a range of addresses,
# whose order differs between databases.
_to_tagged = and_(_to_domain, _recipients.address.like(bindparam("tagged"), escape=LIKE_ESCAPE))
_last_hour = _recipients.automatic_at > bindparam("hour_ago")
_last_day = _recipients.automatic_at > bindparam("day_ago")
_COUNTS = {
    "to_address_last_hour": _count_since(_to_address, _last_hour),
    "to_address_last_day": _count_since(_to_address, _last_day),
    "to_tagged_last_hour": _count_since(_to_tagged, _last_hour),
    "to_tagged_last_day": _count_since(_to_tagged, _last_day),
    "to_domain_last_hour": _count_since(_to_domain, _last_hour),
    "in_all_last_hour": _count_since(_last_hour),
}
_count_automatic = Statement(select(*(query.label(name) for name, query in _COUNTS.items())))


@dataclass(frozen=True, slots=True, kw_only=True)
class AutomaticMail:
    """How much automatic mail was written to customers lately (GUARANTEES G11), up to `MAX_COUNTED`."""

    to_address_last_hour: int
    """To the address, with whatever plus-tag."""
    to_address_last_day: int
    to_domain_last_hour: int
    in_all_last_hour: int


def lock(tx: Tx, address: str) -> None:
    """Keep other daemons from writing to `address` until the transaction ends: two of them would count alike."""
    if not tx.is_sqlite:  # there a writing transaction is alone
        tx.rows(_lock, {"number": ADVISORY_LOCK, "address": _untagged(address)})


def to_customers(tx: Tx, address: str, now: datetime) -> AutomaticMail:
    """Count the automatic mails to customers in the hour and the day before `now`: to `address`, its domain, in all."""
    plain = _untagged(address)
    local, _, domain = plain.rpartition("@")
    parameters = {
        "address": plain,
        "tagged": f"{_literally(local)}+%@{_literally(domain)}",
        "domain": domain_of(address),
        "hour_ago": now - timedelta(hours=1),
        "day_ago": now - timedelta(days=1),
    }
    (counts,) = tx.rows(_count_automatic, parameters)
    found = dict(zip(_COUNTS, counts, strict=True))
    return AutomaticMail(
        to_address_last_hour=found["to_address_last_hour"] + found["to_tagged_last_hour"],
        to_address_last_day=found["to_address_last_day"] + found["to_tagged_last_day"],
        to_domain_last_hour=found["to_domain_last_hour"],
        in_all_last_hour=found["in_all_last_hour"],
    )


def _untagged(address: str) -> str:
    """Return an address without its plus-tag (RFC 5233)."""
    local, at, domain = address.rpartition("@")
    return f"{local.partition('+')[0]}{at}{domain}"


def _literally(text: str) -> str:
    """Return a text as LIKE takes it for itself."""
    for special in (LIKE_ESCAPE, "%", "_"):
        text = text.replace(special, LIKE_ESCAPE + special)
    return text
