"""What the commands of one mail changed on a case, kept so that it can be taken back."""

from dataclasses import dataclass
from datetime import datetime

from mailcase.domain.activity import Activity
from mailcase.domain.case import Case
from mailcase.domain.queue import QueueItem


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """A case with its place in the queues and the activities that were changed."""

    case: Case
    item: QueueItem | None
    work: tuple[Activity, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A case before and after the commands of one mail."""

    before: Snapshot
    after: Snapshot
    made: tuple[int, ...] = ()
    """Ids of the activities that are new."""
    linked: tuple[int, ...] = ()
    unlinked: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Transcript:
    """One set of commands that ran."""

    id: int = 0
    case_id: int
    at: datetime
    actor: str
    """Key of the agent."""
    cause: str
    change: str
    """JSON of a `Change`."""
    final: str = ""
    """Why it cannot be taken back, such as `it wrote to the customer`; empty when it can."""
    undone_at: datetime | None = None
