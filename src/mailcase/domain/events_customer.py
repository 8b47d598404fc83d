"""What happened to the customer of a case, as values."""

from dataclasses import dataclass

from mailcase.domain.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerChanged(Event):
    """The case is another customer's."""

    before: str
    """Address."""
    after: str

    @property
    def summary(self) -> str:
        return f"customer: {self.before} → {self.after}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactMerged(Event):
    """The customer of the case was merged into another contact."""

    before: str
    """Address that the customer had been answered to."""
    after: str

    @property
    def summary(self) -> str:
        return f"customer {self.before} was merged into {self.after}"
