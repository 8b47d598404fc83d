"""Warnings about process flows: what of them no case ever comes to."""

from collections.abc import Iterator

from mailcase.domain.flow import END
from mailcase.rules.expression import ALWAYS_TRUE
from mailcase.rules.rulebook import FlowRules, Rulebook


def flow_warnings(rulebook: Rulebook) -> Iterator[str]:
    """Yield what is doubtful about the process flows."""
    yield from _shadowed(rulebook)
    for rules in rulebook.flows.values():
        yield from (f"{rules.place}: {what}" for what in _of_flow(rules))


def _shadowed(rulebook: Rulebook) -> Iterator[str]:
    """A flow behind one for all cases never begins by itself; nor does one that is for the same cases."""
    automatic = [rules for rules in rulebook.flows.values() if rules.is_automatic]
    for number, rules in enumerate(automatic):
        before = next((one for one in automatic[:number] if one.applies in (ALWAYS_TRUE, rules.applies)), None)
        if before is not None:
            name = rules.flow.name
            yield f"{rules.place}: flow {name!r} never begins by itself: {before.flow.name!r} stands before it."


def _of_flow(rules: FlowRules) -> Iterator[str]:
    flow = rules.flow
    reached = flow.ahead_of(flow.stages[0].key) | {flow.stages[0].key}
    for stage in flow.stages:
        if stage.key not in reached:
            gate = ", and its gate holds nothing" if stage.gate else ""
            yield f"no way leads to stage {stage.key!r} of {flow.name!r}{gate}; name it in a `next`, or remove it."
            continue
        ways = rules.branches[stage.key]
        for number, branch in enumerate(ways):
            if any(before.condition in (ALWAYS_TRUE, branch.condition) for before in ways[:number]):
                where = branch.stage or END
                yield f"the branch from {stage.key!r} of {flow.name!r} to {where!r} is never taken; one stands before it."
