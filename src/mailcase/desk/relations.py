"""Cases that belong together: the verbs that merge, make parent and child, and link. What may be is `domain.relations`.

Each returns the outcome of the case that is worked on, with what happens to the others in `Outcome.others`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from mailcase.desk import cases
from mailcase.desk.activities import drop_all
from mailcase.desk.flows import give_up
from mailcase.desk.outcome import Act, NewActivity, Outcome
from mailcase.desk.participants import MAX_PARTICIPANTS
from mailcase.domain import lifecycle
from mailcase.domain.activity import Activity, ActivityKind
from mailcase.domain.case import MAX_TITLE, Case, Origin, Status
from mailcase.domain.events import CaseOpened, CaseRouted
from mailcase.domain.events_work import CaseMerged, CasesAbsorbed, CasesLinked, FamilyChanged
from mailcase.domain.lifecycle import StatusReasons
from mailcase.domain.queue import Queue, QueueItem
from mailcase.domain.relations import (
    ParentClosing,
    require_closable,
    require_mergeable,
    require_parent,
    require_room,
)
from mailcase.errors import Refused
from mailcase.rules.rulebook import Rulebook


def merge(
    outcome: Outcome,
    losers: Sequence[Outcome],
    children: Sequence[Outcome],
    reasons: StatusReasons,
    act: Act,
    *,
    own_children: int = 0,
    tell: bool = False,
) -> Outcome:
    """Let the case take over all of `losers`, and their `children`; their customers hear of it only if `tell` is set.

    Its owner stays. What the losers' customers wait for, they wait for here.
    """
    survivor = outcome.case
    _require_once([loser.case for loser in losers])
    require_mergeable(survivor, [one.case for one in losers], [one.case for one in children], own_children)
    gone = {loser.case.id for loser in losers}
    moving = [child for child in children if child.case.id not in gone | {survivor.id}]
    ended = [_lose(loser, survivor, reasons, act, tell=tell) for loser in losers]
    moved = [_adopted(child, survivor, act) for child in moving]
    work = tuple(replace(one, case_id=survivor.id) for loser in losers for one in loser.work)
    event = CasesAbsorbed(
        actor=act.actor, cause=act.cause, numbers=tuple(loser.case.number for loser in losers), children=len(moving)
    )
    taken = replace(
        outcome,
        others=(*outcome.others, *ended, *moved),
        absorbed=(*outcome.absorbed, *(loser.case.id for loser in losers)),
        work_before=(*outcome.work_before, *work),
        work=(*outcome.work, *work),
    )
    return taken.then(event, case=_waiting_too(survivor, [loser.case for loser in losers]))


def _lose(loser: Outcome, survivor: Case, reasons: StatusReasons, act: Act, *, tell: bool) -> Outcome:
    case = lifecycle.merge(loser.case, survivor, reasons, act.now)
    event = CaseMerged(
        actor=act.actor, cause=act.cause, reason=f"merged into {survivor.number}", into=survivor.number, tell=tell
    )
    ended = replace(loser, work=(), work_before=()).then(event, case=case).with_item(None)
    return give_up(ended, None, f"merged into {survivor.number}", act) if case.is_in_flow else ended


def _waiting_too(survivor: Case, losers: Sequence[Case]) -> Case:
    cases_ = (survivor, *losers)
    return replace(
        survivor,
        unanswered_since=_first(case.unanswered_since for case in cases_),
        cc=tuple(dict.fromkeys(address for case in cases_ for address in case.cc))[:MAX_PARTICIPANTS],
        last_customer_mail_at=max((at for case in cases_ if (at := case.last_customer_mail_at)), default=None),
    )


def _first(moments: Iterable[datetime | None]) -> datetime | None:
    return min((at for at in moments if at is not None), default=None)


def add_child(outcome: Outcome, child_id: int, title: str, queue: Queue | None, siblings: int, act: Act) -> Outcome:
    """Open a child of the case, which inherits its customer, and its title if `title` is empty."""
    parent = outcome.case
    require_room(parent, siblings)
    words = " ".join(title.split())[:MAX_TITLE] or parent.title
    told = Activity(
        kind=ActivityKind.NOTE, text=f"Child of {parent.number}: {words}", created_at=act.now, created_by=act.actor
    )
    child = Case(
        id=child_id,
        title=words,
        description=parent.description,
        contact_id=parent.contact_id,
        account_id=parent.account_id,
        mailbox=parent.mailbox,
        subject=parent.subject,
        product=parent.product,
        case_type=parent.case_type,
        priority=parent.priority,
        origin=Origin.OTHER,
        language=parent.language,
        parent_id=parent.id,
        queue=queue.name if queue else parent.queue,
        created_at=act.now,
        modified_at=act.now,
    )
    opened = CaseOpened(actor=act.actor, cause=act.cause, activity=told, rule="", template=None)
    born = Outcome(before=None, case=child, activities=(NewActivity(activity=told),), events=(opened,))
    if child.queue is not None:
        item = QueueItem(case_id=child_id, queue=child.queue, entered_at=act.now)
        born = born.with_item(item, CaseRouted(actor=act.actor, cause=act.cause, queue=child.queue))
    is_secret = queue is not None and queue.is_private  # others may read the parent's timeline
    what = f"child {child.number} opened{'' if is_secret else f': {words}'}"
    event = FamilyChanged(actor=act.actor, cause=act.cause, what=what)
    return replace(outcome, others=(*outcome.others, born)).then(event)


def set_parent(outcome: Outcome, parent: Outcome, siblings: int, children: int, act: Act) -> Outcome:
    """Make the case a child of `parent`, which has `siblings`; it has `children` itself."""
    require_parent(parent.case, outcome.case, siblings, children)
    event = FamilyChanged(actor=act.actor, cause=act.cause, what=f"child of {parent.case.number}")
    told = parent.then(FamilyChanged(actor=act.actor, cause=act.cause, what=f"parent of {outcome.case.number}"))
    case = replace(outcome.case, parent_id=parent.case.id)
    return replace(outcome, others=(*outcome.others, told)).then(event, case=case)


def leave_parent(outcome: Outcome, parent: Outcome, act: Act) -> Outcome:
    """Let the case be nobody's child."""
    event = FamilyChanged(actor=act.actor, cause=act.cause, what=f"no longer a child of {parent.case.number}")
    told = parent.then(FamilyChanged(actor=act.actor, cause=act.cause, what=f"{outcome.case.number} left"))
    case = replace(outcome.case, parent_id=None)
    return replace(outcome, others=(*outcome.others, told)).then(event, case=case)


