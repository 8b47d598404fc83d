"""What happened around a case, as values: activities on it, and other cases that it belongs to."""

from dataclasses import dataclass

from mailcase.domain.activity import Activity
from mailcase.domain.events import CaseCancelled, Event
from mailcase.domain.work import named


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityAdded(Event):
    """Something was done, or put on the list of what is to be done."""

    activity: Activity

    @property
    def summary(self) -> str:
        activity = self.activity
        due = f", due {activity.due_at:%Y-%m-%d %H:%M} UTC" if activity.due_at else ""
        whose = f", for {activity.owner}" if activity.owner != self.actor else ""
        took = f", {activity.duration_minutes} min" if activity.duration_minutes is not None else ""
        charged = f", {activity.billable_minutes} billable" if activity.billable_minutes is not None else ""
        return f"{named(activity)}{due}{whose}{took}{charged}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityEnded(Event):
    """An activity was completed or cancelled."""

    activity: Activity

    @property
    def summary(self) -> str:
        took = f", {self.activity.duration_minutes} min" if self.activity.duration_minutes is not None else ""
        return f"{self.activity.state}: {named(self.activity)}{took}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityGiven(Event):
    """Something to do has another owner, or waits in a queue for one."""

    activity: Activity
    to: str
    """Of whom or what people speak: an agent's key, or `queue billing`."""

    @property
    def summary(self) -> str:
        return f"{named(self.activity)}: given to {self.to}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityDeleted(Event):
    """Something that was written down by mistake is gone; what it said is not told."""

    what: str
    """Kind and number, such as `task 12`."""

    @property
    def summary(self) -> str:
        return f"deleted: {self.what}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityDue(Event):
    """An activity is due, and its owner is reminded."""

    activity: Activity

    @property
    def summary(self) -> str:
        due = f" since {self.activity.due_at:%Y-%m-%d %H:%M} UTC" if self.activity.due_at else ""
        return f"due{due}: {named(self.activity)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseMerged(CaseCancelled):
    """The case is cancelled because another goes on in its stead."""

    into: str
    """Number of the survivor."""
    tell: bool = False
    """The customer is told."""

    @property
    def summary(self) -> str:
        return f"merged into {self.into}"


@dataclass(frozen=True, slots=True, kw_only=True)
class CasesAbsorbed(Event):
    """Other cases were merged into this one."""

    numbers: tuple[str, ...]
    children: int = 0
    """Children of theirs that are this one's now."""

    @property
    def summary(self) -> str:
        families = f" and {self.children} children of theirs" if self.children else ""
        return f"took over {', '.join(self.numbers)}{families}"


@dataclass(frozen=True, slots=True, kw_only=True)
class FamilyChanged(Event):
    """The case has another parent or child, or one less."""

    what: str
    """Such as `child CAS-000123-K7Q: refund`."""

    @property
    def summary(self) -> str:
        return self.what


@dataclass(frozen=True, slots=True, kw_only=True)
class CasesLinked(Event):
    """The case refers to others, or no more."""

    numbers: tuple[str, ...]
    is_end: bool = False

    @property
    def summary(self) -> str:
        return f"{'no longer linked' if self.is_end else 'linked'} with {', '.join(self.numbers)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Undone(Event):
    """What the last commands did was taken back."""

    what: str
    of: int
    """Id of their transcript."""

    @property
    def summary(self) -> str:
        return f"took back: {self.what}"


@dataclass(frozen=True, slots=True, kw_only=True)
class AppointmentAnswered(Event):
    """The customer says whether they come."""

    activity: Activity

    @property
    def summary(self) -> str:
        return f"{self.activity.response}: {named(self.activity)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandRefused(Event):
    """What an agent told the desk to do was not done."""

    command: str
    why: str

    @property
    def summary(self) -> str:
        return f"refused: {self.command}: {self.why}"


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueLeft(Event):
    """The case is in no queue any more."""

    queue: str

    @property
    def summary(self) -> str:
        return f"taken out of queue {self.queue}"
