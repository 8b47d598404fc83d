"""What promises bring about, made or bought: kept clocks, alerts, reminders to customers, and what is used up."""

from dataclasses import dataclass
from datetime import datetime

from mailcase.domain.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockRecalculated(Event):
    """A clock was counted anew, by the calendar as it is now."""

    kpi: str
    before: str
    after: str
    due_at: datetime
    """UTC."""

    @property
    def summary(self) -> str:
        return f"{self.kpi} recalculated: {self.before} → {self.after}, due at {self.due_at:%Y-%m-%d %H:%M} UTC"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockKept(Event):
    """A promise was kept, and the rules name what follows from that."""

    kpi: str
    due_at: datetime
    """UTC."""
    tell: tuple[str, ...] = ()
    """`owner`, `queue`, `leads`, `managers`, `admins`, or keys of agents."""

    @property
    def summary(self) -> str:
        return f"{self.kpi} was kept, due at {self.due_at:%Y-%m-%d %H:%M} UTC"


@dataclass(frozen=True, slots=True, kw_only=True)
class EntitlementTouched(Event):
    """The case took something from an entitlement, or gave it back."""

    standing: str
    """What is left of it, in words."""
    amount: int
    """Cases or minutes: above zero when it was taken."""

    @property
    def summary(self) -> str:
        return f"entitlement {'taken from' if self.amount > 0 else 'given back'}: {self.standing}"


@dataclass(frozen=True, slots=True, kw_only=True)
class EntitlementUsed(Event):
    """So much of an entitlement is used up that somebody has to know."""

    standing: str
    percent: int
    tell: tuple[str, ...] = ()
    """`managers`, or keys of agents."""

    @property
    def summary(self) -> str:
        return f"{self.percent} % of an entitlement are used: {self.standing}"


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerReminded(Event):
    """The customer, who owes an answer, is reminded of it."""

    step: int
    """1 for the first reminder."""
    closes_at: datetime
    """When the case is resolved unless the customer answers, UTC."""

    @property
    def summary(self) -> str:
        return (
            f"reminder {self.step} to the customer; resolved at {self.closes_at:%Y-%m-%d %H:%M} UTC without an answer"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockAlerted(Event):
    """Somebody is told of a clock after its warning or breach: whose working hours have come, or who is next."""

    kpi: str
    due_at: datetime
    """UTC."""
    is_breach: bool
    tell: tuple[str, ...]
    """Keys of agents."""
    step: int
    """0 for those who were told late because of their hours, else the step of the chain."""

    @property
    def summary(self) -> str:
        what = "was due and is breached" if self.is_breach else "is due"
        again = "" if not self.step else f", step {self.step}"
        return f"{self.kpi} {what} at {self.due_at:%Y-%m-%d %H:%M} UTC: told {', '.join(self.tell)}{again}"
