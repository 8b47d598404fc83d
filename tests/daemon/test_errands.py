"""What is due on one case and fails puts off nothing but itself, is told, and is done as soon as it can be."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from lab.desks import Furniture, ManualClock, furnish, open_app
from lab.mails import mail
from mailcase.app import App
from mailcase.daemon.housekeep import housekeep
from mailcase.daemon.ingest import store
from mailcase.daemon.intake import intake
from mailcase.daemon.status import status
from mailcase.daemon.watch import bring_forward, give_out, try_again, watch
from mailcase.desk.explain import explain
from mailcase.domain.setback import Errand, Setback
from mailcase.domain.sla_clock import ClockState
from mailcase.errors import StaleWrite, Unavailable
from mailcase.store import clocks, outbox, setbacks, timeline
from mailcase.store.tx import Tx

SLA = """\
default: standard
slas:
  standard:
    calendar: always
    items:
      - {name: answer, kpi: first_response, fail_after: 1h, on_fail: {tell: [queue], priority: high}}
"""
CALENDARS = "calendars:\n  always: {time_zone: UTC, hours: {monday-sunday: 00:00-24:00}}\n"
RULES = {"sla.yaml": SLA, "calendars.yaml": CALENDARS, "routing.yaml": "rules: []\n"}
BROKEN = "{% if case.title == 'broken' %}{{ case.title|date }}{% endif %}A clock ran out.\n{{ internal }}\n"
SMTP = '[smtp]\nhost = "127.0.0.1"\nsecurity = "none"\nport = 25\n'


@pytest.fixture
def app(database_url: str, tmp_path: Path, clock: ManualClock) -> Iterator[App]:
    """A desk with three cases, of which the second has a title that the template of breaches cannot stand."""
    furniture = Furniture(url=database_url, rules=RULES, desk='admin = "root@northwind.example"', extra=SMTP)
    path = furnish(tmp_path, furniture)
    (tmp_path / "templates" / "agent").mkdir()
    (tmp_path / "templates" / "agent" / "clock_breached.txt.j2").write_text(BROKEN)
    found = open_app(path, clock)
    for subject in ("one", "broken", "three"):
        store(found, mail(subject=subject), None)
    while intake(found):
        pass
    yield found
    found.close()


def states(app: App) -> list[str]:
    with app.database.read() as tx:
        return [clocks.by_case(tx, case_id)[0].state.value for case_id in (1, 2, 3)]


def put_off(app: App) -> list[Setback]:
    with app.database.read() as tx:
        return setbacks.newest(tx, 10)


def alarms(app: App) -> int:
    with app.database.read() as tx:
        return sum(one.template == "admin/alarm" for one in outbox.find(tx, limit=200))


def test_a_clock_that_cannot_be_fired_holds_up_no_other(app: App, clock: ManualClock) -> None:
    clock.advance(timedelta(hours=2))
    assert watch(app) == 2
    assert states(app) == [ClockState.BREACHED, ClockState.IN_PROGRESS, ClockState.BREACHED]
    (setback,) = put_off(app)
    assert (setback.errand, setback.case_id, setback.failures) == (Errand.CLOCKS, 2, 1)
    assert setback.again_at - clock() == timedelta(minutes=1)
    assert "clock_breached.txt.j2:1" in setback.error


def test_it_is_tried_again_ever_less_often(app: App, clock: ManualClock) -> None:
    clock.advance(timedelta(hours=2))
    waits = []
    for _ in range(4):
        watch(app)
        waits.append((put_off(app)[0].again_at - clock()) // timedelta(minutes=1))
        watch(app)  # before its time: it is not touched
        clock.advance(timedelta(minutes=waits[-1]))
    assert waits == [1, 10, 60, 60]
    assert put_off(app)[0].failures == 4


def test_it_leaves_nothing_behind_and_is_done_once_it_can_be(app: App, clock: ManualClock, tmp_path: Path) -> None:
    clock.advance(timedelta(hours=2))
    watch(app)
    (tmp_path / "templates" / "agent" / "clock_breached.txt.j2").unlink()
    app.reload()
    assert try_again(app) == 1
    assert (watch(app), put_off(app), states(app)[1]) == (1, [], ClockState.BREACHED)
    with app.database.read() as tx:
        fired = [entry.event for entry in timeline.by_case(tx, 2) if "clock" in entry.event]
    assert fired == ["clock_breached"]


def test_the_admin_is_told_once_a_day_for_each_cause(app: App, clock: ManualClock) -> None:
    clock.advance(timedelta(hours=2))
    for _ in range(3):
        watch(app)
        clock.advance(timedelta(minutes=15))
    assert alarms(app) == 1


def test_status_and_why_tell_of_it(app: App, clock: ManualClock) -> None:
    clock.advance(timedelta(hours=2))
    watch(app)
    found = status(app)
    assert (found.put_off, found.setbacks[0].case_id, found.is_well) == (1, 2, False)
    with app.database.read() as tx:
        assert [one.case_id for one in explain(tx, app.desk.rulebook, "2", 20, None)[-1].setbacks] == [2]
        assert explain(tx, app.desk.rulebook, "1", 20, None)[-1].setbacks == ()


def test_what_is_due_no_more_is_forgotten(app: App, clock: ManualClock) -> None:
    with app.database.begin() as tx:
        for key, ahead in (("1", -20), ("2", 20)):
            again_at = clock() + timedelta(minutes=ahead)
            gone = Setback(
                errand=Errand.TIMER, about=key, case_id=1, failures=1, failed_at=clock(), again_at=again_at, error="x"
            )
            setbacks.put(tx, gone)
    housekeep(app)
    assert [one.about for one in put_off(app)] == ["2"]


def test_a_day_that_is_put_back_puts_nothing_off_for_a_day(app: App, clock: ManualClock) -> None:
    clock.advance(timedelta(days=1))
    watch(app)
    clock.advance(-timedelta(hours=22, minutes=30))
    assert bring_forward(app) > 0
    watch(app)
    assert put_off(app)[0].failures == 2


def test_waiting_cases_are_given_out_as_before(app: App) -> None:
    assert give_out(app) == 0


def stumble(app: App, about: str) -> Setback:
    now = app.now()
    return Setback(errand=Errand.DIGEST, about=about, case_id=None, failures=1, failed_at=now, again_at=now, error="x")


def fail_after_writing(tx: Tx, app: App, error: Exception) -> None:
    setbacks.end(tx, Errand.DIGEST, "before")
    setbacks.put(tx, stumble(app, "within"))
    raise error


@pytest.mark.parametrize("error", [ValueError("a fault"), StaleWrite("changed meanwhile"), Unavailable("away")])
def test_a_part_of_a_transaction_that_fails_undoes_only_itself(app: App, error: Exception) -> None:
    with app.database.begin() as tx:
        setbacks.put(tx, stumble(app, "before"))
        with pytest.raises(type(error)), tx.savepoint():
            fail_after_writing(tx, app, error)
        setbacks.put(tx, stumble(app, "after"))
    assert sorted(one.about for one in put_off(app)) == ["after", "before"]


def test_what_the_database_refuses_in_a_part_is_told_as_ever(app: App) -> None:
    with app.database.begin() as tx:
        setbacks.put(tx, stumble(app, "once"))
        with pytest.raises(StaleWrite), tx.savepoint():
            setbacks.put(tx, stumble(app, "once"))
    assert len(put_off(app)) == 1
