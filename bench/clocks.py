"""How late clocks are fired: 10,000 due in the same minute, and as many at one instant, among many that are open.

The daemon's own batches run once a second, as its tick does, on cases with a mail and a real resolution clock, two cases
to a customer. A clock counts as fired at the end of the transaction that fires it: the change of the case, its timeline,
and the notice to its owner.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sqlalchemy import bindparam, update

from bench.result import Figure, Options, Result, peak_memory_mb, percentile
from bench.workplace import database_url
from lab.crowd import grow
from lab.desks import Furniture, furnish
from mailcase import log
from mailcase.app import App, build
from mailcase.clock import utc_now
from mailcase.daemon.errands import BATCH, run_batch
from mailcase.desk.desk import Desk
from mailcase.desk.due import due_clocks
from mailcase.desk.task import Task
from mailcase.domain.activity import Activity, ActivityKind, TimelineEntry
from mailcase.domain.case import Case
from mailcase.domain.party import Contact
from mailcase.domain.setback import Errand
from mailcase.domain.sla_clock import Clock
from mailcase.store import activities, cases, clocks, contacts, schema, timeline
from mailcase.store.tx import Tx

DUE = 10_000  # clocks that are due in one minute, and again at one instant
MINUTE = timedelta(minutes=1)
FIRST = 1_000  # cases that are stored by the desk's own code; the others are their copies
PROMISE = timedelta(hours=100)
RULES = {
    "calendars.yaml": "calendars:\n  always: {time_zone: UTC, hours: {monday-sunday: 00:00-24:00}}\n",
    "sla.yaml": "default: standard\nslas:\n  standard:\n    calendar: always\n    items:\n"
    "      - {name: end, kpi: resolution, fail_after: 100h, on_fail: {tell: [owner], priority: high}}\n",
}
PAUSING = ("cancelled", "information_provided", "merged", "on_hold", "problem_solved", "waiting_for_details")
"""As the shipped status reasons have it, so that no clock is replaced by one of other terms."""


def run(options: Options) -> Result:
    """Measure the lateness of twice `--messages` clocks (10,000) among `--cases` open ones."""
    due = options.messages or DUE
    log.configure("error", "json")
    with database_url(options.database, options.folder) as url:
        app = build(furnish(options.folder / "desk", Furniture(url=url, rules=RULES)))
        try:
            return _measured(app, options, due)
        finally:
            app.close()


def _measured(app: App, options: Options, due: int) -> Result:
    start = time.perf_counter()
    _seed(app, min(FIRST, options.cases))
    stored: int = grow(app.database, max(options.cases, 2 * due))
    seeding = time.perf_counter() - start
    spread = _Firing.after(app, due, first=1, within=MINUTE)
    claims = [_claim(app) for _ in range(20)]
    spread.run(app)
    at_once = _Firing.after(app, due, first=due + 1, within=timedelta())
    at_once.run(app)
    figures = (
        *spread.figures("late", "due within a minute"),
        *at_once.figures("at_once", "due at one instant"),
        Figure(key="claim_ms", name=f"claim {BATCH} due", value=percentile(claims, 50), unit="ms"),
        Figure(key="seeding_s", name="making the desk", value=seeding, unit="s"),
        Figure(key="memory_mb", name="peak memory", value=peak_memory_mb(), unit="MB"),
    )
    setting = f"{stored:,} open clocks, {due:,} of them due in one minute, {options.database}"
    return Result(stage="clocks", setting=setting, figures=figures)


@dataclass(slots=True)
class _Firing:
    """Clocks that fall due, and how late each was fired."""

    due_at: dict[int, datetime]
    """By case."""
    late: list[float] = field(default_factory=list)
    busy: float = 0.0
    cpu: float = 0.0

    @classmethod
    def after(cls, app: App, count: int, *, first: int, within: timedelta) -> "_Firing":
        """Make the clocks of the cases from `first` on due soon, spread over `within`."""
        begin = utc_now() + timedelta(seconds=5 + count / 2_000)
        due_at = {first + number: begin + within * number / count for number in range(count)}
        with app.database.begin() as tx:
            _reset(tx, due_at)
        return cls(due_at=due_at)

    def run(self, app: App) -> None:
        """Fire what is due once a second until all is, from the moment on at which the first is."""
        time.sleep(max(0.0, (min(self.due_at.values()) - utc_now()).total_seconds()))
        while len(self.late) < len(self.due_at):
            start, used = time.perf_counter(), time.process_time()
            while self._batch(app):
                pass
            spent = time.perf_counter() - start
            self.busy += spent
            self.cpu += time.process_time() - used
            time.sleep(max(0.0, 1.0 - spent))

    def _batch(self, app: App) -> bool:
        """Fire a batch as the daemon does, and note how late its clocks were when it was committed."""
        fired: list[int] = []

        def find(tx: Tx, desk: Desk, now: datetime, limit: int) -> list[Task]:
            return [replace(task, do=noting(task)) for task in due_clocks(tx, desk, now, limit)]

        def noting(task: Task) -> "_Noting":
            return _Noting(task, fired)

        has_more = run_batch(app, Errand.CLOCKS, find).has_more
        done = utc_now()
        self.late += [(done - self.due_at[case_id]).total_seconds() for case_id in fired]
        return has_more

    def figures(self, key: str, name: str) -> Iterator[Figure]:
        """Yield what was measured."""
        for percent, what in ((50, "median"), (99, "p99")):
            value = percentile(self.late, percent)
            yield Figure(key=f"{key}_p{percent}_s", name=f"{name}: fired late by, {what}", value=value, unit="s")
        yield Figure(key=f"{key}_max_s", name="the latest", value=max(self.late), unit="s", is_part=True)
        yield Figure(
            key=f"{key}_per_s", name="fired while busy", value=len(self.late) / self.busy, unit="/s", is_part=True
        )
        yield Figure(
            key=f"{key}_cpu_ms",
            name="processor time of each",
            value=self.cpu * 1000 / len(self.late),
            unit="ms",
            is_part=True,
        )


@dataclass(frozen=True, slots=True)
class _Noting:
    """Does a task, and notes its case."""

    task: Task
    fired: list[int]

    def __call__(self, tx: Tx, desk: Desk, now: datetime) -> object:
        done = self.task.do(tx, desk, now)
        self.fired.append(self.task.case_id or 0)
        return done


def _seed(app: App, count: int) -> None:
    """Store cases with a mail and an open clock each, due in 90 hours or later."""
    mailbox, now = next(iter(app.desk.mailboxes)), utc_now()
    with app.database.begin() as tx:
        for number in range(count):
            if number % 2 == 0:
                address = f"customer{number}@customer.example"
                contact = contacts.insert(tx, Contact(name=f"Customer {number}", address=address, created_at=now))
            opened = now - timedelta(hours=10) + timedelta(seconds=number * 3600 / count)
            _open(tx, contact.id, mailbox, opened)


def _open(tx: Tx, contact_id: int, mailbox: str, opened: datetime) -> None:
    case = cases.insert(
        tx,
        Case(
            title="a seeded case",
            contact_id=contact_id,
            mailbox=mailbox,
            owner="anna",
            created_at=opened,
            modified_at=opened,
            first_response_at=opened,
        ),
    )
    mail = Activity(
        case_id=case.id,
        kind=ActivityKind.EMAIL_IN,
        subject="a seeded case",
        text="The printer prints only every other page.\n" * 5,
        sender="customer@customer.example",
        created_at=opened,
        created_by="customer",
    )
    activities.insert(tx, mail)
    timeline.append(
        tx, [TimelineEntry(case_id=case.id, at=opened, event="case_opened", actor="customer", cause="mail")]
    )
    clocks.insert(tx, _clock(case.id, opened))


def _clock(case_id: int, opened: datetime) -> Clock:
    return Clock(
        case_id=case_id,
        sla="standard",
        item="end",
        kpi="resolution",
        calendar="always",
        warn_after=None,
        fail_after=PROMISE,
        pause_reasons=PAUSING,
        started_at=opened,
        since=opened,
        warn_at=None,
        due_at=opened + PROMISE,
        next_due_at=opened + PROMISE,
    )


def _reset(tx: Tx, due_at: dict[int, datetime]) -> None:
    """Let the cases have been opened as long ago as their clocks promise, so that these are due at `due_at`."""
    opened = [{"of": case_id, "opened": due - PROMISE, "due": due} for case_id, due in due_at.items()]
    case, clock = schema.cases.c, schema.clocks.c
    move_case = update(schema.cases).where(case.id == bindparam("of")).values(created_at=bindparam("opened"))
    moved = {"started_at": "opened", "since": "opened", "due_at": "due", "next_due_at": "due"}
    move_clock = update(schema.clocks).where(clock.case_id == bindparam("of"))
    move_clock = move_clock.values(**{name: bindparam(given) for name, given in moved.items()})
    tx.connection.execute(move_case, opened)
    tx.connection.execute(move_clock, opened)


def _claim(app: App) -> float:
    """Return the milliseconds that it takes to claim a batch of what is due within the minute."""
    with app.database.begin() as tx:
        start = time.perf_counter()
        clocks.due(tx, utc_now() + 2 * MINUTE, BATCH)
        return (time.perf_counter() - start) * 1000
