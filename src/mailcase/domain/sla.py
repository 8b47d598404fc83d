"""What a desk promises: service level agreements and their items, as values.

Which items apply to a case, and when one is fulfilled, are conditions of the rules; here stands what they promise.
`sla_transitions` runs the clock of a promise, `sla_change` replaces clocks when the promise changes.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from mailcase.errors import Invalid

NO_SLA = "none"
"""As the SLA of a case: it makes no promise, whatever its entitlement and the default say."""
FIELD = "field:"
"""Before the name of a date field, where it is told what a clock counts from."""


class Kpi(StrEnum):
    """What is measured. A desk may add names of its own, so a KPI is kept as `str`."""

    FIRST_RESPONSE = "first_response"
    """Until a person answers a new case. An automatic acknowledgement never counts, so it never ends this clock."""
    NEXT_RESPONSE = "next_response"
    """Until a person answers the oldest unanswered mail of the customer."""
    PERIODIC_UPDATE = "periodic_update"
    """Until the customer hears from the desk again, whether or not there is news."""
    RESOLUTION = "resolution"
    """Until the case is resolved."""


class ApplicableFrom(StrEnum):
    """The moment of a case from which a clock counts. `field:NAME` means a date field of the case."""

    CREATED = "created"
    ESCALATED = "escalated"
    CUSTOMER_REPLY = "customer_reply"
    """The customer's last mail."""
    UNANSWERED = "unanswered"
    """The customer's oldest mail that nobody has answered."""
    LAST_UPDATE = "last_update"
    """The desk's last mail to the customer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SlaItem:
    """One promise: something is done within business time, or people are told."""

    name: str
    kpi: str
    """A `Kpi`, or a name of the desk's own."""
    fail_after: timedelta
    """Business time until the promise is broken."""
    warn_after: timedelta | None = None
    """Business time until somebody is warned, less than `fail_after`; None for no warning."""
    calendar: str
    """Name of the calendar whose opening hours are business time."""
    pause_reasons: frozenset[str] = frozenset()
    """Keys of the status reasons that stop the clock; the rules fill in those that pause by themselves."""
    applicable_from: str = ApplicableFrom.CREATED
    """An `ApplicableFrom`, or `field:NAME`."""

    def __post_init__(self) -> None:
        """Raise `Invalid` when the times cannot be kept in this order: start, warning, failure."""
        if self.fail_after <= timedelta():
            raise Invalid(f"SLA item {self.name}: fail after {self.fail_after}; give it more than no time")
        if self.warn_after is not None and not timedelta() < self.warn_after < self.fail_after:
            raise Invalid(
                f"SLA item {self.name}: warn after {self.warn_after}; warn between the start and {self.fail_after}"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Sla:
    """A service level agreement. A case has one at most."""

    name: str
    items: tuple[SlaItem, ...]
    """In order: of the items for one KPI, the first that applies counts."""
    version: str = ""
    """Of the rule set that it was read from."""

    def __post_init__(self) -> None:
        """Raise `Invalid` when two items have the same name."""
        names = [item.name for item in self.items]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise Invalid(f"SLA {self.name}: two items are named {', '.join(twice)}; give each its own name")

    def applicable(self, applies: Callable[[SlaItem], bool]) -> tuple[SlaItem, ...]:
        """Return the first item of each KPI for which `applies` is true, in order."""
        chosen: dict[str, SlaItem] = {}
        for item in self.items:
            if item.kpi not in chosen and applies(item):
                chosen[item.kpi] = item
        return tuple(chosen.values())
