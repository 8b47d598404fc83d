"""A case: one matter of one customer, from its first mail to its resolution."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from mailcase.domain.number import format_number

MAX_TITLE = 500  # characters of a subject line that are stored


class Status(StrEnum):
    """The state of a case (Dynamics 365 `statecode` of `incident`)."""

    ACTIVE = "active"
    RESOLVED = "resolved"
    CANCELLED = "cancelled"


class Priority(StrEnum):
    """How urgent a case is (Dynamics 365 `prioritycode`)."""

    HIGH = "high"
    NORMAL = "normal"
    LOW = "low"


class CaseType(StrEnum):
    """What the customer wants (Dynamics 365 `casetypecode`)."""

    QUESTION = "question"
    PROBLEM = "problem"
    REQUEST = "request"


class Origin(StrEnum):
    """How the case came to the desk (Dynamics 365 `caseorigincode`)."""

    EMAIL = "email"
    PHONE = "phone"
    WEB = "web"
    OTHER = "other"


class FlowState(StrEnum):
    """Where a case stands in its process flow (Dynamics 365 `statecode` of a business process flow)."""

    ACTIVE = "active"
    FINISHED = "finished"
    ABANDONED = "abandoned"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One case. Changed only by the functions of `lifecycle` and `desk.cases`."""

    id: int = 0
    """The counter of its number; 0 until it is stored."""
    title: str
    description: str = ""
    contact_id: int
    account_id: int | None = None
    mailbox: str
    """The support mailbox that it came in by and is answered from."""
    subject: str = ""
    """Path in the subject tree, such as `billing/refund` (Dynamics 365 subject); not the mail's subject line."""
    product: str = ""
    case_type: CaseType | None = None
    priority: Priority = Priority.NORMAL
    origin: Origin = Origin.EMAIL
    status: Status = Status.ACTIVE
    status_reason: str = "in_progress"
    """A key of the `StatusReasons` table."""
    owner: str | None = None
    """Key of the agent who answers for it."""
    queue: str | None = None
    """Name of the queue it was last routed to; its queue item tells whether it waits there."""
    tags: tuple[str, ...] = ()
    cc: tuple[str, ...] = ()
    """Canonical addresses that take part besides the customer: copied on every answer, and their replies join."""
    custom: tuple[tuple[str, str], ...] = ()
    """Fields of one's own, `(name, value)`, such as an order number that a rule captured."""
    is_escalated: bool = False
    is_unverified: bool = False
    """Opened by a mail that claimed to belong to another case without proof."""
    language: str | None = None
    """ISO 639-1 of the customer's words."""
    parent_id: int | None = None
    merged_into_id: int | None = None
    related_id: int | None = None
    """An earlier case that this one refers to."""
    sla: str | None = None
    """Set by hand or by a rule; it goes before the entitlement's and the default."""
    entitlement_id: int | None = None
    """The entitlement that it is worked under."""
    is_exempt: bool = False
    """It takes nothing from its entitlement: "do not decrement"."""
    flow: str | None = None
    """Name of the process flow that it goes through, or went through last."""
    stage: str | None = None
    """Key of the stage of that flow that it is in, or ended in."""
    flow_state: FlowState | None = None
    """None while it has no flow. Changed only by the functions of `flow_moves`; its status never changes it."""
    flow_path: tuple[str, ...] = ()
    """Keys of the stages that it passed on the way to its stage, in order."""
    follow_up_at: datetime | None = None
    """Until when it is put aside (Dynamics 365 `followupby`), UTC; None while it is not."""
    resolution: str = ""
    """What the agent wrote when resolving it last."""
    billable_minutes: int | None = None
    created_at: datetime
    modified_at: datetime
    last_customer_mail_at: datetime | None = None
    unanswered_since: datetime | None = None
    """The oldest mail of the customer that nobody has answered."""
    last_update_at: datetime | None = None
    """When the desk last wrote to the customer, an acknowledgement aside."""
    escalated_at: datetime | None = None
    first_response_at: datetime | None = None
    """When a person first answered; an acknowledgement is no answer."""
    resolved_at: datetime | None = None
    reactivated_at: datetime | None = None
    version: int = 0
    """Rises with each write; a write that read an older version is refused (StaleWrite)."""

    @property
    def number(self) -> str:
        """The number that people see, such as CAS-000123-K7Q."""
        return format_number(self.id)

    @property
    def is_active(self) -> bool:
        """Whether work on it may go on."""
        return self.status is Status.ACTIVE

    @property
    def is_in_flow(self) -> bool:
        """Whether a process flow is under way, whatever the status of the case."""
        return self.flow_state is FlowState.ACTIVE
