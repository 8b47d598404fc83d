"""Something that is to happen to a case at a moment, unless something else happens before.

A timer is a row that is taken away in the transaction that does what it stands for: it fires once, whoever finds it.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class TimerKind(StrEnum):
    """What a timer stands for."""

    ALERT = "alert"
    """The next step of telling people of a clock that is nearing or breached."""
    WAITING_ALERT = "waiting_alert"
    """An alert that waits for the working hours of one agent."""
    CLOSING = "closing"
    """The next reminder to a customer who owes an answer, or the resolution without one."""
    FOLLOW_UP = "follow_up"
    """A case that was put aside comes back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Timer:
    """One timer of one case."""

    id: int = 0
    """0 until it is stored."""
    case_id: int
    kind: TimerKind
    about: str = ""
    """Alerts: clock and event, such as `17 breached`. Closing: the status reason."""
    agent: str = ""
    """Key of the agent for whom an alert waits; empty for others."""
    step: int = 0
    """How many steps were done before."""
    since: datetime
    """What its steps are counted from, UTC."""
    due_at: datetime
    """UTC."""
