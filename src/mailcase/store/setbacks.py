"""Errands that failed, and until when they are put off."""

from datetime import datetime
from functools import reduce

from sqlalchemy import ColumnElement, String, bindparam, cast, delete, func, select, update

from mailcase.domain.setback import Errand, Setback
from mailcase.store import schema
from mailcase.store.columns import fixed
from mailcase.store.mapping import Mapping
from mailcase.store.statement import Statement
from mailcase.store.tx import Tx

SETBACKS = Mapping(schema.setbacks, Setback)
_setbacks = schema.setbacks.c
_is_wanted = (_setbacks.errand == bindparam("wanted"), _setbacks.about == bindparam("of_key"))
_get = Statement(SETBACKS.select.where(*_is_wanted))
_end = Statement(delete(schema.setbacks).where(*_is_wanted))
_keys = Statement(select(_setbacks.about).where(_setbacks.errand == bindparam("wanted")))
_put_off = Statement(
    select(_setbacks.about).where(_setbacks.errand == bindparam("wanted"), _setbacks.again_at > bindparam("now"))
)
_hurry = Statement(
    update(schema.setbacks).where(_setbacks.again_at > bindparam("now")).values(again_at=bindparam("now"))
)
_forget = Statement(delete(schema.setbacks).where(_setbacks.again_at < bindparam("before")))
_newest = Statement(SETBACKS.select.order_by(_setbacks.failed_at.desc(), _setbacks.id).limit(bindparam("limit")))
_of_case = Statement(SETBACKS.select.where(_setbacks.case_id == bindparam("wanted")).order_by(_setbacks.id))
_count = Statement(select(func.count()).select_from(schema.setbacks))


def is_ready(errand: Errand, *numbers: ColumnElement[int]) -> ColumnElement[bool]:
    """Return the condition that the errand whose key is made of `numbers` is not put off; `now` is a parameter of it."""
    parts: list[ColumnElement[str]] = [cast(number, String) for number in numbers]
    key = reduce(lambda key, part: key + " " + part, parts)
    return ~(
        select(_setbacks.id)
        .where(_setbacks.errand == fixed(errand), _setbacks.about == key, _setbacks.again_at > bindparam("now"))
        .exists()
    )


def get(tx: Tx, errand: Errand, key: str) -> Setback | None:
    """Return how often an errand failed, if it did."""
    return SETBACKS.first(tx, _get, {"wanted": errand, "of_key": key})


def put(tx: Tx, setback: Setback) -> Setback:
    """Store a setback, new or not."""
    if not setback.id:
        return SETBACKS.insert(tx, setback)
    return SETBACKS.update(tx, setback)


def end(tx: Tx, errand: Errand, key: str) -> None:
    """Forget the failures of an errand: it is done."""
    tx.write(_end, {"wanted": errand, "of_key": key})


def keys(tx: Tx, errand: Errand) -> frozenset[str]:
    """Return the keys of all errands of a kind that failed and are not done."""
    return frozenset(key for (key,) in tx.rows(_keys, {"wanted": errand}))


def put_off_keys(tx: Tx, errand: Errand, now: datetime) -> frozenset[str]:
    """Return the keys of the errands of a kind that are not to be tried at `now`."""
    return frozenset(key for (key,) in tx.rows(_put_off, {"wanted": errand, "now": now}))


def hurry(tx: Tx, now: datetime) -> int:
    """Let everything that is put off be tried at once; return how much was."""
    return tx.count(_hurry, [{"now": now}])


def forget(tx: Tx, before: datetime) -> int:
    """Forget what was to be tried again before `before` and was not, because it is not due any more; return how much."""
    return tx.count(_forget, [{"before": before}])


def newest(tx: Tx, limit: int) -> list[Setback]:
    """Return up to `limit` setbacks, the last failure first."""
    return SETBACKS.all(tx, _newest, {"limit": limit})


def of_case(tx: Tx, case_id: int) -> list[Setback]:
    """Return the setbacks of a case, in the order in which they began."""
    return SETBACKS.all(tx, _of_case, {"wanted": case_id})


def count(tx: Tx) -> int:
    """Return how many errands are put off, or about to be tried again."""
    found: int = tx.scalar(_count)
    return found
