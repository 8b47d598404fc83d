"""Agents' mails that are held until their agents say what is to become of them."""

from collections.abc import Sequence

from sqlalchemy import bindparam

from mailcase.domain.draft import Draft, DraftState
from mailcase.store import schema
from mailcase.store.columns import fixed
from mailcase.store.mapping import Mapping
from mailcase.store.statement import Statement
from mailcase.store.tx import Tx

DRAFTS = Mapping(schema.drafts, Draft)
_drafts = schema.drafts.c
_of_case = DRAFTS.select.join(schema.activities, schema.activities.c.id == _drafts.activity_id).where(
    schema.activities.c.case_id == bindparam("wanted")
)
_held = Statement(_of_case.where(_drafts.state == fixed(DraftState.HELD)).order_by(_drafts.id))
_by_number = Statement(_of_case.where(_drafts.activity_id == bindparam("number")))
_asked = Statement(_of_case.where(_drafts.asked_as == bindparam("asked")).order_by(_drafts.id.desc()).limit(1))


def add(tx: Tx, draft: Draft) -> Draft:
    """Store a new draft and return it with its id."""
    return DRAFTS.insert(tx, draft)


def update(tx: Tx, draft: Draft) -> None:
    """Write what became of a draft."""
    DRAFTS.update(tx, draft)


def held(tx: Tx, case_id: int) -> list[Draft]:
    """Return the drafts of a case that wait, the oldest first."""
    return DRAFTS.all(tx, _held, {"wanted": case_id})


def by_number(tx: Tx, case_id: int, number: int) -> Draft | None:
    """Return the draft of a case whose activity has the id `number`, whatever became of it."""
    return DRAFTS.first(tx, _by_number, {"wanted": case_id, "number": number})


def asked_by(tx: Tx, case_id: int, message_ids: Sequence[str]) -> Draft | None:
    """Return the draft of a case that the first of our mails `message_ids` (without angle brackets) asks about."""
    for name in message_ids:
        found = DRAFTS.first(tx, _asked, {"wanted": case_id, "asked": name}) if name else None
        if found is not None:
            return found
    return None
