"""E22: everything that time brings to cases, while daemons are killed and the time of day jumps."""

import contextlib
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from random import Random

from sqlalchemy import func, select

from lab.databases import found as migrate
from lab.desks import Furniture, furnish
from lab.experiment import Experiment, Findings, Scale, Setting, Trial
from lab.later import moved_clock
from lab.ledger import Ledger, ledger
from lab.mails import mail
from lab.postgres import Postgres
from lab.process import DaemonProcess, eventually
from mailcase.app import App, build
from mailcase.daemon.ingest import store
from mailcase.desk.outcome import Act
from mailcase.desk.working import work_by_text
from mailcase.store import schema

DAY = timedelta(days=1)
WITHIN_S = 60.0
SHORT = tuple(timedelta(minutes=minutes) for minutes in (15, 75, 150, 260, 3000))
LONG = (
    *(timedelta(minutes=minutes) for minutes in (15, 35, 50, 75, 110, 150, 200, 260)),
    timedelta(minutes=261) + DAY,
    timedelta(minutes=262),
    -DAY,
    timedelta(minutes=3000),
    timedelta(minutes=3000) + DAY,
)
"""How much later it is at each step: past each wait and promise, and a day forward and back."""
KINDS = ("plain", "waiting", "held")
"""What becomes of a case: nothing, the customer owes an answer, or it is put aside for two hours."""
TOTAL = "SELECT count(*) FROM cases"
RULES = {
    "agents.yaml": """\
agents:
  anna: {name: Anna Berg, address: anna@northwind.example, role: lead}
  ben: {name: Ben Okoro, address: ben@northwind.example}
  mia: {name: Mia Roth, address: mia@northwind.example, role: manager}
""",
    "queues.yaml": """\
queues:
  support: {title: Support, members: [anna, ben], assign: round_robin}
  billing: {title: Billing, members: [ben]}
""",
    "routing.yaml": "rules: []\n",
    "calendars.yaml": "calendars: {always: {time_zone: UTC, hours: {monday-sunday: 00:00-24:00}}}\n",
    "sla.yaml": """\
default: quick
slas:
  quick:
    calendar: always
    items:
      - name: answer
        kpi: first_response
        warn_after: 10m
        fail_after: 20m
        on_warn: {tell: [queue]}
        on_fail: {tell: [owner], then: [{after: 10m, tell: [managers]}], repeat: 20m}
      - {name: end, kpi: resolution, fail_after: 30h}
""",
    "auto_close.yaml": """\
reasons:
  waiting_for_details: {calendar: always, remind_after: [1h, 2h], resolve_after: 3h, resolution: information_provided}
""",
}
ENTITLEMENT = """\
entitlements:
  acme:
    name: Gold
    account: {{name: Acme, domains: [acme.example]}}
    cases: {cases}
    from: 2020-01-01
    to: 2090-12-31
    owner: mia
"""


@dataclass(kw_only=True)
class World:
    """A desk, its time, and the daemons that are to keep it."""

    settings: Path
    time: Path
    app: App
    book: Ledger
    chance: Random
    stack: contextlib.ExitStack
    daemons: list[DaemonProcess] = field(default_factory=list)
    kills: int = 0

    def start(self) -> None:
        """Let one more daemon run."""
        daemon = self.stack.enter_context(DaemonProcess(self.settings, ahead=self.time))
        daemon.wait_for_notice("READY=1")
        self.daemons.append(daemon)

    def go_to(self, ahead: timedelta) -> None:
        """Make it so much later than it is."""
        fresh = self.time.with_suffix(".new")
        fresh.write_text(str(ahead.total_seconds()))
        fresh.replace(self.time)

    def kill_one(self) -> None:
        """Kill a daemon at a moment of the second in which it looks for what is due, and start another."""
        time.sleep(self.chance.uniform(0, 1.3))
        victim = self.daemons.pop(self.chance.randrange(len(self.daemons)))
        victim.kill()
        self.kills += 1
        self.start()

    def settle(self, what: str) -> bool:
        """Wait until nothing is due; return whether it came to that in time."""
        try:
            eventually(lambda: not self._due(), what, WITHIN_S)
        except AssertionError:
            return False
        return True

    def _due(self) -> bool:
        """Tell whether anything is due, also what a daemon is at just now."""
        now, total = self.app.now(), 0
        with self.app.database.read() as tx:
            for moment in (schema.clocks.c.next_due_at, schema.timers.c.due_at, schema.activities.c.remind_at):
                total += tx.execute(select(func.count()).where(moment <= now)).scalar_one()
        return total + self.book.waiting() > 0


@contextlib.contextmanager
def world(setting: Setting, name: str, url: str, cases: int) -> Iterator[World]:
    """Yield a desk whose mail has come and is not filed, without a daemon."""
    folder = setting.room(name)
    ahead = folder / "ahead"
    ahead.write_text("0")
    rules = RULES | {"entitlements.yaml": ENTITLEMENT.format(cases=cases)}
    settings = furnish(folder, Furniture(url=url or f"sqlite:///{folder / 'desk.db'}", rules=rules))
    with contextlib.ExitStack() as stack:
        app = build(settings, now=moved_clock(ahead))
        stack.callback(app.close)
        book = stack.enter_context(ledger(url or f"sqlite:///{folder / 'desk.db'}"))
        for number in range(cases):
            sender = f"Customer {number} <c{number}@acme.example>"
            store(app, mail(sender=sender, subject=KINDS[number % 3], message_id=f"<{number}@acme.example>"), None)
        yield World(settings=settings, time=ahead, app=app, book=book, chance=setting.random(name), stack=stack)


