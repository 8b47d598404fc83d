"""Tasks, calls, letters and time on a case, as values."""

from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from desk.test_relations import rulebook, task, told, waiting
from desk.values import ACT, ANNA, NOW
from mailcase.desk.call import Request, Surroundings
from mailcase.desk.commands import run
from mailcase.domain.activity import ActivityKind, ActivityState
from mailcase.domain.case import Status
from mailcase.domain.work import Spent, spent
from mailcase.mail.commands import parse_commands
from mailcase.rules.rulebook import Rulebook

__all__ = ["rulebook"]


def test_a_task_waits_for_its_owner_who_is_reminded(rulebook: Rulebook) -> None:
    ran = told("#task @ben call the warehouse due 2026-03-04 14:30", rulebook, waiting(7))
    (made,) = (new.activity for new in ran.outcome.activities)
    assert (made.kind, made.state, made.owner, made.text) == (
        ActivityKind.TASK,
        ActivityState.OPEN,
        "ben",
        "call the warehouse",
    )
    assert made.due_at == made.remind_at == NOW.replace(day=4, hour=14, minute=30)
    assert ran.lines[0].outcome == "task (call the warehouse), due 2026-03-04 14:30 UTC, for ben"


def test_times_are_named_on_the_clock_of_the_desk(rulebook: Rulebook) -> None:
    parsed = parse_commands("#task ring due tomorrow 9:00")
    request = Request(agent=ANNA, commands=parsed.commands, words=None)
    berlin = Surroundings(zone=ZoneInfo("Europe/Berlin"))
    (new,) = run(waiting(7), request, rulebook, ACT, berlin).outcome.activities
    assert new.activity.due_at == NOW.replace(day=3, hour=8, minute=0)


@pytest.mark.parametrize(
    ("text", "kind", "minutes", "billable", "words"),
    [
        ("#phone 15m she agrees", ActivityKind.PHONE_CALL, 15, None, "she agrees"),
        ("#phone she agrees", ActivityKind.PHONE_CALL, None, None, "she agrees"),
        ("#phone 1h30 billable 20m she agrees", ActivityKind.PHONE_CALL, 90, 20, "she agrees"),
        ("#letter 10m contract sent", ActivityKind.LETTER, 10, None, "contract sent"),
        ("#time 20", ActivityKind.TASK, 20, None, "time"),
        ("#time 1:30 billable 10 research", ActivityKind.TASK, 90, 10, "research"),
        ("#zeit 2 Stunden abrechenbar 1h Analyse", ActivityKind.TASK, 120, 60, "Analyse"),
    ],
)
def test_what_was_done_is_written_down_with_its_time(
    text: str, kind: ActivityKind, minutes: int | None, billable: int | None, words: str, rulebook: Rulebook
) -> None:
    (new,) = told(text, rulebook, waiting(7)).outcome.activities
    made = new.activity
    assert (made.kind, made.state, made.text) == (kind, ActivityState.COMPLETED, words)
    assert (made.duration_minutes, made.billable_minutes) == (minutes, billable)


def test_a_call_can_be_planned(rulebook: Rulebook) -> None:
    (new,) = told("#phone ring back due tomorrow", rulebook, waiting(7)).outcome.activities
    assert (new.activity.state, new.activity.text) == (ActivityState.OPEN, "ring back")


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("#done 1", [2]),
        ("#done task 2", [1]),
        ("#drop 1", [2]),
        ("#drop all", []),
        ("#drop alle", []),
    ],
)
def test_activities_end(text: str, left: list[int], rulebook: Rulebook) -> None:
    ran = told(text, rulebook, waiting(7, [task(1, 7), task(2, 7)]))
    assert [one.id for one in ran.outcome.open_work] == left
    assert all(line.is_ok for line in ran.lines)


def test_the_only_open_activity_needs_no_name_and_may_be_told_its_time(rulebook: Rulebook) -> None:
    reminded = replace(task(1, 7), remind_at=NOW)
    ran = told("#done 25m", rulebook, waiting(7, [reminded]))
    (ended,) = ran.outcome.work
    assert (ended.state, ended.duration_minutes, ended.remind_at) == (ActivityState.COMPLETED, 25, None)
    assert ran.lines[0].outcome == "completed: task 1 (task 1), 25 min"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("#task x due whenever", "'whenever' names no time"),
        ("#task x due 2020-01-01", "is past"),
        ("#task @nobody x", "'nobody' is no agent here"),
        ("#time lunch", "'lunch' is no time; write #time 20m"),
        ("#time 20m billable 30m", "no more can be billed than was spent"),
        ("#time 20m billable much", "billable needs a time"),
        ("#time 900h", "is more than a week"),
        ("#done", "names no single open activity; open are: task 1 (task 1); task 2 (task 2)"),
        ("#done 9", "'9' names no single open activity"),
        ("#resolve", "has open activities: task 1 (task 1); task 2 (task 2); end them with #done"),
        ("#cancel why", "has open activities"),
    ],
)
def test_what_cannot_be_says_why(text: str, why: str, rulebook: Rulebook) -> None:
    begun = waiting(7, [task(1, 7), task(2, 7)])
    ran = told(text, rulebook, begun)
    assert ran.refusal is not None
    assert why in ran.refusal.outcome
    assert ran.outcome == begun


def test_open_activities_may_be_cancelled_in_the_mail_that_resolves(rulebook: Rulebook) -> None:
    ran = told("#drop all\n#resolve", rulebook, waiting(7, [task(1, 7)]))
    assert ran.outcome.case.status is Status.RESOLVED


@pytest.mark.parametrize(
    ("text", "total", "charged"),
    [
        ("#resolve", 10, 10),
        ("#resolve 20m", 30, 30),
        ("#resolve problem_solved 20m billable 5m Done.", 30, 15),
        ("#resolve billable 45m Done.", 10, 45),
        ("#time 5m\n#phone 1h ring\n#resolve", 75, 75),
    ],
)
def test_the_time_of_a_case_is_the_sum_of_its_activities_and_what_is_billed_may_differ(
    text: str, total: int, charged: int, rulebook: Rulebook
) -> None:
    done = replace(task(1, 7, ActivityState.COMPLETED), duration_minutes=10)
    outcome = told(text, rulebook, waiting(7, [done])).outcome
    assert outcome.case.billable_minutes == charged
    assert outcome.spent.minutes == total
    assert f"{total} min spent, {charged} billable" in outcome.events[-1].summary


def test_cancelled_and_open_activities_took_no_time() -> None:
    activities = [
        replace(task(1, 7, state), duration_minutes=10)
        for state in (ActivityState.OPEN, ActivityState.CANCELLED, ActivityState.COMPLETED)
    ]
    assert spent(activities) == Spent(minutes=10, billable_minutes=10)


def test_a_reminder_is_for_the_moment_that_it_is_due(rulebook: Rulebook) -> None:
    (new,) = told("#task look again due in 3 days", rulebook, waiting(7)).outcome.activities
    assert new.activity.remind_at == NOW + timedelta(days=3)
