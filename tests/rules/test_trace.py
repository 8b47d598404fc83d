"""A trace as people read it."""

from mailcase.domain.decision import Step, Trace
from mailcase.rules.trace import format_trace


def test_a_trace_is_a_tree_with_a_mark_for_each_step() -> None:
    steps = (
        Step(rule="loop", place="desk policy", is_hit=False, why="not our own mail"),
        Step(rule="broken", place="record_creation.yaml:3", is_hit=False, why="error: divide by zero"),
        Step(rule="vip", place="record_creation.yaml:9", is_hit=True, why="a\n  is true"),
    )

    assert format_trace(Trace(rulebook="abc", steps=steps)).splitlines() == [
        "rules abc",
        "├─ · loop    desk policy             not our own mail",
        "├─ ! broken  record_creation.yaml:3  error: divide by zero",
        "└─ ✓ vip     record_creation.yaml:9  a is true",
    ]


def test_an_empty_trace_has_only_its_version() -> None:
    assert format_trace(Trace(rulebook="abc")) == "rules abc"