def live(found: World, daemons: int, *, is_long: bool) -> int:
    """Let two days pass in steps, and kill daemons meanwhile; return how many steps did not come to an end in time."""
    late = 0
    for _ in range(daemons):
        found.start()
    if is_long:
        found.kill_one()
    late += not found.settle("filed mail")
    _work(found)
    for number, ahead in enumerate(LONG if is_long else SHORT):
        found.go_to(ahead)
        if is_long or number % 2:
            found.kill_one()
        late += not found.settle(f"what is due {ahead} later")
    return late


def _work(found: World) -> None:
    """Do to the cases what their subjects say."""
    until = found.app.now() + timedelta(hours=2)
    said = {
        "plain": f"#task call them due {until:%Y-%m-%d %H:%M}",
        "waiting": "#status waiting_for_details",
        "held": f"#hold until {until:%Y-%m-%d %H:%M}",
    }
    for case_id, title in found.book.rows("SELECT id, title FROM cases ORDER BY id"):
        if title in said:
            with found.app.database.begin() as tx:
                anna = found.app.desk.rulebook.agents["anna"]
                act = Act(actor="anna", cause="a test", now=found.app.now())
                work_by_text(tx, found.app.desk, case_id, anna, said[title], act)


def _events(book: Ledger) -> Counter[tuple[int, str]]:
    """Return how often each thing was told of each case, alerts by their step."""
    told = "SELECT case_id, event, cause, summary FROM timeline"
    found: Counter[tuple[int, str]] = Counter()
    for case_id, event, cause, summary in book.rows(told):
        detail = {
            "clock_alerted": summary.partition(", step ")[2],
            "customer_reminded": summary.partition(" to the")[0],
            "clock_breached": summary.partition(" ")[0],
            "entitlement_used": summary.partition(" %")[0],
            "status_reason_changed": cause,
        }.get(event, "")
        found[case_id, f"{event} {detail}".strip()] += 1
    return found


ONCE = (
    "clock_breached first_response",
    "clock_breached resolution",
    "clock_alerted 1",
)
EXPECTED = {
    "plain": (*ONCE, "clock_warned", "clock_alerted 2", "activity_due"),
    "held": (*ONCE, "status_reason_changed follow-up"),
    "waiting": ("customer_reminded reminder 1", "customer_reminded reminder 2", "case_resolved"),
}
"""What has to come of a case once, at least."""
THRESHOLDS = ("entitlement_used 80", "entitlement_used 100")
OFTEN = ("status_reason_changed a test", "case_routed", "status_reason_changed")
"""What may be told of a case more than once."""


def _trials(found: World, name: str, late: int) -> Iterator[Trial]:
    events, titles = _events(found.book), dict(found.book.rows("SELECT id, title FROM cases"))
    for kind, expected in EXPECTED.items():
        of_kind = [case_id for case_id, title in titles.items() if title == kind]
        told = {key: times for key, times in events.items() if key[0] in of_kind and key[1] not in OFTEN}
        missing = [(case_id, what) for case_id in of_kind for what in expected if not told.get((case_id, what))]
        twice = {key: times for key, times in told.items() if times > 1}
        note = f"{found.kills} kills; {sum(told.values())} events of {len(of_kind)} cases"
        yield Trial(
            what=f"{kind} cases, {name}",
            times=len(of_kind),
            lost=len(missing),
            doubled=sum(twice.values()) - len(twice),
            late=late,
            note=f"{note}{f'; missing {missing[:3]}' if missing else ''}{f'; twice {list(twice)[:3]}' if twice else ''}",
        )
    used = Counter(what for (_, what), times in events.items() for _ in range(times) if what in THRESHOLDS)
    yield Trial(
        what=f"thresholds of an entitlement, {name}",
        times=len(THRESHOLDS),
        lost=sum(not used[what] for what in THRESHOLDS),
        doubled=sum(max(0, used[what] - 1) for what in THRESHOLDS),
    )


def sqlite(setting: Setting, number: int) -> list[Trial]:
    """Let one daemon at a time keep the time of a desk."""
    with world(setting, f"sqlite-{number}", "", setting.scaled(6, 60)) as found:
        late = live(found, 1, is_long=True)
        return list(_trials(found, f"SQLite, {number}", late))


def postgres(setting: Setting, number: int) -> list[Trial]:
    """Let three daemons share the time of a desk."""
    server = Postgres.create()
    try:
        server.start()
        migrate(server.url())
        with world(setting, f"postgres-{number}", server.url(), setting.scaled(6, 60)) as found:
            late = live(found, setting.scaled(2, 3), is_long=setting.scaled(False, True))
            return list(_trials(found, f"PostgreSQL, {number}", late))
    finally:
        server.destroy()


def run(setting: Setting) -> Findings:
    """Try both databases; the short form only the one that daemons share."""
    trials: list[Trial] = []
    for number in range(1, setting.scaled(1, 3) + 1):
        if setting.scale is Scale.LONG:
            trials += sqlite(setting, number)
            setting.tell(f"SQLite, {number}")
        trials += postgres(setting, number)
        setting.tell(f"PostgreSQL, {number}")
    where = setting.scaled("PostgreSQL with two daemons", "SQLite with one daemon, PostgreSQL with three")
    return Findings(trials=tuple(trials), where=where)


EXPERIMENT = Experiment(
    name="E22",
    promise="G19",
    title="What time brings to a case comes once, whoever is killed meanwhile",
    how=(
        "Cases wait for a customer, are put aside until a moment, have a task with a time, or are left alone, under promises that are "
        "warned of, broken, told of again and passed on, and under an entitlement that is used up. Their time passes in steps, with "
        "a day forward and back between; in each step a daemon is killed with SIGKILL at a random point of the second in which it looks "
        "for what is due. Doubled: an event that is on the timeline twice. Lost: one that is not there. Late: a step after which "
        "something was still due a minute later."
    ),
    run=run,
)
