"""Clocks on a whole desk: what the rules say about them is what happens."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from lab.desks import RULES, Furniture, ManualClock, furnish, open_app
from lab.mails import mail
from mailcase.app import App
from mailcase.daemon.ingest import store
from mailcase.daemon.intake import intake
from mailcase.daemon.watch import watch
from mailcase.desk.letters import read_people
from mailcase.desk.outcome import Act
from mailcase.desk.recalculation import recalculate_case
from mailcase.desk.simulation import history, play
from mailcase.desk.sla_explain import explain_case
from mailcase.desk.working import find, work_by_text
from mailcase.domain.case import Case
from mailcase.domain.sla_clock import Clock
from mailcase.rules.load import load
from mailcase.store import audit, cases, clocks, outbox, timeline
from mailcase.store.tx import Tx

AGENTS = RULES["agents.yaml"] + "  mia: {name: Mia Roth, address: mia@northwind.example, role: manager}\n"
REASONS = """\
reasons:
  waiting_for_supplier: {title: Waiting for Supplier, status: active, pauses_clocks: true}
"""
SLA = """\
default: standard
slas:
  standard:
    calendar: office
    items:
"""
ANSWER = "- {name: answer, kpi: first_response, warn_after: 3h, fail_after: 4h}"
END = "- {name: end, kpi: resolution, fail_after: 16h}"


class Desk:
    """A desk with a case of Monday 09:00, and what is done on it."""

    def __init__(self, app: App, clock: ManualClock) -> None:
        self.app, self.clock = app, clock
        store(app, mail(), None)
        self._work()

    def _work(self) -> None:
        while intake(self.app):
            pass
        watch(self.app)

    def does(self, hours: float, said: str = "", who: str = "anna") -> None:
        """Let hours pass, then let an agent's mail with this text work the case."""
        self.clock.advance(timedelta(hours=hours))
        self._work()
        if said:
            agent = self.app.desk.rulebook.agents[who]
            with self.app.database.begin() as tx:
                act = Act(actor=who, cause="a test", now=self.app.now())
                work_by_text(tx, self.app.desk, 1, agent, said, act)

    @property
    def case(self) -> Case:
        with self.app.database.read() as tx:
            return self.case_in(tx)

    def case_in(self, tx: Tx) -> Case:
        found = cases.get(tx, 1)
        assert found is not None
        return found

    @property
    def clocks(self) -> dict[str, Clock]:
        with self.app.database.read() as tx:
            return {clock.kpi: clock for clock in clocks.by_case(tx, 1)}

    @property
    def told(self) -> list[str]:
        """Who got which notice about a clock."""
        with self.app.database.read() as tx:
            found = outbox.find(tx, limit=100)
        rows = [(one.id, one.template.removeprefix("agent/"), one.recipients[0].address) for one in found]
        return [f"{what} {who.partition('@')[0]}" for _, what, who in sorted(rows) if what.startswith("clock")]


Open = Callable[..., Desk]


@pytest.fixture
def opened(database_url: str, tmp_path: Path, clock: ManualClock) -> Iterator[Open]:
    """Opens a desk with these SLA items."""
    found: list[App] = []

    def run(*items: str, top: str = "", **rules: str) -> Desk:
        lines = "".join(f"      {item}\n" for item in items)
        files = {"agents.yaml": AGENTS, "status_reasons.yaml": REASONS, "sla.yaml": top + SLA + lines}
        files |= {f"{name}.yaml": text for name, text in rules.items()}
        app = open_app(furnish(tmp_path, Furniture(url=database_url, rules=files)), clock)
        found.append(app)
        return Desk(app, clock)

    yield run
    for app in found:
        app.close()


def test_a_notice_names_the_clock_that_it_is_about(opened: Open) -> None:
    urgent = "- {name: urgent, kpi: first_response, when: 'case.priority == \"high\"', fail_after: 9h}"
    desk = opened(
        "- {name: end, kpi: resolution, fail_after: 16h}",
        urgent,
        "- {name: answer, kpi: first_response, warn_after: 1h, fail_after: 2h, on_warn: {tell: [queue], priority: high}}",
    )
    desk.does(1.5)
    with desk.app.database.read() as tx:
        (warning,) = [one.subject for one in outbox.find(tx, limit=100) if one.template == "agent/clock_warned"]
    assert "First response due soon" in warning


