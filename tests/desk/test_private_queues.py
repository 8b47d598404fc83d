"""Private queues and teams through the database: who is told, what is found, and what is refused."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from desk.test_deletion import act, received
from lab.desks import RULES, Furniture, ManualClock, furnish, open_app
from lab.mails import answer
from mailcase.app import App
from mailcase.daemon.ingest import store
from mailcase.daemon.intake import intake
from mailcase.desk.explain import explain
from mailcase.desk.export import export
from mailcase.desk.history import read
from mailcase.desk.rights import hidden_queues
from mailcase.desk.search import search_cases
from mailcase.desk.today import queue_digest
from mailcase.desk.working import find, work_by_text
from mailcase.domain.number import format_number
from mailcase.errors import Refused
from mailcase.store import cases, outbox, timeline
from mailcase.store.cases import CaseFilter

FILES = {
    "agents.yaml": RULES["agents.yaml"] + "  cora: {name: Cora Lind, address: cora@northwind.example, role: admin}\n",
    "teams.yaml": "teams: {crew: {name: Crew, members: [anna, ben], lead: ben}}\n",
    "queues.yaml": """\
queues:
  support: {title: Support, members: [anna, ben]}
  legal: {title: Legal, members: [anna], private: true}
  billing: {title: Billing, members: [ben]}
  night: {title: Night, members: [cora], assign: round_robin}
