"""What support a customer is entitled to: how much, for what, from when to when. `entitlement_ledger` counts what is used.

After Dynamics 365: an entitlement is written as a draft, activated, waits for its start, is active, and expires; it can be
cancelled at any time before, and renewed. Only a draft is edited, so what was promised stays what it was.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from mailcase.errors import Invalid, Refused


class Term(StrEnum):
    """What is counted."""

    CASES = "cases"
    """The unit is one case."""
    HOURS = "hours"
    """The unit is one minute of billable time."""


class DecreaseOn(StrEnum):
    """When a case takes from it."""

    CREATION = "creation"
    RESOLUTION = "resolution"


class EntitlementState(StrEnum):
    """Where an entitlement stands at some moment."""

    DRAFT = "draft"
    """Being written; covers nothing."""
    WAITING = "waiting"
    """Activated, before its start."""
    ACTIVE = "active"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """A share of the total for cases of one origin."""

    origin: str
    """A `case.Origin`."""
    total: int
    """In the units of the entitlement's term."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entitlement:
    """Support that one customer may use: an account with all or some of its contacts, or a single contact."""

    id: int = 0
    """0 until it is stored."""
    agreement: str = ""
    """Its key in `rules/entitlements.yaml`, as that of all its renewals; empty for one made by command."""
    name: str
    account_id: int | None = None
    contact_id: int | None = None
    """The customer: exactly one of the two."""
    contacts: tuple[int, ...] = ()
    """Contacts of the account that may use it; empty for all."""
    products: tuple[str, ...] = ()
    """Products that it covers; empty for all."""
    channels: tuple[Channel, ...] = ()
    """Origins that it covers, with what each may take; empty for all."""
    term: Term = Term.CASES
    total: int
    """Cases, or minutes."""
    decrease_on: DecreaseOn = DecreaseOn.CREATION
    restricts: bool = True
    """Whether a case is refused when nothing is left; else the rest goes negative."""
    sla: str | None = None
    """SLA of the cases that it covers, unless one is set by hand or by a rule."""
    owner: str | None = None
    """Key of the agent who looks after this customer, and is told what is used up; the managers, if None."""
    is_default: bool = False
    """Whether it is applied by itself to a case that it covers."""
    renews: bool = False
    """Whether it is renewed by itself before it ends."""
    starts_at: datetime
    ends_at: datetime
    """The first moment that is too late, UTC."""
    activated_at: datetime | None = None
    cancelled_at: datetime | None = None
    renewed_from_id: int | None = None
    told_percent: int = 0
    """The highest of `entitlement_ledger.ALERT_PERCENTS` that the account's owner was told of."""
    version: int = 0

    def __post_init__(self) -> None:
        """Raise `Invalid`, naming every problem."""
        problems = tuple(f"entitlement {self.name}: {text}" for text, is_wrong in _faults(self) if is_wrong)
        if problems:
            raise Invalid(*problems)

    def state(self, now: datetime) -> EntitlementState:
        """Return where it stands at `now`."""
        if self.cancelled_at is not None:
            return EntitlementState.CANCELLED
        if self.activated_at is None:
            return EntitlementState.DRAFT
        if now < self.starts_at:
            return EntitlementState.WAITING
        return EntitlementState.ACTIVE if now < self.ends_at else EntitlementState.EXPIRED


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What a case asks to be covered for."""

    contact_id: int
    account_id: int | None
    product: str
    """Empty when it is not known."""
    origin: str
    """A `case.Origin`."""


def covers(entitlement: Entitlement, claim: Claim, now: datetime) -> bool:
    """Tell whether the entitlement is active and meant for this customer, product and channel, however much is left."""
    if entitlement.account_id is None:
        is_for_customer = entitlement.contact_id == claim.contact_id
    else:
        is_for_customer = entitlement.account_id == claim.account_id and (
            not entitlement.contacts or claim.contact_id in entitlement.contacts
        )
    return (
        entitlement.state(now) is EntitlementState.ACTIVE
        and is_for_customer
        and (not entitlement.products or claim.product in entitlement.products)
        and (not entitlement.channels or any(channel.origin == claim.origin for channel in entitlement.channels))
    )


def activate(entitlement: Entitlement, now: datetime) -> Entitlement:
    """Return the draft as a promise that counts from its start. Raises `Refused` when it is no draft, or over."""
    state = entitlement.state(now)
    if state is not EntitlementState.DRAFT:
        raise Refused(f"{entitlement.name} is {state}; only a draft is activated.")
    if entitlement.ends_at <= now:
        raise Refused(f"{entitlement.name} ends before it would begin; give it a later end.")
    return replace(entitlement, activated_at=now)


def deactivate(entitlement: Entitlement, now: datetime) -> Entitlement:
    """Return it as a draft, for editing; what was taken stays taken. Raises `Refused` when it is over."""
    state = entitlement.state(now)
    if state not in (EntitlementState.WAITING, EntitlementState.ACTIVE):
        raise Refused(f"{entitlement.name} is {state}; only what waits or is active goes back to draft.")
    return replace(entitlement, activated_at=None)


def cancel(entitlement: Entitlement, now: datetime) -> Entitlement:
    """Return it as cancelled. Raises `Refused` when it is over already."""
    state = entitlement.state(now)
    if state in (EntitlementState.CANCELLED, EntitlementState.EXPIRED):
        raise Refused(f"{entitlement.name} is {state} already; renew it instead.")
    return replace(entitlement, cancelled_at=now)


def renew(entitlement: Entitlement, now: datetime) -> Entitlement:
    """Return a draft of the same terms and length that follows the old one, or starts now if that is over.

    Raises `Refused` for a draft, which has nothing to follow.
    """
    if entitlement.state(now) is EntitlementState.DRAFT:
        raise Refused(f"{entitlement.name} is a draft; activate it instead.")
    starts_at = now if entitlement.cancelled_at else max(entitlement.ends_at, now)
    return replace(
        entitlement,
        id=0,
        starts_at=starts_at,
        ends_at=starts_at + (entitlement.ends_at - entitlement.starts_at),
        activated_at=None,
        cancelled_at=None,
        renewed_from_id=entitlement.id,
        told_percent=0,
        version=0,
    )


def _faults(entitlement: Entitlement) -> tuple[tuple[str, bool], ...]:
    """Return what could be wrong, and whether it is."""
    origins = [channel.origin for channel in entitlement.channels]
    is_by_hours_on_creation = entitlement.term is Term.HOURS and entitlement.decrease_on is DecreaseOn.CREATION
    return (
        (
            "name one customer, an account or a contact",
            (entitlement.account_id is None) == (entitlement.contact_id is None),
        ),
        ("contacts are those of an account; name the account", bool(entitlement.contacts and entitlement.contact_id)),
        ("give it a total above zero", entitlement.total <= 0),
        ("let it end after its start", entitlement.ends_at <= entitlement.starts_at),
        ("hours are known when a case is resolved; decrease on resolution", is_by_hours_on_creation),
        ("name each channel once", len(set(origins)) < len(origins)),
        ("give each channel a total above zero", any(channel.total <= 0 for channel in entitlement.channels)),
        (
            "the channels promise more than the total; raise it or lower them",
            sum(channel.total for channel in entitlement.channels) > entitlement.total,
        ),
    )
