"""What happens to a case whose customer owes an answer: reminders in business time, then it is resolved."""

from dataclasses import dataclass
from datetime import timedelta

from mailcase.errors import Invalid


@dataclass(frozen=True, slots=True, kw_only=True)
class Ladder:
    """The steps for one status reason, from `rules/auto_close.yaml`. An answer of the customer ends it."""

    reason: str
    """Key of the status reason of active cases that it is for."""
    calendar: str
    """Name of the calendar whose opening hours are counted."""
    remind_after: tuple[timedelta, ...] = ()
    """Business time since the case has the reason, for each reminder; rising."""
    resolve_after: timedelta
    """Business time until it is resolved, longer than any reminder."""
    resolution: str
    """Key of the status reason that it is resolved with."""

    def __post_init__(self) -> None:
        """Raise `Invalid` when the steps are not in an order in which they can happen."""
        if list(self.steps) != sorted(set(self.steps)) or self.steps[0] <= timedelta():
            raise Invalid(f"{self.reason}: let the reminders rise, and the resolution come after the last of them")

    @property
    def steps(self) -> tuple[timedelta, ...]:
        """The business time of every step, the resolution last."""
        return (*self.remind_after, self.resolve_after)

    def wait(self, step: int) -> timedelta:
        """Return the business time between the step before `step` (0 for the first) and that step."""
        return self.steps[step] - (self.steps[step - 1] if step else timedelta())

    def left(self, step: int) -> timedelta:
        """Return the business time from `step` to the resolution."""
        return self.resolve_after - self.steps[step]
