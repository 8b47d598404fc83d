"""The life of a case as a table: the only place that knows which status may follow which.

                    resolve                        reactivate
        ACTIVE ───────────────▶ RESOLVED  ─────────────────────▶ ACTIVE / In Progress
           │        cancel                         reactivate
           └──────────────────▶ CANCELLED ─────────────────────▶ ACTIVE / In Progress

Within a status a case moves freely between the status reasons of that status. Modelled on Dynamics 365, where a
state (`statecode`) owns its status reasons (`statuscode`).
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from mailcase.domain.case import Case, Status
from mailcase.domain.number import format_number
from mailcase.errors import Refused


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusReason:
    """One reason for a status."""

    key: str
    title: str
    status: Status
    pauses_clocks: bool = False
    """SLA clocks stand still while a case has this reason."""
    after: frozenset[str] = frozenset()
    """Keys of the only reasons that it may follow; empty for any (Dynamics 365 status reason transitions)."""


STATUS_REASONS = (
    StatusReason(key="in_progress", title="In Progress", status=Status.ACTIVE),
    StatusReason(key="on_hold", title="On Hold", status=Status.ACTIVE, pauses_clocks=True),
    StatusReason(key="waiting_for_details", title="Waiting for Details", status=Status.ACTIVE, pauses_clocks=True),
    StatusReason(key="researching", title="Researching", status=Status.ACTIVE),
    StatusReason(key="problem_solved", title="Problem Solved", status=Status.RESOLVED),
    StatusReason(key="information_provided", title="Information Provided", status=Status.RESOLVED),
    StatusReason(key="cancelled", title="Cancelled", status=Status.CANCELLED),
    StatusReason(key="merged", title="Merged", status=Status.CANCELLED),
)  # Dynamics 365: the statuscode values of incident, by their default labels
INITIAL_REASON = "in_progress"
MERGED_REASON = "merged"
DEFAULT_RESOLUTION = "problem_solved"

TRANSITIONS: dict[Status, frozenset[Status]] = {
    Status.ACTIVE: frozenset({Status.ACTIVE, Status.RESOLVED, Status.CANCELLED}),
    Status.RESOLVED: frozenset({Status.ACTIVE}),
    Status.CANCELLED: frozenset({Status.ACTIVE}),
}


class StatusReasons:
    """The status reasons that this desk knows, by key."""

    def __init__(self, reasons: tuple[StatusReason, ...] = STATUS_REASONS) -> None:
        self._by_key = {reason.key: reason for reason in reasons}

    def __getitem__(self, key: str) -> StatusReason:
        return self._by_key[key]

    def __iter__(self) -> Iterator[StatusReason]:
        return iter(self._by_key.values())

    def find(self, words: str, status: Status) -> StatusReason:
        """Return the reason of `status` whose key or title is, or uniquely begins with, `words`.

        Raises Refused with the reasons there are.
        """
        wanted = words.strip().lower().replace(" ", "_").replace("-", "_")
        possible = [reason for reason in self if reason.status is status]
        exact = [reason for reason in possible if reason.key == wanted]
        found = exact or [reason for reason in possible if wanted and reason.key.startswith(wanted)]
        if len(found) != 1:
            known = ", ".join(reason.key for reason in possible)
            raise Refused(f"{words!r} is not a status reason of {status} cases; there are: {known}.")
        return found[0]


def change_reason(case: Case, reason: StatusReason, now: datetime) -> Case:
    """Return `case` with another reason for the status it has. Raises Refused when the reason is of another status."""
    if reason.status is not case.status:
        raise Refused(f"{case.number} is {case.status}; {reason.title} is a reason of {reason.status} cases.")
    return _move(case, reason, now)


def resolve(case: Case, reason: StatusReason, resolution: str, now: datetime) -> Case:
    """Return `case` resolved with `resolution`, the words for the customer. Raises Refused when it is not active."""
    if case.status is not Status.ACTIVE:
        raise Refused(f"{case.number} is {case.status} already.")
    return replace(_move(case, reason, now), resolution=resolution, resolved_at=now)


def cancel(case: Case, reason: StatusReason, now: datetime) -> Case:
    """Return `case` cancelled. Raises Refused when it is not active."""
    if case.status is not Status.ACTIVE:
        raise Refused(f"{case.number} is {case.status} already; there is nothing to cancel.")
    return replace(_move(case, reason, now), resolved_at=now)


def merge(case: Case, survivor: Case, reasons: StatusReasons, now: datetime) -> Case:
    """Return `case` cancelled because `survivor` goes on in its stead. Raises Refused when it is not active."""
    if case.status is not Status.ACTIVE:
        raise Refused(f"{case.number} is {case.status}; only active cases can be merged.")
    return replace(_move(case, reasons[MERGED_REASON], now), resolved_at=now, merged_into_id=survivor.id)


def reactivate(case: Case, reasons: StatusReasons, now: datetime) -> Case:
    """Return `case` active again. Raises Refused when it is active, or merged into another."""
    if case.status is Status.ACTIVE:
        raise Refused(f"{case.number} is active; there is nothing to reopen.")
    if case.merged_into_id is not None:
        raise Refused(f"{case.number} was merged; work on the case it was merged into.")
    return replace(_move(case, reasons[INITIAL_REASON], now), resolved_at=None, reactivated_at=now)


def require_active(case: Case) -> None:
    """Raise Refused when `case` is read-only because it is resolved or cancelled."""
    if not case.is_active:
        raise Refused(f"{case.number} is {case.status}; reactivate it first (#reopen).")


def require_unmerged(case: Case) -> None:
    """Raise Refused when another case goes on in the stead of `case`, which has nothing of its own any more."""
    if case.merged_into_id is not None:
        raise Refused(f"{case.number} was merged into {format_number(case.merged_into_id)}; work on that.")


def _move(case: Case, reason: StatusReason, now: datetime) -> Case:
    if reason.status not in TRANSITIONS[case.status]:
        raise Refused(f"{case.number} is {case.status} and cannot become {reason.status}.")
    if reason.after and case.status_reason not in {reason.key, *reason.after}:
        raise Refused(f"{case.number}: {reason.title} follows only {', '.join(sorted(reason.after))}; go there first.")
    return replace(case, status=reason.status, status_reason=reason.key, modified_at=now)
