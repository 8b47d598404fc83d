"""The story of a case, as people read it: what happened, who did it and why, with the words that were written."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from mailcase.desk.decoration import repeated
from mailcase.desk.desk import Desk
from mailcase.desk.rights import require, sees
from mailcase.domain.activity import Activity, AttachedFile, TimelineEntry
from mailcase.domain.case import Case
from mailcase.domain.decoration import is_decoration
from mailcase.domain.flow_time import StageVisit
from mailcase.domain.party import Agent, Contact
from mailcase.domain.permission import Right
from mailcase.domain.sla_clock import Clock
from mailcase.errors import Refused
from mailcase.rules.flows import Standing, standing_of
from mailcase.store import activities, cases, clocks, contacts, links, stage_visits, timeline
from mailcase.store.tx import Tx

MERGED = "merged"
"""What a case is to the one that took it over."""


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
    visits: tuple[StageVisit, ...]
    """Its stays in the stages of its flows."""
    standing: Standing
    """Where it is in its flow."""
    entries: tuple[TimelineEntry, ...]
    """Of this case alone, as they are stored."""
    lines: tuple[Line, ...]
    """Of this case and those merged into it, in order."""
    relations: tuple[tuple[str, Case], ...] = ()
    """Other cases and what they are to this one: parent, child, merged, survivor, linked, follows."""


def read(tx: Tx, desk: Desk, case_id: int, number: str, viewer: Agent | None) -> History:
    """Read the case with this id; of other cases only those that `viewer`, None for no agent, may see.

    Raises Refused, naming `number`, when there is none, or the viewer may not see it.
    """
    case = cases.get(tx, case_id)
    if case is None:
        raise Refused(f"{number} does not exist here; `mailcase case list` shows the cases.")
    done = {activity.id: activity for activity in activities.by_case(tx, case.id)}
    require(desk.rulebook, viewer, Right.SEE, case)
    relations = tuple(
        pair for pair in _relations(tx, case) if pair[0] == MERGED or sees(desk.rulebook, viewer, pair[1])
    )
    told = (case, *(other for what, other in relations if what == MERGED))
    lines = [_line(tx, desk, one, entry, done) for one in told for entry in timeline.by_case(tx, one.id)]
    return History(
        case=case,
        contact=contacts.get(tx, case.contact_id),
        activities=tuple(done.values()),
        clocks=tuple(clocks.by_case(tx, case.id)),
        visits=tuple(stage_visits.by_case(tx, case.id)),
        standing=standing_of(case, desk.rulebook, tuple(done.values())),
        entries=tuple(timeline.by_case(tx, case.id)),
        lines=tuple(sorted(lines, key=lambda line: line.at)),
        relations=relations,
    )


def _relations(tx: Tx, case: Case) -> Iterator[tuple[str, Case]]:
    for what, key in (("parent", case.parent_id), ("survivor", case.merged_into_id), ("follows", case.related_id)):
        other = cases.get(tx, key) if key is not None else None
        if other is not None:
            yield what, other
    yield from (("child", child) for child in cases.children(tx, case.id))
    waiting = [case]
    while waiting:
        losers = cases.merged_into(tx, waiting.pop().id)
        yield from ((MERGED, loser) for loser in losers)
        waiting += losers
    for link in links.of_case(tx, case.id):
        other = cases.get(tx, link.other_id if link.case_id == case.id else link.case_id)
        if other is not None:
            yield "linked", other


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
