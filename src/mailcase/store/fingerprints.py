"""Which mail was filed first of those that say the same: the unique key that decides between copies that race."""

from sqlalchemy import bindparam, select
from sqlalchemy.dialects.postgresql import insert as upsert

from mailcase.store import schema
from mailcase.store.statement import Statement
from mailcase.store.tx import Tx

_fingerprints = schema.fingerprints.c
_put = Statement(upsert(schema.fingerprints).on_conflict_do_nothing(), keys=("fingerprint", "scope", "inbox_id"))
_owner = Statement(
    select(_fingerprints.inbox_id).where(
        _fingerprints.fingerprint == bindparam("wanted"), _fingerprints.scope == bindparam("within")
    )
)


def claim(tx: Tx, fingerprint: str, scope: str, inbox_id: int) -> int:
    """Write that the mail `inbox_id` is the one with this fingerprint in `scope`; return the id of the mail that is.

    That is another one when it came first. One that another daemon is just filing is waited for.
    """
    row = {"fingerprint": fingerprint, "scope": scope, "inbox_id": inbox_id}
    if tx.count(_put, [row]):
        return inbox_id
    owner: int = tx.scalar(_owner, {"wanted": fingerprint, "within": scope})
    return owner
