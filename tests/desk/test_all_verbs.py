"""Every verb in any order, on cases that belong together, through a real database: no state that can be reached is wrong.

Hypothesis chooses the verbs, the cases and the arguments; a refusal is an answer like any other. After each step the
whole desk is read again and has to hold what `check` says.
"""

from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import ClassVar

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from lab.desks import Furniture, ManualClock, furnish, open_app
from lab.mails import mail
from mailcase.app import App
from mailcase.daemon.ingest import store
from mailcase.daemon.intake import intake
from mailcase.daemon.watch import watch
from mailcase.desk.context import surviving
from mailcase.desk.outcome import Act
from mailcase.desk.working import work_by_text
from mailcase.domain.activity import Activity, ActivityState
from mailcase.domain.case import Case, Status
from mailcase.domain.flow_time import place_of
from mailcase.domain.number import format_number
from mailcase.domain.relations import MAX_CHILDREN
from mailcase.domain.work import spent
from mailcase.errors import Refused
from mailcase.store import activities, audit, cases, clocks, outbox, queues, stage_visits, timeline
from mailcase.store.cases import CaseFilter
from mailcase.store.tx import Tx

AGENTS = ("anna", "ben")
CASES = st.integers(min_value=1, max_value=8)
MINUTES = st.integers(min_value=0, max_value=90)
PLAIN = st.sampled_from([
    "#pick", "#release", "#escalate", "#assign anna", "#assign ben", "#queue support", "#queue billing",
    "#priority high", "#priority low", "#type problem", "#subject billing/refund", "#tag vip", "#tag -vip", "#set seats 7", "#set seats -",
    "#status on_hold", "#hold until tomorrow", "#status waiting", "#status in_progress", "#note a word", "#task look again", "#task @ben ring due in 2 hours",
    "#phone ring due tomorrow", "#appointment tomorrow 14:00 look at it", "#letter contract", "#done", "#drop", "#give @ben", "#give billing", "#give @me", "#remove 4", "#remove 7", "#drop all", "#cancel because", "#drop all\n#cancel because",
    "#resolve", "#drop all\n#resolve", "#resolve information_provided 20m billable 5m Done.", "#reopen it came back", "#child",
    "#child billing: refund", "#parent -", "#cc +max@x.example", "#cc -max@x.example", "#send", "#stage next", "#stage back", "#stage finish", "#stage research", "#flow standard", "#flow checked", "#flow abandon", "#undo", "#dry\n#resolve", "#show", "#help", "Dear Clara, look at this.",
])  # fmt: skip
SLA = """\
default: plain
slas:
  plain:
    calendar: always
    items:
      - {name: answer, kpi: first_response, fail_after: 4h}
      - {name: end, kpi: resolution, fail_after: 48h}
"""


CALENDARS = """\
calendars:
  always:
    time_zone: UTC
    hours: {monday-friday: 08:00-18:00}
"""


FLOWS = """\
flows:
  checked:
    automatic: true
    when: case.type != "question"
    calendar: always
    stages:
      identify: {steps: [{field: type}], next: [{when: case.is_escalated, stage: resolve}]}
      research: {steps: [{activity: task}]}
      resolve: {gates: resolve, until: reached}
  standard:
    stages: {identify: {}, research: {}, resolve: {}}
"""


class Desk(RuleBasedStateMachine):
    """A desk that people work on."""

    closing: ClassVar[str] = "independent"

    @initialize()
    def open(self) -> None:
        self.folder = TemporaryDirectory()
        rules = {
            "sla.yaml": SLA,
            "calendars.yaml": CALENDARS,
            "flows.yaml": FLOWS,
            "mailboxes.yaml": f"defaults: {{parent_closing: {self.closing}}}\n",
        }
        path = Path(self.folder.name)
        self.clock = ManualClock()
        self.app: App = open_app(furnish(path, Furniture(url=f"sqlite:///{path}/desk.db", rules=rules)), self.clock)
        self.mails = 0
        for _ in range(3):
            self.customer_writes()

    def teardown(self) -> None:
        if hasattr(self, "app"):
            self.app.close()
            self.folder.cleanup()

    @rule()
    def customer_writes(self) -> None:
        self.mails += 1
        self._receive(mail("The printer.\n", subject=f"mail {self.mails}", message_id=f"<{self.mails}@c.example>"))

    @rule(key=CASES)
    def customer_answers(self, key: int) -> None:
        with self.app.database.read() as tx:
            sent = [one for one in outbox.of_case(tx, key) if one.recipients[0].address == "clara@customer.example"]
        if sent:
            self.mails += 1
            reply = {"In-Reply-To": f"<{sent[-1].message_id}>"}
            self._receive(mail("More.\n", subject="Re: it", message_id=f"<{self.mails}@c.example>", headers=reply))

    def _receive(self, raw: bytes) -> None:
        store(self.app, raw, None)
        while intake(self.app):
            pass

    @rule(key=CASES, who=st.sampled_from(AGENTS), text=PLAIN)
    def works(self, key: int, who: str, text: str) -> None:
        self._work(key, who, text)

    @rule(key=CASES, minutes=MINUTES, billable=MINUTES)
    def takes_time(self, key: int, minutes: int, billable: int) -> None:
        self._work(key, "anna", f"#time {minutes} billable {billable}")

    @rule(key=CASES, others=st.lists(CASES, min_size=1, max_size=3), verb=st.sampled_from(["merge", "link", "parent"]))
    def relates(self, key: int, others: list[int], verb: str) -> None:
        named = others[:1] if verb == "parent" else others
        self._work(key, "ben", f"#{verb} {' '.join(map(format_number, named))}")

    @rule(hours=st.sampled_from([1, 5, 48, 24 * 20]))
    def time_passes(self, hours: int) -> None:
        self.clock.advance(timedelta(hours=hours))
        watch(self.app)

    def _work(self, key: int, who: str, text: str) -> None:
        agent = self.app.desk.rulebook.agents[who]
        act = Act(actor=who, cause="test", now=self.app.now())
        with suppress(Refused), self.app.database.begin() as tx:
            work_by_text(tx, self.app.desk, key, agent, text, act)
        self.clock.advance(timedelta(minutes=1))

    @invariant()
    def nothing_is_wrong(self) -> None:
        if hasattr(self, "app"):
            with self.app.database.read() as tx:
                found = cases.find(tx, CaseFilter(), limit=1000)
                problems = [problem for case in found for problem in check(tx, case)]
                filed = sum(len(activities.by_case(tx, case.id)) for case in found)
            assert not problems
            assert filed >= self.mails, "a mail is an activity, wherever its case went"


