"""How a case goes through its process flow: the only place that changes `flow`, `stage`, `flow_state` and `flow_path`.

                 begin              next · back · a named stage           finish
    no flow ───────────────▶ ACTIVE ────────────────────────────▶ ACTIVE ────────▶ FINISHED
        ▲                      │ abandon                                              │
        └── another begins ─── ABANDONED ◀── (its case is merged into another) ───────┘ another begins

A flow is moved by people and by rules; resolving, cancelling or reactivating its case leaves it where it is.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from mailcase.domain.activity import Activity
from mailcase.domain.case import Case, FlowState
from mailcase.domain.flow import Flow, Gate, Stage
from mailcase.errors import Refused

Onward = Callable[[Case], str | None]
"""Gives the key of the stage that follows the one that a case is in, or None where its flow ends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Walk:
    """The flow of one case, and what decides where it leads."""

    flow: Flow
    onward: Onward
    activities: tuple[Activity, ...]
    """All of the case."""


def begin(case: Case, flow: Flow) -> Case:
    """Return `case` in the first stage of `flow`. Raises Refused while another one is under way."""
    if case.is_in_flow:
        raise Refused(f"{case.number} is in the flow {case.flow} already, at {case.stage}.")
    return replace(case, flow=flow.name, stage=flow.stages[0].key, flow_state=FlowState.ACTIVE, flow_path=())


def without_flow(case: Case) -> Case:
    """Return `case` as if no flow had ever begun: for cases that are only filed for the record."""
    return replace(case, flow=None, stage=None, flow_state=None, flow_path=())


def abandon(case: Case) -> Case:
    """Return `case` with its flow given up where it stands. Raises Refused when none is under way."""
    _require_flow(case)
    return replace(case, flow_state=FlowState.ABANDONED)


def advance(case: Case, walk: Walk) -> Case:
    """Return `case` in the stage that follows. Raises Refused, naming the steps that are not done."""
    stage = _done(case, walk)
    target = walk.onward(case)
    if target is None:
        raise Refused(f"{stage.title} is the last stage of {walk.flow.title}; #stage finish ends the flow.")
    return _step(case, target)


def go_back(case: Case) -> Case:
    """Return `case` in the stage that it came from. Raises Refused when it is in the first."""
    _require_flow(case)
    if not case.flow_path:
        raise Refused(f"{case.number} is in the first stage of its flow; there is nothing before it.")
    return replace(case, stage=case.flow_path[-1], flow_path=case.flow_path[:-1])


def go_to(case: Case, wanted: Stage, walk: Walk) -> Case:
    """Return `case` in the stage `wanted`: back to one that it passed, or on through all that lie before it.

    Raises Refused when a step on the way is not done, or the way does not lead there.
    """
    _require_flow(case)
    if wanted.key == case.stage:
        raise Refused(f"{case.number} is in {wanted.title} already.")
    if wanted.key in case.flow_path:
        place = case.flow_path.index(wanted.key)
        return replace(case, stage=wanted.key, flow_path=case.flow_path[:place])
    if walk.flow.stage(case.stage) is None:  # the rules were changed meanwhile, and its stage is gone
        return replace(case, stage=wanted.key)
    while case.stage != wanted.key:
        if wanted.key not in walk.flow.ahead_of(case.stage or ""):
            raise Refused(f"no way leads to {wanted.title} from {_title(case, walk.flow)}.")
        stage = _done(case, walk)
        target = walk.onward(case)
        if target is None:
            raise Refused(f"{stage.title} is the last stage for this case; its way does not lead to {wanted.title}.")
        case = _step(case, target)
    return case


def finish(case: Case, walk: Walk) -> Case:
    """Return `case` at the end of its flow. Raises Refused, naming the steps on the way that are not done."""
    _done(case, walk)
    while (target := walk.onward(case)) is not None:
        case = _step(case, target)
        _done(case, walk)
    return replace(case, flow_state=FlowState.FINISHED)


def require_open_gates(case: Case, flow: Flow | None, activities: tuple[Activity, ...]) -> None:
    """Raise Refused, saying what is missing, while a gate of its flow holds the resolution of `case` back.

    A flow that was finished or given up holds nothing; nor does one that the rules do not have any more (`flow` None).
    """
    if not case.is_in_flow or flow is None:
        return
    ahead = flow.ahead_of(case.stage or "")
    for stage in flow.stages:
        if stage.gate is None or stage.key in case.flow_path:
            continue
        if stage.key == case.stage:
            lacking = stage.missing(case, activities) if stage.gate is Gate.DONE else ()
            if lacking:
                raise Refused(f"{case.number} cannot be resolved before {stage.title} is done: {'; '.join(lacking)}.")
        elif stage.key in ahead:
            raise Refused(
                f"{case.number} is in {_title(case, flow)}, and cannot be resolved before {stage.title} is {stage.gate}; "
                "#stage next goes on."
            )
        elif flow.stage(case.stage) is None:
            raise Refused(f"{_gone(case, flow)}, and {case.number} cannot be resolved before {stage.title}.")


def has_gates(flow: Flow | None) -> bool:
    """Return whether some stage of `flow` is a gate."""
    return flow is not None and any(stage.gate is not None for stage in flow.stages)


def _done(case: Case, walk: Walk) -> Stage:
    """Return the stage that the case is in. Raises Refused when not all of it is done."""
    _require_flow(case)
    stage = walk.flow.stage(case.stage)
    if stage is None:
        raise Refused(f"{_gone(case, walk.flow)}.")
    lacking = stage.missing(case, walk.activities)
    if lacking:
        raise Refused(f"{stage.title} is not done: {'; '.join(lacking)}.")
    return stage


def _step(case: Case, target: str) -> Case:
    return replace(case, stage=target, flow_path=(*case.flow_path, case.stage or ""))


def _require_flow(case: Case) -> None:
    if not case.is_in_flow:
        state = f"its flow {case.flow} is {case.flow_state}" if case.flow else "it has no flow"
        raise Refused(f"{case.number}: {state}; #flow NAME begins one.")


def _title(case: Case, flow: Flow) -> str:
    stage = flow.stage(case.stage)
    return stage.title if stage else str(case.stage)


def _gone(case: Case, flow: Flow) -> str:
    return f"{flow.title} has no stage {case.stage} any more; #stage NAME takes the case to one that it has"
