"""A case goes through the stages of a flow: what moves it, what holds it, and that no way goes wrong."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailcase.domain import flow_moves
from mailcase.domain.activity import Activity, ActivityKind, ActivityState
from mailcase.domain.case import Case, CaseType, FlowState, Status
from mailcase.domain.flow import FIELDS, Flow, Gate, Stage, Step
from mailcase.domain.flow_moves import Walk
from mailcase.domain.flow_time import StageVisit, add_up, place_of
from mailcase.errors import Refused

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
FLOW = Flow(
    name="returns",
    title="Returns",
    stages=(
        Stage(key="identify", title="Identify", steps=(Step(field="type"),), targets=("refund", "inspect")),
        Stage(key="inspect", title="Inspect the goods", steps=(Step(activity=ActivityKind.TASK),), targets=("refund",)),
        Stage(key="refund", title="Refund", gate=Gate.DONE, steps=(Step(field="order_number"),), targets=("close",)),
        Stage(key="close", title="Close", targets=(None,)),
    ),
)


def case(**changes: Any) -> Case:
    values: dict[str, Any] = {
        "id": 7, "title": "Lamp", "contact_id": 1, "mailbox": "support", "created_at": NOW, "modified_at": NOW,
    }  # fmt: skip
    return Case(**(values | changes))


def at(stage: str, *path: str, **changes: Any) -> Case:
    return case(flow="returns", stage=stage, flow_state=FlowState.ACTIVE, flow_path=path, **changes)


def done(kind: ActivityKind = ActivityKind.TASK, text: str = "look at it", **changes: Any) -> Activity:
    return Activity(**({"kind": kind, "text": text, "created_at": NOW, "created_by": "anna"} | changes))


def onward(one: Case) -> str | None:
    """Vips need no inspection."""
    follows = {"identify": "inspect", "inspect": "refund", "refund": "close", "close": None}
    return "refund" if one.stage == "identify" and "vip" in one.tags else follows[one.stage or ""]


def walk(*activities: Activity, flow: Flow = FLOW) -> Walk:
    return Walk(flow=flow, onward=onward, activities=activities)


ORDER = (("order_number", "123456"),)


@pytest.mark.parametrize(
    ("step", "changes", "activities", "missing"),
    [
        (Step(field="type"), {}, (), "type is empty"),
        (Step(field="type", title="Ask her"), {}, (), "Ask her (type is empty)"),
        (Step(field="type"), {"case_type": CaseType.PROBLEM}, (), ""),
        (Step(field="seats"), {}, (), "seats is empty"),
        (Step(field="seats"), {"custom": (("seats", "7"),)}, (), ""),
        (Step(activity=ActivityKind.PHONE_CALL), {}, (done(),), "no completed phone call"),
        (Step(activity=ActivityKind.TASK), {}, (done(),), ""),
        (Step(activity=ActivityKind.TASK), {}, (done(state=ActivityState.OPEN),), "no completed task"),
        (Step(activity=ActivityKind.TASK), {}, (done(state=ActivityState.CANCELLED),), "no completed task"),
        (Step(activity=ActivityKind.TASK, words="LOOK"), {}, (done(),), ""),
        (Step(activity=ActivityKind.TASK, words="pay"), {}, (done(),), "no completed task with the words 'pay'"),
        (Step(activity=ActivityKind.NOTE, count=2), {}, (done(ActivityKind.NOTE),), "1 of 2 note"),
        (Step(activity=ActivityKind.EMAIL_OUT), {}, (done(ActivityKind.EMAIL_OUT, is_automatic=True),), "no completed mail to the customer"),
    ],
)  # fmt: skip
def test_a_step_is_done_by_what_the_case_holds(
    step: Step, changes: dict[str, Any], activities: tuple[Activity, ...], missing: str
) -> None:
    assert step.is_done(case(**changes), activities) == (missing == "")
    assert not missing or step.missing(activities) == missing


def test_every_field_that_a_step_can_ask_for_is_read_from_a_case() -> None:
    assert [name for name, read in FIELDS.items() if read(case())] == []


def test_a_flow_begins_in_its_first_stage_and_only_once() -> None:
    begun = flow_moves.begin(case(), FLOW)
    assert (begun.flow, begun.stage, begun.flow_state, begun.flow_path) == ("returns", "identify", FlowState.ACTIVE, ())
    with pytest.raises(Refused, match="is in the flow returns already"):
        flow_moves.begin(begun, FLOW)


def test_next_names_what_is_missing_and_follows_the_branches() -> None:
    with pytest.raises(Refused, match="Identify is not done: type is empty"):
        flow_moves.advance(at("identify"), walk())
    known = at("identify", case_type=CaseType.REQUEST)
    assert flow_moves.advance(known, walk()) == replace(known, stage="inspect", flow_path=("identify",))
    assert flow_moves.advance(replace(known, tags=("vip",)), walk()).stage == "refund"


def test_the_last_stage_is_finished_and_not_left() -> None:
    with pytest.raises(Refused, match="Close is the last stage of Returns; #stage finish"):
        flow_moves.advance(at("close"), walk())
    assert flow_moves.finish(at("close"), walk()).flow_state is FlowState.FINISHED


def test_back_goes_the_way_that_the_case_came() -> None:
    assert flow_moves.go_back(at("refund", "identify")).stage == "identify"
    with pytest.raises(Refused, match="first stage"):
        flow_moves.go_back(at("identify"))


@pytest.mark.parametrize(
    ("start", "wanted", "outcome"),
    [
        (at("identify", case_type=CaseType.REQUEST), "refund", "Inspect the goods is not done: no completed task"),
        (at("identify", case_type=CaseType.REQUEST, tags=("vip",)), "refund", "refund"),
        (at("identify", case_type=CaseType.REQUEST, tags=("vip",)), "inspect", "no way leads to Inspect the goods from Refund"),
        (at("refund", "identify", "inspect"), "identify", "identify"),
        (at("refund", "identify"), "refund", "is in Refund already"),
        (at("gone"), "inspect", "inspect"),
    ],
)  # fmt: skip
def test_a_named_stage_is_reached_through_all_on_the_way(start: Case, wanted: str, outcome: str) -> None:
    stage = FLOW.find(wanted)
    if " " in outcome:
        with pytest.raises(Refused, match=outcome):
            flow_moves.go_to(start, stage, walk())
    else:
        assert flow_moves.go_to(start, stage, walk()).stage == outcome


@pytest.mark.parametrize(("words", "key"), [("refund", "refund"), ("Inspect the", "inspect"), ("ID", "identify")])
def test_a_stage_is_found_by_key_title_or_beginning(words: str, key: str) -> None:
    assert FLOW.find(words).key == key


@pytest.mark.parametrize("words", ["", "nowhere", "i"])
def test_words_that_are_no_stage_are_refused_with_those_there_are(words: str) -> None:
    with pytest.raises(Refused, match="there are: identify, inspect, refund, close"):
        FLOW.find(words)


def test_finish_needs_all_that_lies_on_the_way() -> None:
    start = at("identify", case_type=CaseType.REQUEST)
    with pytest.raises(Refused, match="Refund is not done: order_number is empty"):
        flow_moves.finish(start, walk(done()))
    ended = flow_moves.finish(replace(start, custom=ORDER), walk(done()))
    assert (ended.stage, ended.flow_path) == ("close", ("identify", "inspect", "refund"))


@pytest.mark.parametrize(
    ("one", "gate", "why"),
    [
        (at("identify"), Gate.DONE, "is in Identify, and cannot be resolved before Refund is done"),
        (at("refund", "identify"), Gate.DONE, "before Refund is done: order_number is empty"),
        (at("refund", "identify", custom=ORDER), Gate.DONE, ""),
        (at("refund", "identify"), Gate.REACHED, ""),
        (at("inspect", "identify"), Gate.REACHED, "before Refund is reached"),
        (at("close", "identify", "refund"), Gate.DONE, ""),
        (at("close", "identify"), Gate.DONE, ""),  # its way led past the gate
        (at("gone"), Gate.DONE, "has no stage gone any more"),
        (replace(at("identify"), flow_state=FlowState.ABANDONED), Gate.DONE, ""),
        (replace(at("identify"), flow_state=FlowState.FINISHED), Gate.DONE, ""),
        (case(), Gate.DONE, ""),
    ],
)
def test_a_gate_holds_until_its_stage_is_done_or_reached(one: Case, gate: Gate, why: str) -> None:
    stages = tuple(replace(stage, gate=gate) if stage.gate else stage for stage in FLOW.stages)
    flow = replace(FLOW, stages=stages)
    if why:
        with pytest.raises(Refused, match=why):
            flow_moves.require_open_gates(one, flow, ())
    else:
        flow_moves.require_open_gates(one, flow, ())


def test_a_flow_that_the_rules_lost_holds_nothing() -> None:
    flow_moves.require_open_gates(at("identify"), None, ())


@pytest.mark.parametrize("move", [flow_moves.go_back, flow_moves.abandon, lambda one: flow_moves.finish(one, walk())])
def test_what_is_in_no_flow_is_not_moved(move: Any) -> None:
    with pytest.raises(Refused, match="it has no flow; #flow NAME begins one"):
        move(case())


MOVES = st.lists(st.sampled_from(["next", "back", "finish", *(stage.key for stage in FLOW.stages)]), max_size=30)


@given(moves=MOVES, is_vip=st.booleans())
def test_no_moves_lead_out_of_the_flow(moves: list[str], is_vip: bool) -> None:
    one = at("identify", case_type=CaseType.REQUEST, custom=ORDER, tags=("vip",) if is_vip else ())
    for word in moves:
        try:
            one = moved(one, word)
        except Refused:
            continue
    places = [*one.flow_path, one.stage]
    order = [stage.key for stage in FLOW.stages]
    assert places == sorted(set(places), key=lambda key: order.index(str(key)))
    assert places[0] == "identify"
    assert one.flow_state is not FlowState.FINISHED or one.stage == "close"


def moved(one: Case, word: str) -> Case:
    if word in ("next", "finish"):
        return (flow_moves.advance if word == "next" else flow_moves.finish)(one, walk(done()))
    return flow_moves.go_back(one) if word == "back" else flow_moves.go_to(one, FLOW.find(word), walk(done()))


HOURS = st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 90)), max_size=12)


@given(stays=HOURS, is_last_open=st.booleans())
def test_the_times_of_the_stages_add_up_to_all_time(stays: list[tuple[str, int]], is_last_open: bool) -> None:
    visits, at_ = [], NOW
    for number, (stage, hours) in enumerate(stays):
        until = at_ + timedelta(hours=hours)
        left = None if is_last_open and number == len(stays) - 1 else until
        seconds = None if left is None else hours * 1800
        visits.append(
            StageVisit(case_id=7, flow="f", stage=stage, entered_at=at_, left_at=left, business_seconds=seconds)
        )
        at_ = until
    times = add_up(visits, at_, lambda visit, now: (now - visit.entered_at) / 2)
    assert sum((one.spent for one in times), timedelta()) == at_ - NOW
    assert sum((one.business or timedelta() for one in times), timedelta()) == (at_ - NOW) / 2
    assert sum(one.visits for one in times) == len(stays)
    assert sum(one.is_current for one in times) == (1 if is_last_open and stays else 0)


def test_time_is_counted_while_the_case_is_active_and_in_its_flow() -> None:
    assert place_of(at("inspect")) == ("returns", "inspect")
    assert place_of(at("inspect", status=Status.RESOLVED)) is None
    assert place_of(flow_moves.abandon(at("inspect"))) is None
    assert (place_of(case()), place_of(None)) == (None, None)
