"""Stored cases played again under other service levels: what would have been kept, and what broken. Nothing is written.

Each case is put together again from its audit log, step by step, and its clocks are moved by the same code that moves
them on the desk (`desk.clockwork`), once under the present rules and once under the proposed ones. What people would have
done differently under other promises is not known, and what a clock would have changed on the case (priority, queue) is
not played.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from typing import Any

from pydantic import TypeAdapter

from mailcase.desk.clockwork import Happening, advance
from mailcase.desk.desk import Desk
from mailcase.desk.letters import read_people
from mailcase.desk.record import CONTENT
from mailcase.domain.activity import Activity, ActivityKind, AuditRecord
from mailcase.domain.case import Case
from mailcase.domain.decision import Context
from mailcase.domain.events import AgentReplied, CaseCancelled, CaseReactivated, CaseResolved, DeliveryFailed, Event
from mailcase.domain.sla_change import ReasonChange
from mailcase.domain.sla_clock import Clock, ClockState
from mailcase.domain.sla_transitions import fire
from mailcase.rules.rulebook import Rulebook
from mailcase.store import audit, cases, timeline
from mailcase.store.tx import Tx

PAGE = 100  # cases read in one transaction
_CASE = TypeAdapter(Case)
_TUPLES = frozenset({"tags", "custom"})
_SLIGHT = timedelta(seconds=1)
"""Entries of one deed bear the same moment; this much is taken for the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One write of a case."""

    at: datetime
    case: Case
    events: tuple[Event, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Simulated:
    """The clocks of one case under both sets of rules."""

    case: Case
    before: tuple[Clock, ...]
    after: tuple[Clock, ...]


def simulate_page(
    tx: Tx, desk: Desk, proposed: Rulebook, since: datetime, before_id: int | None, now: datetime
) -> tuple[Simulated, ...]:
    """Play the newest `PAGE` cases that were opened at or after `since` (UTC), below the id of the last page."""
    found = cases.opened_since(tx, since, limit=PAGE, before_id=before_id)
    return tuple(_simulate(tx, desk, proposed, case, now) for case in found)


def _simulate(tx: Tx, desk: Desk, proposed: Rulebook, case: Case, now: datetime) -> Simulated:
    steps = tuple(
        history(case, audit.of_object(tx, "case", case.id), [(e.at, e.event) for e in timeline.by_case(tx, case.id)])
    )
    people = read_people(tx, desk, case)
    return Simulated(
        case=case, before=play(steps, people, desk.rulebook, now), after=play(steps, people, proposed, now)
    )


def play(steps: tuple[Step, ...], people: Context, rulebook: Rulebook, now: datetime) -> tuple[Clock, ...]:
    """Return the clocks that a case with this history has under `rulebook` by `now`."""
    clocks: tuple[Clock, ...] = ()
    reasons: list[ReasonChange] = []
    for step in steps:
        if not reasons or reasons[-1].reason != step.case.status_reason:
            reasons.append(ReasonChange(at=step.at, reason=step.case.status_reason))
        known = tuple(reasons)
        happening = Happening(
            rulebook=rulebook,
            events=step.events,
            case=step.case,
            context=replace(people, case=step.case),
            now=step.at,
            reasons=lambda known=known: known,  # type: ignore[misc]  # a default binds it to this step
        )
        moved = [done.clock for done in advance(happening, clocks)]
        clocks = tuple(clock if clock.id else replace(clock, id=place) for place, clock in enumerate(moved, 1))
    return tuple(fire(clock, now).clock for clock in clocks)


def history(now: Case, records: list[AuditRecord], happened: list[tuple[datetime, str]]) -> Iterator[Step]:
    """Yield every state that a case had, from its audit log, with what the timeline says happened at that moment.

    `now` is the case as it is: what the audit log does not keep (`record.CONTENT`) is taken from there.
    """
    content = {name: getattr(now, name) for name in CONTENT}
    known: dict[str, Any] = {}
    last: Case | None = None
    for record in records:
        if record.action not in ("case.create", "case.update"):
            continue
        changes = {name: new for name, (_, new) in json.loads(record.changes).items()}
        known |= {name: value for name, value in changes.items() if name in _NAMES}
        case = _CASE.validate_python(_typed({**known, **content, "id": record.object_id, "modified_at": record.at}))
        names = [name for at, name in happened if abs(at - record.at) < _SLIGHT]
        yield Step(at=record.at, case=case, events=tuple(_events(names, last, case, record.at)))
        last = case


_NAMES = frozenset(field.name for field in fields(Case))


def _typed(values: dict[str, Any]) -> dict[str, Any]:
    tuples = {name: _tuples(value) for name, value in values.items() if name in _TUPLES}
    return values | tuples


def _tuples(value: Any) -> Any:  # JSON
    return tuple(_tuples(one) for one in value) if isinstance(value, list) else value


def _events(names: list[str], before: Case | None, case: Case, at: datetime) -> Iterator[Event]:
    """Yield the events of one write that move clocks."""
    reply = Activity(kind=ActivityKind.EMAIL_OUT, created_at=at, created_by="")
    for name in names:
        match name:
            case "agent_replied":
                yield AgentReplied(actor="", cause="", activity=reply)
            case "case_resolved":
                yield CaseResolved(actor="", cause="", reason="")
            case "case_cancelled":
                yield CaseCancelled(actor="", cause="", reason="")
            case "case_reactivated":
                yield CaseReactivated(actor="", cause="", why="")
            case "delivery_failed" if before is not None and case.unanswered_since != before.unanswered_since:
                yield DeliveryFailed(
                    actor="", cause="", recipient="", response="", activity_id=None, answered_at=before.last_update_at
                )
            case _:
                pass


def outcome(clock: Clock) -> str:
    """Return what a promise came to: `kept`, `broken`, `open`, or `cancelled`, which counts for nothing."""
    known = {ClockState.SUCCEEDED: "kept", ClockState.BREACHED: "broken", ClockState.CANCELLED: "cancelled"}
    return known.get(clock.state, "open")
