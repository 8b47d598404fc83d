"""How cases belong together: merged into one, parent and children, or linked. What may be, and what may not.

    merge    up to ten active cases of one customer end in a survivor, which has all of theirs from then on; whoever
             answers a mail of a loser reaches the survivor, through any number of merges
    parent   one level: a child has no children. Its title and customer come from its parent.
    link     a reference both ways, without consequences

Modelled on Dynamics 365, where a merge keeps the losers as cancelled and a parent has up to a hundred children.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from mailcase.domain.case import Case
from mailcase.domain.lifecycle import require_active
from mailcase.errors import Refused

MAX_MERGED = 10  # as Dynamics 365
MAX_CHILDREN = 100  # as Dynamics 365


class ParentClosing(StrEnum):
    """What the end of a parent asks of its children (Dynamics 365: parent and child case settings)."""

    INDEPENDENT = "independent"
    """Nothing: each case ends by itself."""
    BLOCKED = "blocked"
    """The parent cannot end while a child is active."""
    CASCADE = "cascade"
    """The active children end with it, in the same way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseLink:
    """A reference between two cases; `case_id` is the lower of the two."""

    id: int = 0
    case_id: int
    other_id: int
    created_at: datetime
    created_by: str


def require_mergeable(survivor: Case, losers: Sequence[Case], children: Collection[Case], own: int) -> None:
    """Raise Refused unless all `losers` can be merged into `survivor`.

    `children` are those of the losers, `own` is how many the survivor has.
    """
    require_active(survivor)
    if not losers:
        raise Refused(f"name the cases that {survivor.number} takes over.")
    if len(losers) > MAX_MERGED:
        raise Refused(f"{len(losers)} cases are too many for one merge; {MAX_MERGED} at most.")
    for loser in losers:
        _require_loser(survivor, loser)
    moving = [child for child in children if child.id not in {survivor.id, *(loser.id for loser in losers)}]
    if moving and survivor.parent_id is not None:
        raise Refused(f"{survivor.number} is a child and can have no children, as {_parent_of(moving[0], losers)} has.")
    if own + len(moving) > MAX_CHILDREN:
        raise Refused(f"{survivor.number} would have {own + len(moving)} children; {MAX_CHILDREN} at most.")


def _require_loser(survivor: Case, loser: Case) -> None:
    if loser.id == survivor.id:
        raise Refused(f"{loser.number} cannot be merged into itself.")
    if loser.merged_into_id is not None:
        raise Refused(f"{loser.number} was merged already.")
    if not loser.is_active:
        raise Refused(f"{loser.number} is {loser.status}; only active cases can be merged.")
    if loser.id == survivor.parent_id:
        raise Refused(f"{survivor.number} is a child of {loser.number}; merge it into its parent, there.")
    if not is_same_customer(survivor, loser):
        raise Refused(f"{loser.number} is of another customer than {survivor.number}; link them (#link) instead.")


def _parent_of(child: Case, losers: Sequence[Case]) -> str:
    return next(loser.number for loser in losers if loser.id == child.parent_id)


def is_same_customer(one: Case, other: Case) -> bool:
    """Whether two cases are of the same person, or of people of the same account."""
    return one.contact_id == other.contact_id or (one.account_id is not None and one.account_id == other.account_id)


def require_parent(parent: Case, child: Case, siblings: int, children: int) -> None:
    """Raise Refused unless `child`, which has `children`, can become a child of `parent`, which has `siblings`."""
    require_active(parent)
    require_active(child)
    if parent.id == child.id:
        raise Refused(f"{child.number} cannot be its own parent.")
    if child.parent_id == parent.id:
        raise Refused(f"{child.number} is a child of {parent.number} already.")
    if children:
        raise Refused(f"{child.number} has children of its own; a child can have none.")
    require_room(parent, siblings)


def require_room(parent: Case, children: int) -> None:
    """Raise Refused unless `parent`, which has `children`, can have one more."""
    require_active(parent)
    if parent.parent_id is not None:
        raise Refused(f"{parent.number} is a child itself; a child can have no children.")
    if children >= MAX_CHILDREN:
        raise Refused(f"{parent.number} has {children} children; {MAX_CHILDREN} at most.")


def require_closable(parent: Case, active: Sequence[Case], closing: ParentClosing) -> None:
    """Raise Refused when `parent` may not end because of its `active` children."""
    if active and closing is ParentClosing.BLOCKED:
        names = ", ".join(child.number for child in active[:5])
        more = f" and {len(active) - 5} more" if len(active) > 5 else ""
        raise Refused(f"{parent.number} has active children: {names}{more}; end them first.")
