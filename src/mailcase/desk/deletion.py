"""Deleting a case for good: only with the permission, only on a case that nothing depends on, and never without a trace of it."""

import json
from dataclasses import dataclass

from mailcase.desk.entitlements import give_back
from mailcase.desk.outcome import Act
from mailcase.desk.rights import require
from mailcase.domain.activity import AuditRecord
from mailcase.domain.case import Case
from mailcase.domain.party import Agent
from mailcase.domain.permission import Right
from mailcase.errors import Refused
from mailcase.rules.rulebook import Rulebook
from mailcase.store import audit, cases, erasure
from mailcase.store.tx import Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class Deleted:
    """What went."""

    numbers: tuple[str, ...]
    """Of the case, and of those that were merged into it."""
    rows: dict[str, int]
    """How many, by table."""


def delete(tx: Tx, rules: Rulebook, case: Case, agent: Agent, act: Act) -> Deleted:
    """Delete `case` and those merged into it, with activities, files, stored mail and timeline; mail to come is not sent.

    The audit log keeps that it was done and by whom, without a word of the case. Raises Refused when `agent` may not,
    when the case has children or was merged into another, or while a mail of it is being sent.
    """
    require(rules, agent, Right.DELETE, case)
    if case.merged_into_id is not None:
        raise Refused(f"{case.number} was merged; delete the case that it was merged into, and it goes with that.")
    if cases.children(tx, case.id):
        raise Refused(f"{case.number} has children; delete them first, or take them away (#parent -).")
    doomed = [case, *_merged(tx, case)]
    ids = [one.id for one in doomed]
    if erasure.is_sending(tx, ids):
        raise Refused(f"a mail of {case.number} is being sent; try again in a minute.")
    for one in doomed:
        give_back(tx, one, act.cause, act.now)
    rows = erasure.erase(tx, ids)
    audit.append(tx, [_record(one, act) for one in doomed])
    return Deleted(numbers=tuple(one.number for one in doomed), rows=rows)


def _merged(tx: Tx, case: Case) -> list[Case]:
    found: list[Case] = []
    waiting = [case]
    while waiting:
        losers = cases.merged_into(tx, waiting.pop().id)
        found += losers
        waiting += losers
    return found


def _record(case: Case, act: Act) -> AuditRecord:
    changes = json.dumps({"number": [case.number, None], "cause": [None, act.cause]})
    return AuditRecord(
        at=act.now, actor=act.actor, action="case.delete", object_type="case", object_id=case.id, changes=changes
    )
