"""What a rule changes on a case that exists: fields, tags, queue, owner, and a note."""

from dataclasses import replace

from mailcase.desk import cases, flows
from mailcase.desk.outcome import Act, Outcome
from mailcase.domain.decision import NewCase
from mailcase.domain.party import Team
from mailcase.rules.rulebook import Rulebook

FIELDS = ("title", "priority", "case_type", "origin", "subject", "product", "sla", "is_exempt")


def apply_update(outcome: Outcome, update: NewCase | None, rulebook: Rulebook, rule: str, act: Act) -> Outcome:
    """Return `outcome` with what the rule named `rule` changes; what is so already stays as it is.

    A closed case is read-only: then a note says what the rule would have changed.
    """
    if update is None:
        return outcome
    act = replace(act, actor=f"rule {rule}", cause=f"{act.cause}, rules {rulebook.version}")
    if update.note:
        outcome = cases.note(outcome, update.note, act)
    changes = _changes(outcome, update)
    if not outcome.case.is_active:
        would = ", ".join([*changes, *(name for name in ("queue", "owner", "flow") if getattr(update, name))])
        return (
            cases.note(outcome, f"The case is closed, so the rule did not change: {would}.", act) if would else outcome
        )
    if changes:
        outcome = cases.change_fields(outcome, act, **changes)
    queue = rulebook.queues.get(update.queue or "")
    owner = rulebook.agents.get(update.owner or "") or rulebook.teams.get(update.owner or "")
    if queue is not None and (outcome.item is None or outcome.item.queue != queue.name):
        outcome = cases.route(outcome, queue, act, rule=rule)
    outcome = _in_flow(outcome, update.flow, rulebook, rule, act)
    is_there = bool(owner.members) if isinstance(owner, Team) else owner is not None and owner.is_active
    if owner is not None and is_there and outcome.case.owner != owner.key:
        outcome = cases.assign(outcome, owner, act)
    return outcome


def _in_flow(outcome: Outcome, wanted: str | None, rulebook: Rulebook, rule: str, act: Act) -> Outcome:
    """Begin the flow that the rule names; one that is under way goes on, as somebody works by it."""
    rules, case = rulebook.flows.get(wanted or ""), outcome.case
    if rules is None or (case.is_in_flow and case.flow == wanted):
        return outcome
    if case.is_in_flow:
        return cases.note(outcome, f"The case is in the flow {case.flow}, so the rule did not begin {wanted}.", act)
    return flows.begin(outcome, rules.flow, act, rule=rule)


def _changes(outcome: Outcome, update: NewCase) -> dict[str, object]:
    """Return the fields that get another value; tags and fields of one's own are added to those there are."""
    wanted: dict[str, object] = {name: value for name in FIELDS if (value := getattr(update, name)) is not None}
    wanted["tags"] = tuple(dict.fromkeys((*outcome.case.tags, *update.tags)))
    wanted["custom"] = tuple((dict(outcome.case.custom) | dict(update.custom)).items())
    return {name: value for name, value in wanted.items() if getattr(outcome.case, name) != value}
