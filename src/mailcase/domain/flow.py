"""A process flow: the stages that a case goes through, and what is to be done in each (Dynamics 365 business process flow).

    identify ──▶ research ──▶ resolve        a stage: its steps, where it leads, and whether it is a gate
        └──────────────────────▲             a branch leads only forward, so every way comes to an end

A step is done when its field is filled in, or when enough activities of its kind are completed; nobody ticks it off.
A gate holds `#resolve` back: until its stage is done, or only until the stage is reached. A gate that the way of a case
leads past holds nothing.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from mailcase.domain.activity import Activity, ActivityKind, ActivityState
from mailcase.domain.case import Case
from mailcase.domain.work import NAMES
from mailcase.errors import Refused

NO_FLOW = "none"
"""Said where a flow is named: that there shall be none."""
END = "end"
"""Said where a stage is named: that the flow ends there."""
FIELDS: Mapping[str, Callable[[Case], object]] = {
    "type": lambda case: case.case_type,
    "subject": lambda case: case.subject,
    "product": lambda case: case.product,
    "tags": lambda case: case.tags,
    "owner": lambda case: case.owner,
    "queue": lambda case: case.queue,
    "sla": lambda case: case.sla,
    "account": lambda case: case.account_id,
    "entitlement": lambda case: case.entitlement_id,
    "parent": lambda case: case.parent_id,
    "follow_up": lambda case: case.follow_up_at,
    "first_response": lambda case: case.first_response_at,
}
"""The fields of every case that a step can ask for; those of one's own are asked for by their names."""
KINDS: Mapping[ActivityKind, str] = {
    **NAMES,
    ActivityKind.EMAIL_IN: "mail from the customer",
    ActivityKind.EMAIL_OUT: "mail to the customer",
}
"""Kinds of activity, as people say them."""


class Gate(StrEnum):
    """Until when a stage holds the resolution of its case back."""

    REACHED = "reached"
    """Until the case is in it."""
    DONE = "done"
    """Until all its steps are done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing that a stage asks for: a field, or activities of a kind."""

    title: str = ""
    """What to do, in the words of the desk."""
    field: str = ""
    """A key of `FIELDS` or the name of a field of one's own; empty where activities are asked for."""
    activity: ActivityKind | None = None
    words: str = ""
    """Only activities with these words in them count, in any case of letters."""
    count: int = 1
    """How many of them have to be completed."""

    def is_done(self, case: Case, activities: Iterable[Activity]) -> bool:
        """Return whether nothing of this is missing; `activities` are all of the case."""
        if self.activity is None:
            return bool(_value(case, self.field))
        return self._completed(activities) >= self.count

    def missing(self, activities: Iterable[Activity]) -> str:
        """Say what is missing."""
        if self.activity is None:
            lack = f"{self.field} is empty"
        else:
            noun = KINDS[self.activity] + (f" with the words {self.words!r}" if self.words else "")
            lack = (
                f"no completed {noun}" if self.count == 1 else f"{self._completed(activities)} of {self.count} {noun}"
            )
        return f"{self.title} ({lack})" if self.title else lack

    def _completed(self, activities: Iterable[Activity]) -> int:
        return sum(
            one.kind is self.activity
            and one.state is ActivityState.COMPLETED
            and not one.is_automatic
            and self.words.casefold() in f"{one.subject}\n{one.text}".casefold()
            for one in activities
        )


def _value(case: Case, field: str) -> object:
    read = FIELDS.get(field)
    return read(case) if read else dict(case.custom).get(field)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One stage of a flow."""

    key: str
    title: str
    steps: tuple[Step, ...] = ()
    targets: tuple[str | None, ...] = ()
    """Keys of the stages that it may lead to, all behind it; None for the end of the flow."""
    gate: Gate | None = None

    def missing(self, case: Case, activities: Iterable[Activity]) -> tuple[str, ...]:
        """Say what of its steps is not done; `activities` are all of the case."""
        known = tuple(activities)
        return tuple(step.missing(known) for step in self.steps if not step.is_done(case, known))


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """A process flow, as `rules/flows.yaml` describes it; it has one stage at least."""

    name: str
    title: str
    stages: tuple[Stage, ...]
    calendar: str = ""
    """Whose business time its stages are measured in; empty for none."""

    def stage(self, key: str | None) -> Stage | None:
        """Return the stage with this key, if the flow has it."""
        return next((stage for stage in self.stages if stage.key == key), None)

    def find(self, words: str) -> Stage:
        """Return the stage whose key or title is, or uniquely begins with, `words`. Raises Refused."""
        wanted = " ".join(words.split()).casefold()
        names = {stage.key: (stage.key.casefold(), stage.title.casefold()) for stage in self.stages}
        exact = [stage for stage in self.stages if wanted in names[stage.key]]
        begun = [stage for stage in self.stages if wanted and any(one.startswith(wanted) for one in names[stage.key])]
        found = exact or begun
        if len(found) != 1:
            known = ", ".join(stage.key for stage in self.stages)
            raise Refused(f"{words.strip()!r} is no stage of {self.title}; there are: {known}.")
        return found[0]

    def ahead_of(self, key: str) -> frozenset[str]:
        """Return the keys of the stages that some way from the stage `key` leads to."""
        found: set[str] = set()
        waiting = [key]
        while waiting:
            stage = self.stage(waiting.pop())
            fresh = {target for target in (stage.targets if stage else ()) if target is not None} - found
            found |= fresh
            waiting += fresh
        return frozenset(found)
