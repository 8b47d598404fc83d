"""The process flow of a case: begun, moved and given up. What may be is `domain.flow_moves`, where it leads `rules.flows`."""

from collections.abc import Mapping
from dataclasses import replace

from mailcase.desk.outcome import Act, Outcome
from mailcase.domain import flow_moves
from mailcase.domain.case import Case, FlowState
from mailcase.domain.decision import Context
from mailcase.domain.events_flow import FlowAbandoned, FlowBegun, FlowFinished, StageEntered
from mailcase.domain.flow import Flow
from mailcase.errors import Refused
from mailcase.rules.flows import begun, flow_of
from mailcase.rules.rulebook import FlowRules, Rulebook

Flows = Mapping[str, FlowRules]


def begin(outcome: Outcome, flow: Flow, act: Act, *, rule: str = "") -> Outcome:
    """Let the case begin `flow`, and give up the one that is under way. Raises Refused when it is in that flow already."""
    if outcome.case.is_in_flow:
        if outcome.case.flow == flow.name:
            raise Refused(f"{outcome.case.number} is in the flow {flow.title} already, at {outcome.case.stage}.")
        outcome = give_up(outcome, None, f"{flow.title} begins instead", act)
    return outcome.then(_begun(flow, act, rule), case=flow_moves.begin(outcome.case, flow))


def begin_by_itself(outcome: Outcome, people: Context, rulebook: Rulebook, act: Act) -> Outcome:
    """Let a new case begin the flow that begins by itself, if one does; `people` are who stands behind the case."""
    case, _ = begun(outcome.case, None, None, replace(people, case=outcome.case), rulebook, act.now)
    return told(outcome.then(case=case), rulebook, act) if case.is_in_flow else outcome


def told(outcome: Outcome, rulebook: Rulebook, act: Act, *, rule: str = "") -> Outcome:
    """Return the outcome of a new case that is in a flow with the event that tells of it; `rule` if a rule named it."""
    flow = flow_of(outcome.case, rulebook)
    assert flow is not None, "a flow that has just begun is one of the rules"
    return outcome.then(_begun(flow, replace(act, actor=f"rule {rule}" if rule else "system"), rule, rulebook.version))


def _begun(flow: Flow, act: Act, rule: str, rules: str = "") -> FlowBegun:
    return FlowBegun(
        actor=act.actor, cause=act.cause, rules=rules, flow=flow.title, stage=flow.stages[0].title, rule=rule
    )


def give_up(outcome: Outcome, flow: Flow | None, why: str, act: Act) -> Outcome:
    """Let the case give up its flow; `flow` is that one, where the rules have it. Raises Refused when it has none."""
    case = outcome.case
    stage = flow.stage(case.stage) if flow else None
    event = FlowAbandoned(
        actor=act.actor,
        cause=act.cause,
        flow=flow.title if flow else str(case.flow),
        stage=stage.title if stage else str(case.stage),
        why=why,
    )
    return outcome.then(event, case=flow_moves.abandon(case))


def move(outcome: Outcome, moved: Case, flow: Flow, act: Act) -> Outcome:
    """Return the outcome with its case as `moved` has it: in another stage of `flow`, or at its end."""
    before, after = flow.stage(outcome.case.stage), flow.stage(moved.stage)
    told = outcome
    if outcome.case.stage != moved.stage:
        event = StageEntered(
            actor=act.actor,
            cause=act.cause,
            before=before.title if before else str(outcome.case.stage),
            after=after.title if after else str(moved.stage),
        )
        told = told.then(event)
    if moved.flow_state is FlowState.FINISHED:
        told = told.then(FlowFinished(actor=act.actor, cause=act.cause, flow=flow.title))
    return told.then(case=moved)


def require_open_gates(outcome: Outcome, flows: Flows) -> None:
    """Raise Refused, saying what is missing, while a gate of its flow holds the resolution of the case back."""
    rules = flows.get(outcome.case.flow or "")
    flow_moves.require_open_gates(outcome.case, rules.flow if rules else None, outcome.all_work)