def _adopted(child: Outcome, parent: Case, act: Act) -> Outcome:
    event = FamilyChanged(actor=act.actor, cause=act.cause, what=f"child of {parent.number}, as its parent was merged")
    return child.then(event, case=replace(child.case, parent_id=parent.id))


def close_family(
    outcome: Outcome, children: Sequence[Outcome], closing: ParentClosing, book: Rulebook, act: Act
) -> Outcome:
    """Return the outcome of a parent that has just ended with what that does to its `children`.

    Raises Refused, naming them, when active children keep it from ending.
    """
    active = [child for child in children if child.case.is_active]
    require_closable(outcome.case, [child.case for child in active], closing)
    if closing is not ParentClosing.CASCADE:
        return outcome
    ended = (_end_like(child, outcome.case, book, act) for child in active)
    return replace(outcome, others=(*outcome.others, *ended))


def _end_like(child: Outcome, parent: Case, book: Rulebook, act: Act) -> Outcome:
    why = f"its parent {parent.number} was {parent.status}"
    idle = drop_all(child, act)
    if parent.status is Status.CANCELLED:
        return cases.cancel(idle, why, book.status_reasons, act)
    noted = cases.note(idle, why, act)
    return cases.resolve(noted, parent.status_reason, None, book, act, is_silent=True)


def link(outcome: Outcome, others: Sequence[Outcome], linked: frozenset[int], act: Act) -> Outcome:
    """Link the case with `others`; `linked` are the ids of those that it is linked with already."""
    _require_once([other.case for other in others])
    for other in others:
        if other.case.id == outcome.case.id:
            raise Refused(f"{outcome.case.number} cannot be linked with itself.")
        if other.case.id in linked:
            raise Refused(f"{outcome.case.number} is linked with {other.case.number} already.")
    return _link(outcome, others, act, is_end=False)


def unlink(outcome: Outcome, others: Sequence[Outcome], linked: frozenset[int], act: Act) -> Outcome:
    """Take the links with `others` away."""
    _require_once([other.case for other in others])
    for other in others:
        if other.case.id not in linked:
            raise Refused(f"{outcome.case.number} is not linked with {other.case.number}.")
    return _link(outcome, others, act, is_end=True)


def _link(outcome: Outcome, others: Sequence[Outcome], act: Act, *, is_end: bool) -> Outcome:
    ids = tuple(other.case.id for other in others)
    here = CasesLinked(
        actor=act.actor, cause=act.cause, numbers=tuple(other.case.number for other in others), is_end=is_end
    )
    there = replace(here, numbers=(outcome.case.number,))
    told = tuple(other.then(there) for other in others)
    changed = replace(
        outcome,
        others=(*outcome.others, *told),
        links=outcome.links if is_end else (*outcome.links, *ids),
        unlinks=(*outcome.unlinks, *ids) if is_end else outcome.unlinks,
    )
    return changed.then(here)


def _require_once(named: Sequence[Case]) -> None:
    if len({case.id for case in named}) < len(named):
        raise Refused("a case is named twice; name each once.")
