"""Everything that is one agent's to do becomes another's, or a team's: for holidays, and for people who leave."""

from dataclasses import dataclass, replace

from mailcase.desk import cases
from mailcase.desk.desk import Desk
from mailcase.desk.outcome import Act, Outcome
from mailcase.desk.record import record
from mailcase.desk.rights import require_sight
from mailcase.desk.shelf import begin
from mailcase.domain.events import CasePicked
from mailcase.domain.events_work import ActivityGiven
from mailcase.domain.number import format_number
from mailcase.domain.party import Agent, Team
from mailcase.errors import Refused
from mailcase.store import cases as stored
from mailcase.store import workload
from mailcase.store.tx import Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedOver:
    """What became of the work."""

    moved: tuple[str, ...]
    """Numbers of cases."""
    left: tuple[tuple[str, str], ...]
    """Numbers of those that stay as they are, each with the reason."""


def hand_over(tx: Tx, desk: Desk, key: str, to: Agent | Team, act: Act) -> HandedOver:
    """Give all that `key`, an agent or team, has to do on active cases to `to`; no mail tells of each.

    A case that `to` may not see stays. Raises Refused when there is nothing to give, or nobody to take it.
    """
    if to.key == key:
        raise Refused(f"{to.name} has it already.")
    if isinstance(to, Agent) and not to.is_active:
        raise Refused(f"{to.name} is not active; name somebody who is.")
    if isinstance(to, Team) and not to.members:
        raise Refused(f"{to.name} has no active member; name somebody else.")
    ids = workload.cases_of(tx, key)
    if not ids:
        raise Refused(f"{key} has nothing to do; `mailcase agent list` shows who has.")
    moved, left = [], []
    for case_id in ids:
        case = stored.get(tx, case_id)
        assert case is not None, "it was found in this transaction"
        try:
            require_sight(desk.rulebook, to, case)
        except Refused as refused:
            left.append((format_number(case_id), str(refused)))
            continue
        record(tx, desk, replace(given(begin(tx, case), key, to, act), is_quiet=True), act.now)
        moved.append(format_number(case_id))
    return HandedOver(moved=tuple(moved), left=tuple(left))


def given(outcome: Outcome, key: str, to: Agent | Team, act: Act) -> Outcome:
    """Return `outcome` with what is `key`'s on the case given to `to`; a team's members pick for themselves."""
    person = to.key if isinstance(to, Agent) else None
    if outcome.case.owner == key:
        outcome = cases.assign(outcome, to, act)
    item = outcome.item
    if item is not None and item.worked_by == key:
        event = CasePicked(actor=act.actor, cause=act.cause, worked_by=person)
        outcome = outcome.with_item(replace(item, worked_by=person, picked_at=act.now if person else None), event)
    for activity in outcome.open_work:
        if activity.owner == key:
            mine = replace(activity, owner=person or getattr(to, "lead", None))
            told = ActivityGiven(actor=act.actor, cause=act.cause, activity=mine, to=mine.owner or to.name)
            outcome = outcome.with_work(mine).then(told)
    return outcome
