"""How late clocks are fired: 10,000 due in the same minute among many that are open, and what it costs to claim 100.

The desk's own `watch` runs once a second, as the daemon's tick does, on cases with a real resolution clock. A clock counts as
fired at the end of the transaction that fires it.
"""

import time
from datetime import datetime, timedelta

from bench.result import Figure, Options, Result, percentile
from bench.workplace import database_url
from lab.desks import Furniture, furnish  # type: ignore[import-not-found,import-untyped,unused-ignore]  # of the tests
from mailcase import log
from mailcase.app import App, build
from mailcase.clock import utc_now
from mailcase.daemon.errands import BATCH
from mailcase.desk.due import fire_clocks
from mailcase.domain.case import Case
from mailcase.domain.party import Contact
from mailcase.domain.sla_clock import Clock
from mailcase.store import cases, clocks, contacts
from mailcase.store.tx import Tx

DUE = 10_000  # clocks that are due in one minute
MINUTE = timedelta(minutes=1)
SEEDED_AT_ONCE = 5_000
RULES = {
    "calendars.yaml": "calendars:\n  always: {time_zone: UTC, hours: {monday-sunday: 00:00-24:00}}\n",
    "sla.yaml": "default: standard\nslas:\n  standard:\n    calendar: always\n    items:\n"
    "      - {name: end, kpi: resolution, fail_after: 100h, on_fail: {tell: [owner], priority: high}}\n",
}


def run(options: Options) -> Result:
    """Measure the lateness of `--messages` clocks (10,000) due in a minute among `--cases` open ones."""
    due = options.messages or DUE
    log.configure("error", "json")
    with database_url(options.database, options.folder) as url:
        app = build(furnish(options.folder / "desk", Furniture(url=url, rules=RULES)))
        try:
            return _measured(app, options, due)
        finally:
            app.close()


def _measured(app: App, options: Options, due: int) -> Result:
    later = utc_now() + timedelta(hours=90)
    _seed(app, [later + timedelta(seconds=number % 3600) for number in range(options.cases - due)])
    begin = utc_now() + timedelta(seconds=5 + due / 1_000)
    _seed(app, [begin + MINUTE * number / due for number in range(due)])
    while utc_now() < begin:
        time.sleep(0.1)
    claims = [_claim(app) for _ in range(20)]
    late, busy = _fire(app, due)
    figures = (
        Figure(key="late_p50_s", name="fired after it was due, median", value=percentile(late, 50), unit="s"),
        Figure(key="late_p99_s", name="fired after it was due, p99", value=percentile(late, 99), unit="s"),
        Figure(key="late_max_s", name="fired after it was due, the latest", value=max(late), unit="s"),
        Figure(key="fired_per_s", name="fired while busy", value=due / busy, unit="a second"),
        Figure(key="claim_ms", name=f"claim {BATCH} due", value=percentile(claims, 50), unit="ms"),
    )
    setting = f"{options.cases:,} open clocks, {due:,} of them due in one minute, {options.database}"
    return Result(stage="clocks", setting=setting, figures=figures)


def _seed(app: App, ends: list[datetime]) -> None:
    """Store a case with an open clock for each of `ends`, when it is due."""
    mailbox, address = next(iter(app.desk.mailboxes)), "carla@customer.example"
    with app.database.begin() as tx:
        known = contacts.by_address(tx, address)
        contact = known or contacts.insert(tx, Contact(name="Carla", address=address, created_at=utc_now()))
    for first in range(0, len(ends), SEEDED_AT_ONCE):
        with app.database.begin() as tx:
            _seed_some(tx, contact.id, mailbox, ends[first : first + SEEDED_AT_ONCE])


def _seed_some(tx: Tx, contact_id: int, mailbox: str, ends: list[datetime]) -> None:
    for end in ends:
        started = end - timedelta(hours=100)
        case = cases.insert(
            tx,
            Case(
                title="a seeded case",
                contact_id=contact_id,
                mailbox=mailbox,
                owner="anna",
                created_at=started,
                modified_at=started,
                first_response_at=started,
            ),
        )
        clocks.insert(tx, _clock(case.id, started, end))


def _clock(case_id: int, started: datetime, end: datetime) -> Clock:
    return Clock(
        case_id=case_id,
        sla="standard",
        item="end",
        kpi="resolution",
        calendar="always",
        warn_after=None,
        fail_after=end - started,
        pause_reasons=PAUSING,
        started_at=started,
        since=started,
        warn_at=None,
        due_at=end,
        next_due_at=end,
    )


PAUSING = ("cancelled", "information_provided", "merged", "on_hold", "problem_solved", "waiting_for_details")
"""As the shipped status reasons have it, so that no clock is replaced by one of other terms."""


def _claim(app: App) -> float:
    """Return the milliseconds that it takes to claim a batch of what is due within the minute."""
    with app.database.begin() as tx:
        start = time.perf_counter()
        clocks.due(tx, utc_now() + MINUTE, BATCH)
        return (time.perf_counter() - start) * 1000


def _fire(app: App, due: int) -> tuple[list[float], float]:
    """Fire what is due once a second until all is; return how late each was, and the seconds of work."""
    late: list[float] = []
    busy = 0.0
    while len(late) < due:
        start = time.perf_counter()
        while (fired := _batch(app, late)) == BATCH:
            pass
        del fired
        spent = time.perf_counter() - start
        busy += spent
        time.sleep(max(0.0, 1.0 - spent))
    return late, busy


def _batch(app: App, late: list[float]) -> int:
    """Fire a batch as `watch` does, and note how late its clocks were when it was committed."""
    now = utc_now()
    with app.database.begin() as tx:
        found = clocks.due(tx, now, BATCH)
        for clock in found:
            fire_clocks(tx, app.desk, now, case_id=clock.case_id)
    done = utc_now()
    late += [(done - clock.due_at).total_seconds() for clock in found]
    return len(found)