def test_a_warning_and_a_breach_do_what_the_rules_name(opened: Open) -> None:
    desk = opened(
        "- {name: answer, kpi: first_response, warn_after: 1h, fail_after: 2h,"
        " on_warn: {tell: [queue], priority: high}, on_fail: {tell: [managers, ben], queue: billing, escalate: true}}"
    )
    desk.does(1.5)
    assert (desk.case.priority, desk.told) == ("high", ["clock_warned anna"])

    desk.does(1)
    assert (desk.case.queue, desk.case.is_escalated) == ("billing", True)
    assert desk.told[1:] == ["clock_breached ben", "clock_breached mia"] or desk.told[1:] == [
        "clock_breached mia",
        "clock_breached ben",
    ]


def test_a_kept_promise_does_what_the_rules_name(opened: Open) -> None:
    desk = opened(
        "- {name: answer, kpi: first_response, fail_after: 2h, on_success: {tell: [managers], priority: low, queue: billing}}"
    )
    desk.does(1, "Open the flap.")

    assert (desk.case.priority, desk.case.queue, desk.told) == ("low", "billing", ["clock_kept mia"])
    assert desk.clocks["first_response"].state == "succeeded"


def test_a_kpi_of_ones_own_is_kept_by_its_condition_and_by_no_answer(opened: Open) -> None:
    desk = opened("""- {name: survey, kpi: surveyed, success_when: '"asked" in case.tags', fail_after: 8h}""")
    desk.does(1, "Open the flap.")
    assert desk.clocks["surveyed"].state == "in_progress"

    desk.does(1, "#tag asked")
    assert desk.clocks["surveyed"].state == "succeeded"


def test_a_condition_goes_before_what_the_kpi_means(opened: Open) -> None:
    desk = opened("""- {name: a, kpi: first_response, success_when: 'case.owner != ""', fail_after: 8h}""")
    desk.does(1, "Open the flap.")
    assert desk.clocks["first_response"].state == "in_progress"

    desk.does(1, "#assign anna")
    assert desk.clocks["first_response"].state == "succeeded"


@pytest.mark.parametrize(
    ("pause", "reason", "paused"),
    [
        ("", "waiting_for_supplier", True),
        (", pause: [researching]", "researching", True),
        (", pause: [researching]", "waiting_for_supplier", False),
    ],
)
def test_reasons_of_ones_own_pause_as_the_files_say(opened: Open, pause: str, reason: str, paused: bool) -> None:
    desk = opened(f"- {{name: end, kpi: resolution, fail_after: 16h{pause}}}")
    desk.does(1, f"#status {reason}")

    assert desk.clocks["resolution"].state == ("paused" if paused else "in_progress")


def test_the_time_in_which_a_case_was_closed_counts_for_no_clock_that_begins_later(opened: Open) -> None:
    desk = opened("- {name: high, kpi: resolution, when: 'case.priority == \"high\"', fail_after: 8h}", END)
    desk.does(1, "#resolve Done.")
    desk.does(2, "#reopen it came back")
    desk.does(0, "#priority high")

    with desk.app.database.read() as tx:
        found = explain_case(tx, desk.app.desk, find(tx, 1), desk.app.now())[-1]
    assert found.clock.item == "high"
    assert [(line.cause, line.until - line.start) for line in found.lines] == [
        ("open", timedelta(hours=1)),
        ("paused: problem_solved", timedelta(hours=2)),
    ]


