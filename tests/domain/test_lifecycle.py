"""The life of a case."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from mailcase.domain import lifecycle
from mailcase.domain.case import Case, Status
from mailcase.domain.lifecycle import (
    DEFAULT_RESOLUTION,
    INITIAL_REASON,
    STATUS_REASONS,
    TRANSITIONS,
    StatusReason,
    StatusReasons,
)
from mailcase.errors import Refused

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
LATER = NOW + timedelta(days=1)
REASONS = StatusReasons()
OF_STATUS = {Status.ACTIVE: "in_progress", Status.RESOLVED: "problem_solved", Status.CANCELLED: "cancelled"}


def case(status: Status = Status.ACTIVE, **others: object) -> Case:
    plain = Case(
        id=1,
        title="Printer",
        contact_id=1,
        mailbox="support",
        status=status,
        status_reason=OF_STATUS[status],
        created_at=NOW,
        modified_at=NOW,
    )
    return replace(plain, **others)  # type: ignore[arg-type]


def moved(start: Case, target: Status) -> Case:
    """Move a case by the verb that leads to `target`."""
    match target:
        case Status.RESOLVED:
            return lifecycle.resolve(start, REASONS["problem_solved"], "Solved.", LATER)
        case Status.CANCELLED:
            return lifecycle.cancel(start, REASONS["cancelled"], LATER)
        case Status.ACTIVE if start.status is Status.ACTIVE:
            return lifecycle.change_reason(start, REASONS["researching"], LATER)
        case _:
            return lifecycle.reactivate(start, REASONS, LATER)


def test_the_table_knows_every_status() -> None:
    assert set(TRANSITIONS) == set(Status)
    assert set().union(*TRANSITIONS.values()) <= set(Status)


@pytest.mark.parametrize(("start", "target"), list(product(Status, Status)))
def test_the_verbs_go_where_the_table_says_and_nowhere_else(start: Status, target: Status) -> None:
    if target in TRANSITIONS[start]:
        done = moved(case(start), target)
        assert (done.status, done.modified_at) == (target, LATER)
        assert REASONS[done.status_reason].status is target
    else:
        with pytest.raises(Refused, match=f"is {start}"):
            moved(case(start), target)


def test_every_active_reason_leads_to_an_inactive_one() -> None:
    for reason in STATUS_REASONS:
        if reason.status is Status.ACTIVE:
            assert moved(case(status_reason=reason.key), Status.RESOLVED).status is Status.RESOLVED


def test_the_defaults_are_in_the_table() -> None:
    assert REASONS[INITIAL_REASON].status is Status.ACTIVE
    assert REASONS[DEFAULT_RESOLUTION].status is Status.RESOLVED


def test_a_resolution_is_kept_and_dated() -> None:
    done = moved(case(), Status.RESOLVED)
    assert (done.resolution, done.resolved_at, done.is_active) == ("Solved.", LATER, False)


def test_a_reactivated_case_begins_again_and_remembers_its_resolution() -> None:
    resolved = moved(case(), Status.RESOLVED)
    again = lifecycle.reactivate(resolved, REASONS, LATER)
    assert (again.status_reason, again.resolved_at, again.reactivated_at) == (INITIAL_REASON, None, LATER)
    assert again.resolution == "Solved."


def test_a_merged_case_stays_closed() -> None:
    with pytest.raises(Refused, match="was merged; work on the case it was merged into"):
        lifecycle.reactivate(case(Status.CANCELLED, merged_into_id=2), REASONS, LATER)


def test_a_reason_of_another_status_is_refused() -> None:
    with pytest.raises(Refused, match="is active; Problem Solved is a reason of resolved cases"):
        lifecycle.change_reason(case(), REASONS["problem_solved"], LATER)


def test_a_reason_follows_only_what_it_may() -> None:
    shipped = StatusReason(key="shipped", title="Shipped", status=Status.ACTIVE, after=frozenset({"researching"}))
    with pytest.raises(Refused, match="Shipped follows only researching"):
        lifecycle.change_reason(case(), shipped, LATER)
    assert lifecycle.change_reason(case(status_reason="researching"), shipped, LATER).status_reason == "shipped"


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("researching", "researching"),
        ("On Hold", "on_hold"),  # its title
        ("waiting-for-details", "waiting_for_details"),
        ("wait", "waiting_for_details"),  # no other begins so
    ],
)
def test_a_reason_is_found_by_what_people_write(words: str, found: str) -> None:
    assert REASONS.find(words, Status.ACTIVE).key == found


@pytest.mark.parametrize("words", ["", "nonsense", "problem_solved"])
def test_what_is_no_reason_of_the_status_is_refused_with_those_there_are(words: str) -> None:
    with pytest.raises(Refused, match="there are: in_progress, on_hold, waiting_for_details, researching"):
        REASONS.find(words, Status.ACTIVE)


@pytest.mark.parametrize("status", [Status.RESOLVED, Status.CANCELLED])
def test_a_closed_case_is_read_only(status: Status) -> None:
    with pytest.raises(Refused, match="reactivate it first"):
        lifecycle.require_active(case(status))
    lifecycle.require_active(case())
