"""One thing that time brings about, apart from all others: what fails puts off nothing but itself (`daemon.errands`)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from mailcase.desk.desk import Desk
from mailcase.store.tx import Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """Something that is due."""

    key: str
    """As `domain.setback.Errand` says."""
    case_id: int | None = None
    do: Callable[[Tx, Desk, datetime], object]
    """Does it, in the transaction in which it was found. Raises StaleWrite when its case was changed meanwhile."""


Find = Callable[[Tx, Desk, datetime, int], list[Task]]
"""Returns up to so many tasks of one kind that are due, the longest due first, but for those that are put off."""