def check(tx: Tx, case: Case) -> Iterator[str]:
    """Yield what is wrong with a case."""
    done = activities.by_case(tx, case.id)
    yield from (
        f"{case.number}: {words}"
        for words, is_right in (*_life(tx, case, done), *_flow(tx, case), *_family(tx, case))
        if not is_right
    )


def _life(tx: Tx, case: Case, done: list[Activity]) -> Iterator[tuple[str, bool]]:
    is_open = any(one.state is ActivityState.OPEN for one in done)
    item = queues.by_case(tx, case.id)
    running = [clock for clock in clocks.by_case(tx, case.id) if clock.is_open and clock.stopped_at is None]
    yield "a closed case has nothing open", case.is_active or not is_open
    yield "a closed case is in no queue", case.is_active or item is None
    yield "a closed case says since when", case.is_active == (case.resolved_at is None)
    yield "no clock of a closed case runs", case.is_active or not running
    yield "a queue item is where the case says", item is None or item.queue == case.queue
    yield "who picked it is known", item is None or (item.worked_by is None) == (item.picked_at is None)
    yield "only what is open reminds", all(one.remind_at is None or one.state is ActivityState.OPEN for one in done)
    yield (
        "no more is billed of an activity than was spent",
        all((one.billable_minutes or 0) <= (one.duration_minutes or 0) for one in done),
    )
    total = spent(done)
    yield "the parts add up", total.billable_minutes <= total.minutes
    is_resolved = case.status is Status.RESOLVED
    yield "a resolved case has been billed", not is_resolved or case.billable_minutes is not None
    entries = timeline.by_case(tx, case.id)
    yield "the timeline begins with the case", bool(entries) and entries[0].event == "case_opened"
    yield "the timeline is in order", [one.at for one in entries] == sorted(one.at for one in entries)
    yield "every change was audited", bool(audit.of_object(tx, "case", case.id))


def _flow(tx: Tx, case: Case) -> Iterator[tuple[str, bool]]:
    visits = stage_visits.by_case(tx, case.id)
    lasting = [(visit.flow, visit.stage) for visit in visits if visit.left_at is None]
    has_flow = {case.flow is not None, case.stage is not None, case.flow_state is not None}
    over = [visit for visit in visits if visit.left_at is not None]
    yield "a flow has a stage and a state", len(has_flow) == 1
    yield "no way leads through a stage twice", len({*case.flow_path, case.stage}) == len(case.flow_path) + 1
    yield "time is counted where the case is", lasting == ([place] if (place := place_of(case)) else [])
    yield "a visit ends after it began", all(one.entered_at <= (one.left_at or one.entered_at) for one in over)
    yield (
        "visits follow each other",
        all((one.left_at or later.entered_at) <= later.entered_at for one, later in pairwise(visits)),
    )
    yield (
        "business time is part of all time",
        all(
            one.left_at and (one.business_seconds or 0) <= (one.left_at - one.entered_at).total_seconds() + 1
            for one in over
        ),
    )
    is_gated = case.is_in_flow and case.flow == "checked" and case.stage != "resolve"
    yield "nothing is resolved before its gate", not (is_gated and case.status is Status.RESOLVED)
    yield "what was merged goes through no flow", not (case.merged_into_id and case.is_in_flow)


def _family(tx: Tx, case: Case) -> Iterator[tuple[str, bool]]:
    children = cases.children(tx, case.id)
    merged_reason = case.status_reason == "merged"
    yield "what was merged says so", (case.merged_into_id is not None) == merged_reason
    yield (
        "what was merged is cancelled and empty",
        not merged_reason or (case.status is Status.CANCELLED and not activities.by_case(tx, case.id)),
    )
    survivor = surviving(tx, case.id)
    yield (
        "the chain of merges ends in a case that goes on its own",
        survivor is not None and survivor.merged_into_id is None,
    )
    yield "one level of children", not (children and case.parent_id is not None and case.is_active)
    yield "not too many children", len(children) <= MAX_CHILDREN
    yield "nobody is one's own parent", case.parent_id != case.id


class Cascading(Desk):
    """A desk where children end with their parent."""

    closing = "cascade"


class Blocking(Desk):
    """A desk where children end before their parent."""

    closing = "blocked"


SETTINGS = settings(
    max_examples=6, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True
)
for machine in (Desk, Cascading, Blocking):
    machine.TestCase.settings = SETTINGS
TestDesk, TestCascading, TestBlocking = Desk.TestCase, Cascading.TestCase, Blocking.TestCase
