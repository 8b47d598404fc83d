"""What the cases of a customer took from an entitlement, as a ledger to which entries are only ever added.

What a case should have taken follows from its state alone (`owed`). After anything that happens to it, `settle` compares
that with what the ledger says it took and enters the difference: a taking, or the giving back of an earlier taking. So the
same event handled twice changes nothing, and cancel and reactivate give back and take again as often as they happen.
Keys number the entries of a case, so two hands that enter the same change at once collide in the store.

    remaining == total - sum of takings that were not given back == total - sum of all amounts
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from mailcase.domain.case import Status
from mailcase.domain.entitlement import Claim, DecreaseOn, Entitlement, EntitlementState, Term, covers
from mailcase.errors import Refused

ALERT_PERCENTS = (80, 100)  # used; the account's owner is told once of each


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A taking from an entitlement, or the giving back of one. Never changed, never deleted."""

    key: str
    """Unique: the store refuses it twice."""
    entitlement_id: int
    case_id: int
    """Also of a case that was deleted since."""
    origin: str
    """The channel that it counts for."""
    amount: int
    """Cases or minutes: above zero for a taking, below for its giving back."""
    reverses: str = ""
    """Key of the taking that it gives back; empty for a taking."""
    cause: str
    """What happened to the case, such as `resolved by mail 17`."""
    at: datetime
    """UTC."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    """What one case owes to an entitlement, and what made it so."""

    case_id: int
    origin: str
    amount: int
    """As `owed` tells it; zero for a case that is deleted, or covered by another entitlement now."""
    cause: str
    at: datetime
    """UTC."""


def owed(entitlement: Entitlement, status: Status, billable_minutes: int | None, *, is_exempt: bool) -> int:
    """Return what a case in that state has to have taken; `is_exempt` is the agent's "do not decrement".

    A cancelled or merged case takes nothing, nor does a deleted one, for which the caller says 0 itself.
    """
    counts = {DecreaseOn.CREATION: (Status.ACTIVE, Status.RESOLVED), DecreaseOn.RESOLUTION: (Status.RESOLVED,)}
    if is_exempt or status not in counts[entitlement.decrease_on]:
        return 0
    return 1 if entitlement.term is Term.CASES else billable_minutes or 0


def live(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """Return the takings that were not given back, in order."""
    entries = tuple(entries)
    returned = {entry.reverses for entry in entries}
    return tuple(entry for entry in entries if not entry.reverses and entry.key not in returned)


def used(entries: Iterable[Entry]) -> int:
    """Return how much the entries took in all, in cases or minutes."""
    return sum(entry.amount for entry in entries)


def usage(entries: Iterable[Entry]) -> dict[str, int]:
    """Return how much the entries took by origin, in cases or minutes."""
    taken: dict[str, int] = {}
    for entry in entries:
        taken[entry.origin] = taken.get(entry.origin, 0) + entry.amount
    return taken


def remaining(entitlement: Entitlement, taken: Mapping[str, int], origin: str | None = None) -> int:
    """Return what is left, in all or for one channel, in cases or minutes; below zero when more was taken.

    `taken` is the `usage` of all its entries.
    """
    left = entitlement.total - sum(taken.values())
    channel = next((channel for channel in entitlement.channels if channel.origin == origin), None)
    return left if channel is None else min(left, channel.total - taken.get(channel.origin, 0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """An entitlement and what its cases took of it by now."""

    entitlement: Entitlement
    taken: tuple[tuple[str, int], ...] = ()
    """By origin, in cases or minutes."""

    def left(self, origin: str | None = None) -> int:
        """Return what is `remaining` of it."""
        return remaining(self.entitlement, dict(self.taken), origin)

    def __str__(self) -> str:
        """Say what is left, such as `Gold: 14 of 15 cases left`."""
        entitlement = self.entitlement
        if entitlement.term is Term.CASES:
            return f"{entitlement.name}: {self.left()} of {entitlement.total} cases left"
        return f"{entitlement.name}: {_hours(self.left())} of {_hours(entitlement.total)} hours left"


def _hours(minutes: int) -> str:
    return f"{minutes / 60:.2f}".rstrip("0").rstrip(".")


def settle(entitlement: Entitlement, entries: Iterable[Entry], charge: Charge) -> tuple[Entry, ...]:
    """Return the entries that bring what a case took from the entitlement to what it owes; none when it is so already.

    `entries` are all of the entitlement, or at least all of this case. A case that changes to another entitlement owes
    nothing to the old one. Never refuses: what was worked is counted, also below zero; `check` is for new cases.
    """
    mine = tuple(entry for entry in entries if entry.case_id == charge.case_id)
    taken = live(mine)
    if used(taken) == charge.amount and all(entry.origin == charge.origin for entry in taken):
        return ()
    returns = [(entry.origin, -entry.amount, entry.key) for entry in taken]
    takings = [(charge.origin, charge.amount, "")] if charge.amount else []
    return tuple(
        Entry(
            key=f"{entitlement.id}/{charge.case_id}/{number}",
            entitlement_id=entitlement.id,
            case_id=charge.case_id,
            origin=origin,
            amount=amount,
            reverses=reverses,
            cause=charge.cause,
            at=charge.at,
        )
        for number, (origin, amount, reverses) in enumerate([*returns, *takings], start=len(mine) + 1)
    )


def check(standing: Standing, claim: Claim, now: datetime) -> None:
    """Raise `Refused` when a new case may not be opened under the entitlement."""
    entitlement = standing.entitlement
    state = entitlement.state(now)
    if state is not EntitlementState.ACTIVE:
        raise Refused(f"{entitlement.name} is {state}; choose an active entitlement.")
    if not covers(entitlement, claim, now):
        raise Refused(f"{entitlement.name} does not cover this customer, product or channel.")
    if entitlement.restricts and standing.left(claim.origin) <= 0:
        raise Refused(f"{entitlement.name} is used up; renew it, or choose another.")


def is_usable(standing: Standing, claim: Claim, now: datetime) -> bool:
    """Tell whether a new case may be opened under the entitlement."""
    has_left = standing.left(claim.origin) > 0 or not standing.entitlement.restricts
    return has_left and covers(standing.entitlement, claim, now)


def default_for(candidates: Iterable[Standing], claim: Claim, now: datetime) -> Standing | None:
    """Return the entitlement that a new case gets by itself, or None.

    What has something left goes before what may go negative; then what ends first is used first.
    """
    usable = [one for one in candidates if one.entitlement.is_default and is_usable(one, claim, now)]
    return min(usable, key=lambda one: _precedence(one, claim.origin), default=None)


def _precedence(standing: Standing, origin: str) -> tuple[bool, datetime, int]:
    return standing.left(origin) <= 0, standing.entitlement.ends_at, standing.entitlement.id


def alerts(entitlement: Entitlement, taken: int) -> tuple[Entitlement, tuple[int, ...]]:
    """Return the percentages newly used, each told once, and the entitlement that remembers it.

    `taken` is what all entries took, in cases or minutes.
    """
    reached = tuple(
        percent
        for percent in ALERT_PERCENTS
        if percent > entitlement.told_percent and 100 * taken >= percent * entitlement.total
    )
    return (replace(entitlement, told_percent=reached[-1]) if reached else entitlement), reached
