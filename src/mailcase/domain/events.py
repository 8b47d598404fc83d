"""What happened to a case, as values. `desk.notices.NOTICES` says who is told of which.

Each event knows the one line that the timeline shows of it.
"""

import re
from dataclasses import dataclass
from datetime import datetime

from mailcase.domain.activity import Activity


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened to one case."""

    actor: str
    """`customer`, an agent's key, or `system`."""
    cause: str
    """Such as `mail 17` or `command line`."""
    rules: str = ""
    """Version of the rules that decided it; empty where a person did."""

    activity: Activity | None = None
    """What was done, if it tells of an activity."""

    @property
    def name(self) -> str:
        """Its name in the timeline, such as `case_opened`."""
        return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", type(self).__name__).lower()

    @property
    def summary(self) -> str:
        """One line for people."""
        raise TypeError(f"{type(self).__name__} has no summary")


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseOpened(Event):
    """A new case exists."""

    activity: Activity
    rule: str
    template: str | None
    """Template of the acknowledgement, or None for none."""
    why_no_acknowledgement: str = ""
    customer: str = ""
    """Address of the customer whom the rule named; empty when it is the sender."""
    suggest: bool = False
    """The acknowledgement offers articles."""
    articles: tuple[str, ...] = ()
    """Those that the rule names, instead of what a search finds."""

    @property
    def summary(self) -> str:
        quiet = f"; not acknowledged: {self.why_no_acknowledgement}" if self.why_no_acknowledgement else ""
        named = f" for {self.customer}" if self.customer else ""
        return f"opened{named} {f'by rule {self.rule}' if self.rule else 'by hand'}{quiet}"


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerWrote(Event):
    """A mail of the customer joined the case."""

    activity: Activity

    @property
    def summary(self) -> str:
        return f"mail from the customer: {self.activity.subject}"


@dataclass(frozen=True, slots=True, kw_only=True)
class MailKept(Event):
    """A mail joined the case that nobody needs to be told of: an automatic answer, a report, or only thanks."""

    activity: Activity
    why: str

    @property
    def summary(self) -> str:
        return f"mail kept ({self.why}): {self.activity.subject}"


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentReplied(Event):
    """An agent's words go to the customer."""

    activity: Activity

    @property
    def summary(self) -> str:
        return "reply to the customer"


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteAdded(Event):
    """An internal note."""

    activity: Activity

    @property
    def summary(self) -> str:
        return f"note: {self.activity.text.strip().splitlines()[0][:100] if self.activity.text.strip() else ''}"


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRouted(Event):
    """The case went to a queue; who owned it and has no part in a private one, owns it no more."""

    queue: str
    rule: str = ""
    taken_from: str = ""

    @property
    def summary(self) -> str:
        rule = f" by rule {self.rule}" if self.rule else ""
        lost = f"; {self.taken_from} owns it no more" if self.taken_from else ""
        return f"routed to queue {self.queue}{rule}{lost}"


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseAssigned(Event):
    """The owner changed."""

    owner: str | None

    @property
    def summary(self) -> str:
        return f"assigned to {self.owner}" if self.owner else "released by its owner"


@dataclass(frozen=True, slots=True, kw_only=True)
class CasePicked(Event):
    """An agent works on the queue item, or gave it back."""

    worked_by: str | None

    @property
    def summary(self) -> str:
        return f"picked by {self.worked_by}" if self.worked_by else "given back to the queue"


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldsChanged(Event):
    """Fields of the case have new values, `(field, before, after)` each."""

    changes: tuple[tuple[str, str, str], ...]

    @property
    def is_escalation(self) -> bool:
        """Whether it escalates the case."""
        return any(field == "is_escalated" and after == "True" for field, _, after in self.changes)

    @property
    def summary(self) -> str:
        return "; ".join(f"{field}: {before or '-'} → {after or '-'}" for field, before, after in self.changes)


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusReasonChanged(Event):
    """Another reason for the same status."""

    before: str
    after: str

    @property
    def summary(self) -> str:
        return f"status reason: {self.before} → {self.after}"


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseResolved(Event):
    """The case is resolved; `activity` is the mail with the agent's words for the customer, if there are any."""

    reason: str
    minutes: int = 0
    """Time spent on the case in all."""
    billable_minutes: int = 0
    is_silent: bool = False
    """The customer is told by the mail about its parent."""

    @property
    def summary(self) -> str:
        time = f", {self.minutes} min spent, {self.billable_minutes} billable" if self.minutes else ""
        return f"resolved ({self.reason}{time})"


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseCancelled(Event):
    """The case is cancelled."""

    reason: str

    @property
    def summary(self) -> str:
        return f"cancelled ({self.reason})"


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseReactivated(Event):
    """A resolved or cancelled case is active again."""

    why: str

    @property
    def summary(self) -> str:
        return f"reactivated: {self.why}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockWarned(Event):
    """An SLA clock reached its warning time."""

    kpi: str
    due_at: datetime
    """UTC."""
    tell: tuple[str, ...] = ()
    """`owner`, `queue`, `leads`, `managers`, `admins`, or keys of agents."""

    is_urgent: bool = False
    """They are told whether or not they are at work."""

    @property
    def summary(self) -> str:
        return f"{self.kpi} is due at {self.due_at:%Y-%m-%d %H:%M} UTC"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockBreached(Event):
    """An SLA clock ran out."""

    kpi: str
    due_at: datetime
    """UTC."""
    tell: tuple[str, ...] = ()
    """`owner`, `queue`, `leads`, `managers`, `admins`, or keys of agents."""

    is_urgent: bool = False
    """They are told whether or not they are at work."""

    @property
    def summary(self) -> str:
        return f"{self.kpi} was due at {self.due_at:%Y-%m-%d %H:%M} UTC and is breached"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryDelayed(Event):
    """A mail of ours has not reached a recipient for hours, and is still tried."""

    recipient: str
    response: str
    due_at: datetime
    """Of the next try, UTC."""

    @property
    def summary(self) -> str:
        next_try = f"{self.due_at:%Y-%m-%d %H:%M} UTC"
        return f"not yet delivered to {self.recipient}: {self.response}; tried again at {next_try}"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryFailed(Event):
    """A mail of ours did not reach a recipient."""

    recipient: str
    response: str
    activity_id: int | None
    answered_at: datetime | None = None
    """When an agent wrote the answer that it was, UTC: the customer still waits for one. None for other mails."""

    @property
    def summary(self) -> str:
        return f"not delivered to {self.recipient}: {self.response}"
