"""Teams: cases that they own, who hears of them, and who of them gets them."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from desk.test_deletion import act, received
from lab.desks import RULES, Furniture, ManualClock, furnish, open_app
from mailcase.app import App
from mailcase.daemon.watch import give_out, watch
from mailcase.desk.working import find, work_by_text
from mailcase.store import outbox

FILES = {
    "agents.yaml": RULES["agents.yaml"] + "  cora: {name: Cora Lind, address: cora@northwind.example, capacity: 0}\n",
    "teams.yaml": "teams: {crew: {name: Crew, members: [anna, ben], lead: ben}, pair: {name: Pair, members: [anna, cora]}}\n",
    "queues.yaml": """\
queues:
  support: {title: Support, members: [crew]}
  billing: {title: Billing, members: [ben]}
  night: {title: Night, members: [cora], assign: round_robin}
""",
    "routing.yaml": """\
rules:
  - {name: crew, when: 'case.title.contains("crew")', to: {queue: support, owner: crew}}
  - {name: pair, when: 'case.title.contains("pair")', to: {queue: support, owner: pair}}
""",
    "sla.yaml": """\
default: gold
slas:
  gold:
    calendar: always
    items:
      - {name: answer, kpi: first_response, fail_after: 1h, on_fail: {tell: [owner]}}
""",
    "calendars.yaml": "calendars: {always: {time_zone: UTC, hours: {monday-sunday: 00:00-24:00}}}\n",
    "notices.yaml": "notices: {resolved: {to: [pair]}}\n",
}


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def app(database_url: str, tmp_path: Path, clock: ManualClock) -> Iterator[App]:
    found = open_app(furnish(tmp_path, Furniture(url=database_url, rules=FILES)), clock)
    yield found
    found.close()


def works(app: App, text: str, who: str = "anna") -> None:
    with app.database.begin() as tx:
        work_by_text(tx, app.desk, 1, app.desk.rulebook.agents[who], text, act(app, who))


def told(app: App, template: str) -> list[str]:
    with app.database.read() as tx:
        sent = [one for one in outbox.of_case(tx, 1) if one.template == template]
    return sorted(one.recipients[0].address.partition("@")[0] for one in sent)


def owner(app: App) -> str | None:
    with app.database.read() as tx:
        return find(tx, 1).owner


@pytest.mark.parametrize(("team", "lead"), [("crew", ["ben"]), ("pair", ["anna", "cora"])])
def test_a_case_routed_to_a_team_is_told_to_its_members_and_its_clocks_to_its_lead(
    app: App, clock: ManualClock, team: str, lead: list[str]
) -> None:
    received(app, f"for the {team}")
    assert owner(app) == team
    assert told(app, "agent/new_case") == sorted(app.desk.rulebook.teams[team].members)
    clock.advance(timedelta(hours=2))
    watch(app)
    assert told(app, "agent/clock_breached") == lead


def test_notices_can_be_for_a_team(app: App) -> None:
    received(app, "for the crew")
    works(app, "#resolve", "ben")
    assert told(app, "agent/happened") == ["anna", "cora"]


def test_a_queue_that_assigns_gives_a_case_of_a_team_to_one_of_it_who_has_room(app: App) -> None:
    received(app, "hello")
    works(app, "#assign pair")
    works(app, "#queue night")
    assert owner(app) == "anna", "Cora has no room"
    works(app, "#release")
    works(app, "#assign pair")
    assert (give_out(app), owner(app)) == (1, "anna")


@pytest.mark.parametrize("word", ["crew", "Crew", "@crew"])
def test_a_team_is_assigned_by_key_or_name(app: App, word: str) -> None:
    received(app, "hello")
    works(app, f"#assign {word}")
    assert owner(app) == "crew"
