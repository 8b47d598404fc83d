"""`#dry`: what commands would do."""

from desk.test_relations import rulebook, told, waiting
from mailcase.rules.rulebook import Rulebook

__all__ = ["rulebook"]


def test_a_dry_run_says_what_would_happen_and_does_none_of_it(rulebook: Rulebook) -> None:
    start = waiting(7)
    ran = told("#dry\n#priority high\n#resolve\nDear Clara, done.", rulebook, start)
    assert ran.outcome == start
    assert [line.outcome for line in ran.lines] == [
        "only tried: nothing of this was done, nothing was sent",
        "would be: priority: normal → high",
        "would be: resolved (Problem Solved)",
        "would go to the customer: Dear Clara, done.",
    ]
    assert all(line.is_ok for line in ran.lines)


def test_a_dry_run_says_what_would_be_refused(rulebook: Rulebook) -> None:
    ran = told("#probe\n#queue nowhere", rulebook, waiting(7))
    assert ran.refusal is not None
    assert "no queue here" in ran.refusal.outcome
