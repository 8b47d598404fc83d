"""Which process flow a case goes through, and where a stage leads: what the conditions of flows.yaml say."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from mailcase.domain import flow_moves
from mailcase.domain.activity import Activity
from mailcase.domain.case import Case, FlowState
from mailcase.domain.decision import Context, Step, Trace
from mailcase.domain.email import InboundEmail
from mailcase.domain.flow import NO_FLOW, Flow
from mailcase.domain.flow_moves import Onward
from mailcase.errors import Refused
from mailcase.rules.creation import Trial
from mailcase.rules.expression import Truth
from mailcase.rules.rulebook import FlowRules, Rulebook
from mailcase.rules.variables import Subject


def find_flow(words: str, rulebook: Rulebook) -> FlowRules:
    """Return the flow whose name or title is `words`. Raises Refused with those there are."""
    wanted = " ".join(words.split()).casefold()
    for name, rules in rulebook.flows.items():
        if wanted in (name.casefold(), rules.flow.title.casefold()):
            return rules
    raise Refused(f"{words.strip()!r} is no flow here; there are: {', '.join(rulebook.flows) or 'none'}.")


def flow_of(case: Case, rulebook: Rulebook) -> Flow | None:
    """Return the flow that a case goes through, if the rules have it still."""
    rules = rulebook.flows.get(case.flow or "")
    return rules.flow if rules else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where a case stands in its flow, in words."""

    flow: str = ""
    """Title; empty when the case has no flow."""
    stage: str = ""
    """`Research (2 of 3)`, `finished`, or `given up at Research`."""
    missing: tuple[str, ...] = ()
    """What is not done yet of its stage."""


def standing_of(case: Case, rulebook: Rulebook, activities: tuple[Activity, ...]) -> Standing:
    """Return where a case stands; `activities` are all that it has."""
    if case.flow is None:
        return Standing()
    flow = flow_of(case, rulebook)
    stage = flow.stage(case.stage) if flow else None
    title = flow.title if flow else case.flow
    named = stage.title if stage else str(case.stage)
    if not case.is_in_flow:
        is_done = case.flow_state is FlowState.FINISHED
        return Standing(flow=title, stage="finished" if is_done else f"given up at {named}")
    if flow is None or stage is None:
        return Standing(flow=title, stage=f"{named}, which flows.yaml has no more")
    place = f"{flow.stages.index(stage) + 1} of {len(flow.stages)}"
    return Standing(flow=title, stage=f"{named} ({place})", missing=stage.missing(case, activities))


def begun(
    case: Case, wanted: str | None, email: InboundEmail | None, context: Context, rulebook: Rulebook, now: datetime
) -> tuple[Case, Trace | None]:
    """Return a new case with the flow that it begins with, and every flow tried; None where nothing had to be tried.

    `wanted` is what a rule names. Else the first flow counts that begins by itself and is for such a case. One whose
    condition cannot be evaluated ends the trial: the case has no flow, and the trace has the error.
    """
    if wanted is not None:
        rules = rulebook.flows.get(wanted) if wanted != NO_FLOW else None
        return (flow_moves.begin(case, rules.flow) if rules else case), None
    tried = [rules for rules in rulebook.flows.values() if rules.is_automatic]
    if not tried:
        return case, None
    trial = Trial(Subject(email=email, classification=None, context=context, case=case, now=now), rulebook)
    steps = tuple(_tried(tried, trial))
    hit = next((rules for rules, step in zip(tried, steps, strict=False) if step.is_hit), None)
    found = flow_moves.begin(case, hit.flow) if hit else case
    return found, Trace(rulebook=rulebook.version, steps=steps)


def _tried(flows: list[FlowRules], trial: Trial) -> Iterator[Step]:
    for rules in flows:
        verdict = trial.judge(rules.applies)
        is_hit = verdict.truth is Truth.TRUE
        why = f"error: {verdict.why}" if verdict.truth is Truth.ERROR else verdict.why
        yield Step(rule=f"flow {rules.flow.name}", place=rules.place.short, is_hit=is_hit, why=why)
        if is_hit or verdict.truth is Truth.ERROR:
            return


def require_applicable(rules: FlowRules, case: Case, context: Context, rulebook: Rulebook, now: datetime) -> None:
    """Raise Refused, saying why, when a flow is not for a case."""
    verdict = Trial(_subject(case, context, now), rulebook).judge(rules.applies)
    if verdict.truth is Truth.ERROR:
        raise Refused(
            f"{rules.place}: the condition of {rules.flow.name} cannot be evaluated ({verdict.why}); mend it."
        )
    if verdict.truth is Truth.FALSE:
        raise Refused(f"the flow {rules.flow.name} is not for {case.number}: {verdict.why}.")


def onward(rules: FlowRules, context: Context, rulebook: Rulebook, now: datetime) -> Onward:
    """Return what says where each stage of a flow leads: the first branch whose condition is true.

    What it returns raises Refused when a condition cannot be evaluated.
    """

    def choose(case: Case) -> str | None:
        trial = Trial(_subject(case, context, now), rulebook)
        for branch in rules.branches.get(case.stage or "", ()):
            verdict = trial.judge(branch.condition)
            if verdict.truth is Truth.ERROR:
                where = f"{rules.place}: a branch of {case.stage}"
                raise Refused(f"{where} cannot be evaluated ({verdict.why}); mend it, or name the stage: #stage NAME.")
            if verdict.truth is Truth.TRUE:
                return branch.stage
        return None

    return choose


def _subject(case: Case, context: Context, now: datetime) -> Subject:
    return Subject(email=None, classification=None, context=context, case=case, now=now)