def test_a_promise_counts_from_a_date_field(opened: Open) -> None:
    fields = "fields:\n  delivery: {title: Delivery, type: date}\n"
    desk = opened(
        "- {name: follow, kpi: resolution, counted_from: 'field:delivery', fail_after: 8h}", custom_fields=fields
    )
    assert desk.clocks == {}

    desk.does(1, "#set delivery 2026-03-04")
    assert f"{desk.clocks['resolution'].due_at:%Y-%m-%d %H:%M}" == "2026-03-04 17:00"


def test_while_slas_are_off_no_case_promises_anything_now_or_later(opened: Open) -> None:
    desk = opened(ANSWER, top="off: true\n")
    desk.does(1, "Open the flap.")

    assert (desk.case.sla, desk.clocks) == ("none", {})


def test_a_rule_can_take_every_promise_from_a_case(opened: Open) -> None:
    rule = "rules:\n  - {name: free, then: {case: {sla: none}}}\n"
    desk = opened(ANSWER, record_creation=rule)

    assert desk.clocks == {}


def test_the_sla_is_set_by_hand(opened: Open) -> None:
    desk = opened(ANSWER)
    desk.does(1, "#sla none", who="mia")
    assert desk.clocks["first_response"].state == "cancelled"

    desk.does(0, "#sla default", who="mia")
    assert (desk.case.sla, desk.clocks["first_response"].state) == (None, "in_progress")


def test_a_history_played_again_gives_the_clocks_that_the_desk_has(opened: Open) -> None:
    desk = opened(ANSWER, END)
    for hours, said in ((1, "#status on_hold"), (2, "#status in_progress"), (0.5, "Words."), (20, "#priority high")):
        desk.does(hours, said)
    desk.does(3, "#resolve Done.")
    desk.does(5, "#reopen again")

    with desk.app.database.read() as tx:
        case, rulebook = find(tx, 1), desk.app.desk.rulebook
        happened = [(entry.at, entry.event) for entry in timeline.by_case(tx, 1)]
        steps = tuple(history(find(tx, 1), audit.of_object(tx, "case", 1), happened))
        played = play(steps, read_people(tx, desk.app.desk, case), rulebook, desk.app.now())
        stored = clocks.by_case(tx, 1)
    shape = [(one.kpi, one.state, one.started_at, one.due_at, one.paused_for, one.stopped_at) for one in stored]
    assert [(one.kpi, one.state, one.started_at, one.due_at, one.paused_for, one.stopped_at) for one in played] == shape


def test_a_history_is_played_under_other_rules(opened: Open, tmp_path: Path) -> None:
    desk = opened(ANSWER)
    desk.does(2, "Open the flap.")
    (tmp_path / "rules/sla.yaml").write_text(SLA + f"      {ANSWER.replace('3h', '30min').replace('4h', '1h')}\n")
    proposed = load(tmp_path / "rules", list(desk.app.desk.mailboxes.values()))

    with desk.app.database.read() as tx:
        happened = [(entry.at, entry.event) for entry in timeline.by_case(tx, 1)]
        steps = tuple(history(find(tx, 1), audit.of_object(tx, "case", 1), happened))
        (clock,) = play(steps, read_people(tx, desk.app.desk, find(tx, 1)), proposed, desk.app.now())
    assert (clock.state, desk.clocks["first_response"].state) == ("breached", "succeeded")


def test_mended_opening_hours_take_a_breach_back(opened: Open, tmp_path: Path) -> None:
    desk = opened(ANSWER, END)
    desk.does(5)
    assert desk.clocks["first_response"].state == "breached"
    hours = "calendars:\n  office: {time_zone: UTC, hours: {monday-friday: 13:00-17:00}}\n"
    (tmp_path / "rules/calendars.yaml").write_text(hours)
    desk.app.reload()

    with desk.app.database.begin() as tx:
        act = Act(actor="mia", cause="a test", now=desk.app.now())
        changed = recalculate_case(tx, desk.app.desk, find(tx, 1), act)
    assert [clock.kpi for clock in changed] == ["first_response", "resolution"]
    assert desk.clocks["first_response"].state == "in_progress"
    with desk.app.database.begin() as tx:
        assert recalculate_case(tx, desk.app.desk, find(tx, 1), act) == ()
