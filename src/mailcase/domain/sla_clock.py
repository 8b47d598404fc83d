"""The clock of one promise, its ledger and what can happen to it, as values. `sla_transitions` moves it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class ClockState(StrEnum):
    """Where a promise stands."""

    IN_PROGRESS = "in_progress"
    PAUSED = "paused"
    """A status reason stops the time."""
    NEARING = "nearing"
    """Running, and past its warning time."""
    SUCCEEDED = "succeeded"
    """Kept. Final."""
    BREACHED = "breached"
    """Broken. Final, also when the work is done later."""
    CANCELLED = "cancelled"
    """Neither kept nor broken: the case was cancelled, or the promise replaced. Final."""


RUNNING = frozenset({ClockState.IN_PROGRESS, ClockState.NEARING})
OPEN = RUNNING | {ClockState.PAUSED}


class ClockEvent(StrEnum):
    """What a transition did; the rules' actions hang on the first three."""

    WARNED = "warned"
    BREACHED = "breached"
    SUCCEEDED = "succeeded"
    STARTED = "started"
    PAUSED = "paused"
    RESUMED = "resumed"
    CANCELLED = "cancelled"
    REOPENED = "reopened"


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """A promise to one case, with its terms copied from the SLA item so that it does not change with the rules."""

    id: int = 0
    """0 until it is stored."""
    case_id: int
    sla: str
    item: str
    kpi: str
    calendar: str
    warn_after: timedelta | None
    fail_after: timedelta
    pause_reasons: tuple[str, ...]
    """Status reasons that stop it, sorted."""
    state: ClockState = ClockState.IN_PROGRESS
    started_at: datetime
    since: datetime
    """When the present span, running or paused, began; of a stopped clock, when it stopped. UTC, never goes back."""
    cause: str = ""
    """The status reason that paused it; empty when it is not paused."""
    warn_at: datetime | None
    """UTC; with `due_at` moved on by every pause when the pause ends."""
    due_at: datetime
    paused_for: timedelta = timedelta()
    """Business time of the pauses that ended."""
    stopped_at: datetime | None = None
    """When it succeeded or was cancelled, or when it was due and breached; None while open."""
    warned_at: datetime | None = None
    """When the warning was fired, None until then."""
    breached_at: datetime | None = None
    """When the breach was fired, which `recalculate` may take back, but never fires again; None until then."""
    next_due_at: datetime | None = None
    """What the tick waits for: the earliest of warning and breach to come; None when it has nothing to fire."""
    version: int = 0

    @property
    def is_open(self) -> bool:
        """Whether the promise can still be kept or broken."""
        return self.state in OPEN

    @property
    def paused_at(self) -> datetime | None:
        """When the pause began that it is in, or None."""
        return self.since if self.state is ClockState.PAUSED else None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockSpan:
    """An entry of a clock's ledger: a piece of real time, UTC, without its end."""

    clock_id: int
    """0 when the clock is not stored yet."""
    start: datetime
    until: datetime
    counted: bool
    """Whether the clock was running; in what runs, `sla_ledger.explain` tells open hours from closed ones."""
    cause: str
    """The status reason that paused it, or empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition:
    """What became of a clock: its new value, the ledger's new entries, and what happened, in order."""

    clock: Clock
    spans: tuple[ClockSpan, ...] = ()
    events: tuple[ClockEvent, ...] = ()

    def then(self, later: "Transition") -> "Transition":
        """Return both as one; `later` starts from this one's clock."""
        return Transition(clock=later.clock, spans=self.spans + later.spans, events=self.events + later.events)