""",
    "routing.yaml": "rules: [{name: secret, when: 'case.title.contains(\"secret\")', to: {queue: legal}}]\n",
    "roles.yaml": "queues: {legal: {queue: {agents: [cora]}}}\n",
}
ONE, TWO = format_number(1), format_number(2)
LOOKS = "Cora Lind can|Anna Berg, Cora Lind can"


@pytest.fixture
def app(database_url: str, tmp_path: Path) -> Iterator[App]:
    """A desk with a case in a private queue, number 1, and an open one, number 2."""
    found = open_app(furnish(tmp_path, Furniture(url=database_url, rules=FILES)), ManualClock())
    received(found, "secret Zanzibar", "open Zanzibar")
    yield found
    found.close()


def works(app: App, case_id: int, text: str, who: str) -> None:
    with app.database.begin() as tx:
        work_by_text(tx, app.desk, case_id, app.desk.rulebook.agents[who], text, act(app, who))


def told(app: App, template: str) -> list[str]:
    with app.database.read() as tx:
        return sorted(
            sent.recipients[0].address.partition("@")[0]
            for sent in outbox.find(tx, limit=100)
            if sent.template == template
        )


def test_only_members_are_told_of_a_new_case(app: App) -> None:
    assert told(app, "agent/new_case") == ["anna", "anna", "ben"]


def test_a_similar_case_is_suggested_only_to_who_may_see_it(app: App) -> None:
    with app.database.read() as tx:
        mails = {
            mail.recipients[0].address: mail.raw for mail in outbox.of_case(tx, 2) if mail.template == "agent/new_case"
        }
    assert b"secret Zanzibar" in mails["anna@northwind.example"]
    assert b"secret" not in mails["ben@northwind.example"]


@pytest.mark.parametrize("text", ["#show", "#pick", "#note x", "#assign me", "Words for her.", "#undo"])
def test_an_outsider_does_nothing_with_the_case(app: App, text: str) -> None:
    with pytest.raises(
        Refused, match=r"private queue Legal, which Ben Okoro does not see\. Anna Berg, Cora Lind can help\."
    ):
        works(app, 1, text, "ben")


@pytest.mark.parametrize("verb", ["#merge", "#link", "#parent"])
def test_an_outsider_binds_it_to_no_other_case(app: App, verb: str) -> None:
    with pytest.raises(Refused, match="private queue Legal, which Ben Okoro does not see"):
        works(app, 2, f"{verb} {ONE}", "ben")


@pytest.mark.parametrize("text", ["#assign ben", "#task @ben ring her"])
def test_nothing_of_it_is_given_to_who_may_not_see_it(app: App, text: str) -> None:
    with pytest.raises(Refused, match="Ben Okoro cannot be given CAS"):
        works(app, 1, text, "anna")


def test_only_who_the_file_names_routes_out_of_the_queue(app: App) -> None:
    with pytest.raises(
        Refused, match=r"#queue in the queue Legal needs to be one of cora; you are lead\. Cora Lind may do it\."
    ):
        works(app, 1, "#queue support", "anna")
    works(app, 1, "#queue support", "cora")
    works(app, 1, "#pick", "ben")


def test_an_owner_who_is_no_member_loses_a_case_that_becomes_private(app: App) -> None:
    works(app, 2, "#assign me", "ben")
    works(app, 2, "#queue legal", "ben")
    with app.database.read() as tx:
        assert find(tx, 2).owner is None


@pytest.mark.parametrize(("who", "seen"), [("anna", [2, 1]), ("cora", [2, 1]), ("ben", [2]), (None, [2])])
def test_lists_and_searches_leave_it_out(app: App, who: str | None, seen: list[int]) -> None:
    agent = app.desk.rulebook.agents[who] if who else None
    hidden = hidden_queues(app.desk.rulebook, agent)
    with app.database.read() as tx:
        assert [case.id for case in cases.find(tx, CaseFilter(hidden=hidden))] == seen
        assert cases.count(tx, CaseFilter(hidden=hidden)) == len(seen)
        for limit in (1, 5):
            assert [one.case.id for one in search_cases(tx, "zanzibar", limit, hidden)] == seen[:limit]
        assert [one.case.id for one in search_cases(tx, ONE, 5, hidden)] == [key for key in seen if key == 1]


@pytest.mark.parametrize("who", ["ben", None])
def test_an_outsider_neither_reads_nor_explains_nor_exports_it(app: App, who: str | None) -> None:
    agent = app.desk.rulebook.agents[who] if who else None
    with app.database.read() as tx:
        for look in (
            lambda: read(tx, app.desk, 1, ONE, agent),
            lambda: export(tx, app.desk, 1, ONE, agent),
            lambda: explain(tx, app.desk.rulebook, ONE, 5, agent),
            lambda: explain(tx, app.desk.rulebook, "1", 5, agent),
        ):
            with pytest.raises(Refused, match="private queue Legal"):
                look()
        assert read(tx, app.desk, 2, TWO, agent).case.id == 2


def test_a_linked_case_is_shown_only_to_who_may_see_it(app: App) -> None:
    works(app, 1, f"#link {TWO}", "anna")
    agents = app.desk.rulebook.agents
    with app.database.read() as tx:
        shown = {
            who: [other.id for _, other in read(tx, app.desk, 2, TWO, agents[who]).relations] for who in ("anna", "ben")
        }
    assert shown == {"anna": [1], "ben": []}


def test_the_digest_leaves_out_what_its_reader_may_not_see(app: App) -> None:
    works(app, 2, "#task @ben ring due today 17:00", "anna")
    works(app, 2, "#queue legal", "anna")
    with app.database.begin() as tx:
        queue_digest(tx, app.desk, app.now(), agent=app.desk.rulebook.agents["ben"])
    assert told(app, "agent/today") == []


def test_a_team_is_told_until_one_of_it_picks_the_case(app: App) -> None:
    works(app, 2, "#assign crew\n\nWe look into it.", "anna")
    assert told(app, "agent/assigned") == ["ben"]
    answered(app)
    assert told(app, "agent/customer_replied") == ["anna", "ben"]
    works(app, 2, "#pick", "ben")
    answered(app)
    assert told(app, "agent/customer_replied") == ["anna", "ben", "ben"]
    works(app, 2, "#release", "ben")
    with app.database.read() as tx:
        assert find(tx, 2).owner == "crew"


def answered(app: App) -> None:
    """The customer answers what she was written on the open case."""
    with app.database.read() as tx:
        sent = next(one for one in outbox.of_case(tx, 2) if one.template == "customer/replied")
    number = len(told(app, "agent/customer_replied"))
    store(app, answer(sent.message_id, "Still.\n", message_id=f"<again{number}@c.example>"), None)
    while intake(app):
        pass


def test_a_queue_that_assigns_gives_a_teams_case_to_one_of_the_team(app: App) -> None:
    works(app, 2, "#assign crew\n#queue night", "anna")
    with app.database.read() as tx:
        assert find(tx, 2).owner == "anna"


def test_the_title_of_a_private_child_is_not_on_the_timeline_of_its_parent(app: App) -> None:
    works(app, 2, "#child legal: Xanadu", "ben")
    works(app, 3, "#resolve", "anna")
    with app.database.read() as tx:
        told = [entry.summary for entry in timeline.by_case(tx, 2)]
    assert [line for line in told if "child" in line] == [
        f"child {format_number(3)} opened",
        f"child {format_number(3)} is resolved",
    ]
    assert "Xanadu" not in " ".join(told)
