"""An entitlement as an administrator declares it in the rule files: customers by name and address, dates by the calendar.

The store keeps it under its key (`desk.agreements`), where cases take from it, and where it is renewed and cancelled.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from mailcase.domain.entitlement import Channel, DecreaseOn, Entitlement, Term

PERIOD = frozenset({"starts_at", "ends_at"})
_KEPT = frozenset({"id", "activated_at", "cancelled_at", "renewed_from_id", "told_percent", "version"})
"""What the store knows and no declaration says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """One entry of `rules/entitlements.yaml`."""

    key: str
    name: str
    account: str = ""
    """Name of the company; empty for an agreement with a single person."""
    domains: tuple[str, ...] = ()
    """Mail domains of the company, the first of which finds it."""
    contact: str = ""
    """Address of the person, in canonical form; empty for a company."""
    contacts: tuple[str, ...] = ()
    """Addresses of the people of the company who may use it; empty for all."""
    products: tuple[str, ...] = ()
    channels: tuple[Channel, ...] = ()
    term: Term = Term.CASES
    total: int
    """Cases, or minutes."""
    decrease_on: DecreaseOn = DecreaseOn.CREATION
    restricts: bool = True
    sla: str | None = None
    owner: str | None = None
    is_default: bool = True
    renews: bool = False
    first: date
    """The day on which it begins."""
    last: date
    """The last day of it."""

    def entitlement(
        self,
        zone: ZoneInfo,
        now: datetime,
        *,
        account_id: int | None,
        contact_id: int | None,
        contacts: tuple[int, ...],
    ) -> Entitlement:
        """Return it as an active entitlement of that customer, with days of `zone`. Raises Invalid."""
        return Entitlement(
            agreement=self.key,
            name=self.name,
            account_id=account_id,
            contact_id=contact_id,
            contacts=contacts,
            products=self.products,
            channels=self.channels,
            term=self.term,
            total=self.total,
            decrease_on=self.decrease_on,
            restricts=self.restricts,
            sla=self.sla,
            owner=self.owner,
            is_default=self.is_default,
            renews=self.renews,
            starts_at=_midnight(self.first, zone),
            ends_at=_midnight(self.last + timedelta(days=1), zone),
            activated_at=now,
        )


def revised(stored: Entitlement, declared: Entitlement) -> Entitlement:
    """Return the stored entitlement by the terms that are declared now; a renewal keeps its own period.

    What was taken, cancelled or told before stays.
    """
    kept = {name: getattr(stored, name) for name in _KEPT | (PERIOD if stored.renewed_from_id else frozenset())}
    return replace(declared, **kept)


def differing(before: Entitlement, after: Entitlement) -> Mapping[str, tuple[str, str]]:
    """Return the fields that differ, each with its text before and after."""
    names = (name for name in Entitlement.__dataclass_fields__ if name not in _KEPT)
    pairs = {name: (getattr(before, name), getattr(after, name)) for name in names}
    return {name: (str(old), str(new)) for name, (old, new) in pairs.items() if old != new}


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time.min, zone).astimezone(UTC)
