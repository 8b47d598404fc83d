"""Process flows on a real desk: begun, moved, held by gates, measured, and what merge, undo and the end make of them."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from desk.test_deletion import act, deleted, received
from desk.values import ANNA, BEN
from lab.desks import Furniture, ManualClock, furnish, open_app
from mailcase.app import App
from mailcase.daemon.watch import watch
from mailcase.desk.history import read
from mailcase.desk.visits import times
from mailcase.desk.working import work_by_text
from mailcase.domain.case import Case, FlowState, Status
from mailcase.domain.flow_time import StageTime
from mailcase.domain.number import format_number
from mailcase.domain.party import Agent
from mailcase.errors import Refused
from mailcase.store import cases, outbox, schema, stage_visits, timeline

FLOWS = """\
flows:
  checked:
    title: Checked
    when: case.title != "plain"
    automatic: true
    calendar: office
    stages:
      identify: {steps: [{field: type}]}
      research: {steps: [{activity: phone_call, title: Ring her}]}
      resolve: {gates: resolve, steps: [{field: first_response}]}
  other:
    stages: {begin: {}, end_of_it: {title: The end}}
"""
CALENDARS = "calendars: {office: {time_zone: UTC, hours: {monday-friday: 08:00-18:00}}}\n"
AUTO_CLOSE = "reasons: {waiting_for_details: {calendar: office, resolve_after: 10h}}\n"


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def app(database_url: str, tmp_path: Path, clock: ManualClock) -> Iterator[App]:
    rules = {"flows.yaml": FLOWS, "calendars.yaml": CALENDARS, "auto_close.yaml": AUTO_CLOSE}
    found = open_app(furnish(tmp_path, Furniture(url=database_url, rules=rules)), clock)
    received(found, "lamp", "plain")
    yield found
    found.close()


def works(app: App, text: str, who: Agent = ANNA, case_id: int = 1) -> str:
    with app.database.begin() as tx:
        ran = work_by_text(tx, app.desk, case_id, who, text, act(app, who.key)).ran
    return ran.lines[-1].outcome


def case(app: App, key: int = 1) -> Case:
    with app.database.read() as tx:
        found = cases.get(tx, key)
    assert found is not None
    return found


def told(app: App, key: int = 1) -> list[tuple[str, str, str]]:
    with app.database.read() as tx:
        entries = timeline.by_case(tx, key)
    return [(one.actor, one.event, one.summary) for one in entries if one.event.startswith(("flow", "stage"))]


def measured(app: App, key: int = 1) -> dict[str, StageTime]:
    with app.database.read() as tx:
        found = times(app.desk, tuple(stage_visits.by_case(tx, key)), app.now())
    return {one.stage: one for one in found}


def hours(one: StageTime) -> tuple[float, float]:
    assert one.business is not None
    return one.spent.total_seconds() / 3600, one.business.total_seconds() / 3600


def test_a_new_case_begins_the_flow_that_is_for_it(app: App) -> None:
    assert (case(app).flow, case(app).stage, case(app, 2).flow) == ("checked", "identify", None)
    assert told(app) == [("system", "flow_begun", "flow Checked begun, at Identify")]


def test_the_notice_of_a_new_case_says_where_it_stands(app: App) -> None:
    with app.database.read() as tx:
        (notice,) = [mail for mail in outbox.of_case(tx, 1) if "anna" in mail.recipients[0].address]
        (other,) = [mail for mail in outbox.of_case(tx, 2) if "anna" in mail.recipients[0].address]
    assert b"Identify (1 of 3), Checked" in notice.raw
    assert b"to do: type is empty" in notice.raw
    assert b"Stage:" not in other.raw


def test_a_case_goes_on_when_its_steps_are_done(app: App) -> None:
    with pytest.raises(Refused, match="Identify is not done: type is empty"):
        works(app, "#stage next")
    assert works(app, "#type problem\n#phase weiter", BEN) == "stage: Identify → Research"
    assert works(app, "#étape retour") == "stage: Research → Identify"
    assert works(app, "#phone 5m rang\n#etapa resolve") == "stage: Identify → Resolve"
    assert told(app)[-1] == ("anna", "stage_entered", "stage: Identify → Resolve")


def test_a_closed_gate_keeps_the_case_from_being_resolved(app: App) -> None:
    with pytest.raises(Refused, match="is in Identify, and cannot be resolved before Resolve is done"):
        works(app, "#resolve Done.")
    works(app, "#type problem\n#phone 5m rang\n#stage resolve")
    works(app, "#resolve Done.")  # whose words are the answer that the last stage asks for
    assert (case(app).status, case(app).flow_state) == (Status.RESOLVED, FlowState.ACTIVE)


def test_a_cancelled_case_passes_every_gate(app: App) -> None:
    works(app, "#cancel a mistake")
    assert (case(app).status, case(app).stage) == (Status.CANCELLED, "identify")


def test_an_agent_cannot_be_rid_of_a_gate_but_a_lead_can(app: App) -> None:
    for text in ("#flow abandon no time", "#flow other"):
        with pytest.raises(Refused, match=r"gates the resolution: the right .leave_gates. needs the role lead"):
            works(app, text, BEN)
    assert works(app, "#flow abandon no time") == "flow Checked given up at Identify: no time"
    works(app, "#resolve Done.")
    assert case(app).flow_state is FlowState.ABANDONED


def test_another_flow_takes_the_place_of_the_one_under_way(app: App) -> None:
    said = works(app, "#flow other")
    assert said == "flow checked given up at identify: Other begins instead; flow Other begun, at Begin"
    assert works(app, "#stage finish") == "stage: Begin → The end; flow Other finished"
    with pytest.raises(Refused, match="its flow other is finished; #flow NAME begins one"):
        works(app, "#stage back")
    works(app, "#flow other")
    assert (case(app).stage, case(app).flow_state) == ("begin", FlowState.ACTIVE)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("#flow checked", "is in the flow Checked already"),
        ("#flow nowhere", "'nowhere' is no flow here; there are: checked, other"),
        ("#stage nowhere", "'nowhere' is no stage of Checked; there are: identify, research, resolve"),
        ("#stage back", "is in the first stage"),
    ],
)
def test_a_refusal_names_what_there_is(app: App, text: str, why: str) -> None:
    with pytest.raises(Refused, match=why):
        works(app, text)


def test_a_case_without_a_flow_says_how_to_begin_one(app: App) -> None:
    with pytest.raises(Refused, match="it has no flow; #flow NAME begins one of: checked, other"):
        works(app, "#stage next", case_id=2)
    with pytest.raises(Refused, match="the flow checked is not for CAS-000002"):
        works(app, "#flow checked", case_id=2)


def test_time_is_kept_across_a_resolution_and_a_way_back(app: App, clock: ManualClock) -> None:
    clock.advance(timedelta(hours=2))  # Monday, 11:00
    works(app, "#type problem\n#stage next")
    clock.advance(timedelta(hours=24))
    works(app, "#stage back")
    clock.advance(timedelta(hours=1))
    works(app, "#flow abandon\n#resolve Done.")
    clock.advance(timedelta(hours=100))
    found = measured(app)
    assert (hours(found["identify"]), hours(found["research"])) == ((3.0, 3.0), (24.0, 10.0))
    assert found["identify"].visits == 2


def test_a_reactivated_case_is_where_it_was(app: App, clock: ManualClock) -> None:
    works(app, "#type problem\n#phone 5m rang\n#stage resolve")
    clock.advance(timedelta(hours=1))
    works(app, "#resolve Done.")
    clock.advance(timedelta(hours=30))
    works(app, "#reopen it came back")
    clock.advance(timedelta(hours=2))
    assert (case(app).stage, case(app).flow_state) == ("resolve", FlowState.ACTIVE)
    assert measured(app)["resolve"].spent == timedelta(hours=3)


def test_what_was_done_to_a_flow_is_taken_back(app: App) -> None:
    before = case(app)
    works(app, "#type problem\n#stage next")
    works(app, "#undo")
    after = case(app)
    assert (after.stage, after.flow_path, after.case_type) == (before.stage, before.flow_path, before.case_type)
    with app.database.read() as tx:
        current = stage_visits.current(tx, 1)
    assert current is not None
    assert current.stage == "identify"


def test_the_loser_of_a_merge_gives_its_flow_up_and_the_survivor_keeps_its_own(app: App) -> None:
    works(app, f"#merge {format_number(1)}", case_id=2)
    assert (case(app).flow_state, case(app, 2).flow) == (FlowState.ABANDONED, None)
    assert told(app)[-1][2] == f"flow checked given up at identify: merged into {format_number(2)}"


def test_a_child_begins_a_flow_of_its_own(app: App) -> None:
    works(app, "#type problem\n#stage next")
    works(app, "#child the shade")
    assert (case(app, 3).stage, case(app).stage) == ("identify", "research")
    assert told(app, 3) == [("system", "flow_begun", "flow Checked begun, at Identify")]


def test_nothing_is_left_of_the_flow_of_a_deleted_case(app: App) -> None:
    deleted(app, 1)
    with app.database.read() as tx:
        assert tx.execute(select(func.count()).select_from(schema.stage_visits)).scalar_one() == 0


def test_a_gate_keeps_a_silent_customers_case_open_with_a_note(app: App, clock: ManualClock) -> None:
    works(app, "#status waiting")
    clock.advance(timedelta(days=3))
    watch(app)
    with app.database.read() as tx:
        notes = [line.words for line in read(tx, app.desk, 1, "", None).lines if "not resolved" in line.words]
    assert case(app).is_active
    assert "cannot be resolved before Resolve is done" in notes[0]


def test_how_many_cases_stand_where(app: App) -> None:
    works(app, "#flow other", case_id=2)
    with app.database.read() as tx:
        assert stage_visits.count_standing(tx) == {("checked", "identify"): 1, ("other", "begin"): 1}


def test_what_a_rule_decided_names_the_version_of_the_rules(app: App) -> None:
    with app.database.read() as tx:
        causes = {one.event: one.cause for one in timeline.by_case(tx, 1)}
    version = app.desk.rulebook.version
    assert {causes[name] for name in ("case_opened", "case_routed", "flow_begun")} == {f"mail 1, rules {version}"}
