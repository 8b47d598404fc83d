"""The story of a case, as people read it: what happened, who did it and why, with the words that were written."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from mailcase.desk.decoration import repeated
from mailcase.desk.desk import Desk
from mailcase.domain.activity import Activity, ActivityKind, AttachedFile, TimelineEntry
from mailcase.domain.case import Case
from mailcase.domain.decoration import is_decoration
from mailcase.domain.party import Contact
from mailcase.domain.sla_clock import Clock
from mailcase.errors import Refused
from mailcase.store import activities, cases, clocks, contacts, timeline
from mailcase.store.tx import Tx

INTERNAL = frozenset({ActivityKind.NOTE, ActivityKind.TASK, ActivityKind.PHONE_CALL})


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One entry of the story."""

    at: datetime
    who: str
    """`customer`, the name of an agent, `system`, or `rule NAME`."""
    what: str
    cause: str
    number: str
    """Of the case that it happened to: another one, when that was merged into this one."""
    activity: Activity | None = None
    files: tuple[AttachedFile, ...] = ()
    """But for those that are decoration,"""
    signature_images: int = 0
    """and how many of these there are."""

    @property
    def words(self) -> str:
        """What was written, if anything was."""
        return self.activity.text.strip() if self.activity else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """One case with all that belongs to it."""

    case: Case
    contact: Contact | None
    activities: tuple[Activity, ...]
    clocks: tuple[Clock, ...]
    entries: tuple[TimelineEntry, ...]
    """Of this case alone, as they are stored."""
    lines: tuple[Line, ...]
    """Of this case and those merged into it, in order."""


def read(tx: Tx, desk: Desk, case_id: int, number: str) -> History:
    """Read the case with this id. Raises Refused, naming `number`, when there is none."""
    case = cases.get(tx, case_id)
    if case is None:
        raise Refused(f"{number} does not exist here; `mailcase case list` shows the cases.")
    done = {activity.id: activity for activity in activities.by_case(tx, case.id)}
    entries = timeline.by_case(tx, case.id)
    lines = [_line(tx, desk, case, entry, done) for entry in entries]
    return History(
        case=case,
        contact=contacts.get(tx, case.contact_id),
        activities=tuple(done.values()),
        clocks=tuple(clocks.by_case(tx, case.id)),
        entries=tuple(entries),
        lines=tuple(sorted(lines, key=lambda line: line.at)),
    )


def _line(tx: Tx, desk: Desk, case: Case, entry: TimelineEntry, done: Mapping[int, Activity]) -> Line:
    agent = desk.rulebook.agents.get(entry.actor)
    activity = done.get(entry.activity_id or 0)
    files = activities.files(tx, activity.id) if activity else []
    often = repeated(tx, files)
    shown = tuple(file for file in files if not is_decoration(file, often))
    return Line(
        at=entry.at,
        who=agent.name if agent else entry.actor,
        what=entry.summary,
        cause=entry.cause,
        number=case.number,
        activity=activity,
        files=shown,
        signature_images=len(files) - len(shown),
    )
