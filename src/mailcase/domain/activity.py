"""What was done on a case, and the timeline that tells it in order."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class ActivityKind(StrEnum):
    """The kinds of activity (Dynamics 365 activity types, the mail ones by direction)."""

    EMAIL_IN = "email_in"
    EMAIL_OUT = "email_out"
    PHONE_CALL = "phone_call"
    TASK = "task"
    APPOINTMENT = "appointment"
    NOTE = "note"
    """Internal: never leaves the desk."""
    LETTER = "letter"
    DRAFT = "draft"
    """An agent's mail that is held: internal until the agent says `#send` (`domain.draft`)."""


INTERNAL_KINDS = frozenset({ActivityKind.NOTE, ActivityKind.DRAFT})
"""What no customer ever reads."""


class ActivityState(StrEnum):
    """Where an activity stands (Dynamics 365 `statecode` of `activitypointer`)."""

    OPEN = "open"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity:
    """One thing done, or to be done, on a case."""

    id: int = 0
    """0 until it is stored."""
    case_id: int = 0
    kind: ActivityKind
    state: ActivityState = ActivityState.COMPLETED
    subject: str = ""
    text: str = ""
    """Mail: what the writer added. Else: the words of the agent."""
    sender: str = ""
    """Mail: the From address. Else empty."""
    reply_to: str = ""
    """Mail of a customer: where its writer wants the answer, if that is elsewhere and safe; else empty."""
    recipients: tuple[str, ...] = ()
    message_id: str | None = None
    """Mail: without angle brackets."""
    inbox_id: int | None = None
    """The received mail that this activity is."""
    owner: str | None = None
    queue: str | None = None
    """Name of the queue that it waits in, for somebody to take; None while it has an owner."""
    due_at: datetime | None = None
    """When it has to be done; of an appointment: when it begins. UTC."""
    duration_minutes: int | None = None
    """The time that it took; of an open appointment: that it will take."""
    billable_minutes: int | None = None
    """The time of it that is charged; None for all."""
    remind_at: datetime | None = None
    """When its owner is to be reminded, UTC; None when that is done, or not wanted."""
    response: str = ""
    """What the customer answered to an appointment: `accepted`, `declined` or `tentative`."""
    created_at: datetime
    created_by: str
    """The actor: `customer`, an agent's key, `system`, or `rule NAME`."""
    is_automatic: bool = False
    """Written by the desk: never counts as an answer to the customer."""
    is_unverified: bool = False
    """The sender had no proof of taking part in the case."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachedFile:
    """A file of an activity; its content is stored once per `sha256`."""

    id: int = 0
    activity_id: int = 0
    name: str
    content_type: str
    size: int
    """Bytes."""
    sha256: str
    is_inline: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineEntry:
    """One line of a case's history: what happened, who caused it, and by what."""

    id: int = 0
    case_id: int = 0
    at: datetime
    event: str
    """Name of the event class, such as `case_opened`."""
    actor: str
    cause: str = ""
    """What led to it: `mail 17`, `command line`, `rule vip`, `clock first_response`."""
    summary: str = ""
    """One line for people."""
    activity_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditRecord:
    """One change of one record, append-only."""

    id: int = 0
    at: datetime
    actor: str
    action: str
    """Such as `case.update`."""
    object_type: str
    object_id: int
    changes: str
    """JSON object: field → [before, after]."""
