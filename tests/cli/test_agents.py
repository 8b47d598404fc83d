"""Who works here and what waits, on the command line; and what it shows to whom."""

import pytest

from cli.conftest import DeskFolder, Mailcase
from desk.test_deletion import received
from lab.desks import RULES
from mailcase.domain.number import format_number
from mailcase.store import audit

SECRET, OPEN = format_number(1), format_number(2)
FILES = {
    "agents.yaml": RULES["agents.yaml"]
    + "  mia: {name: Mia Roth, address: mia@northwind.example, role: manager, capacity: 9}\n",
    "teams.yaml": "teams: {crew: {name: Crew, members: [anna, ben], lead: ben}}\n",
    "queues.yaml": """\
queues:
  support: {title: Support, members: [crew]}
  legal: {title: Legal, members: [anna], private: true}
  billing: {title: Billing, members: [ben]}
""",
    "routing.yaml": "rules: [{name: secret, when: 'case.title.contains(\"secret\")', to: {queue: legal, owner: anna}}]\n",
}
GONE = "agents: {ben: {name: Ben Okoro, address: ben@northwind.example, role: manager}}"


@pytest.fixture
def desk(desk: DeskFolder) -> DeskFolder:
    """A desk with a private case of Anna's and an open one."""
    for name, content in FILES.items():
        (desk.folder / "rules" / name).write_text(content)
    app = desk.opened()
    received(app, "secret Zanzibar", "open Zanzibar")
    app.close()
    return desk


@pytest.fixture
def run(mailcase: Mailcase, desk: DeskFolder) -> Mailcase:
    """Runs a command of `mailcase` on the desk."""
    return lambda *words: mailcase("--config", desk.config, *words)


def test_the_load_of_everybody_is_listed(run: Mailcase) -> None:
    run("case", "pick", OPEN, "--as", "ben")
    run("case", "task", OPEN, "ring her", "--for", "mia", "--as", "ben")
    found = {one["key"]: one for one in run("agent", "list", "--json").json}

    assert list(found) == ["anna", "ben", "mia"]
    assert [(found[key]["cases"], found[key]["picked"], found[key]["to_do"]) for key in found] == [
        (1, 0, 0),
        (1, 1, 0),
        (0, 0, 1),
    ]
    assert "0 of 9" in run("agent", "list").text


def test_an_agent_is_shown_with_rights_and_the_cases_that_one_may_see(run: Mailcase) -> None:
    mine, theirs = (run("agent", "show", "anna", "--as", who, "--json").json for who in ("anna", "ben"))

    assert (mine["cases"], theirs["cases"]) == ([SECRET], [])
    assert mine["teams"] == ["crew"]
    assert {"sla", "exempt", "undo_others"} <= set(mine["more_permissions"])
    assert "delete" not in mine["permissions"]
    assert "secret" in run("agent", "show", "anna", "--as", "anna").text


def test_a_team_is_listed_and_shown(run: Mailcase) -> None:
    run("case", "assign", OPEN, "crew", "--as", "ben")

    (team,) = run("team", "list", "--json").json
    assert (team["key"], team["lead"], team["load"]["cases"]) == ("crew", "ben", 1)
    assert run("team", "show", "crew", "--json").json["cases"] == [OPEN]
    assert "Ben Okoro" in run("team", "show", "Crew").text
    run("team", "show", "gang").fails(1, "'gang' is no team here; there are: crew")


def test_queues_are_listed_shown_and_worked(run: Mailcase) -> None:
    waiting = {one["name"]: (one["waiting"], one["private"]) for one in run("queue", "list", "--json").json}
    assert waiting == {"support": (1, False), "legal": (1, True), "billing": (0, False)}
    assert [one["number"] for one in run("queue", "show", "support", "--json").json["items"]] == [OPEN]
    for words in (["add", "billing", OPEN], ["pick", OPEN], ["release", OPEN], ["remove", OPEN]):
        done = run("queue", *words, "--as", "ben")
        assert done.code == 0, done.err
    assert "taken out of queue billing" in done.text
    run("queue", "remove", OPEN, "--as", "ben").fails(1, "is in no queue")


def test_a_list_of_a_queue_or_an_owner_that_is_not_there_is_a_mistake(run: Mailcase) -> None:
    run("case", "list", "--queue", "billin").fails(1, "'billin' is no queue here")
    run("case", "list", "--owner", "nix").fails(1, "nix")
    assert "No cases." in run("case", "list", "--queue", "billing").text


@pytest.mark.parametrize("who", [[], ["--as", "ben"], ["--as", "mia"]])
@pytest.mark.parametrize(
    "words",
    [
        ["case", "show", SECRET],
        ["case", "export", SECRET, "-o", "/nowhere"],
        ["why", SECRET],
        ["why", "1"],
        ["sla", "explain", SECRET],
        ["inbox", "show", "1"],
        ["inbox", "raw", "1"],
        ["outbox", "show", "1"],
        ["queue", "show", "legal"],
    ],
)
def test_what_is_private_is_refused_to_others(run: Mailcase, words: list[str], who: list[str]) -> None:
    run(*words, *who).fails(1, "private queue Legal", "Anna Berg can help")


@pytest.mark.parametrize(
    "words",
    [
        ["case", "list"],
        ["case", "search", "zanzibar"],
        ["inbox", "list"],
        ["outbox", "list"],
        ["contact", "show", "clara@customer.example"],
    ],
)
def test_what_is_private_is_in_no_list(run: Mailcase, words: list[str]) -> None:
    seen, hidden = run(*words, "--as", "anna").text, run(*words, "--as", "ben").text

    assert ("secret" in seen, "secret" in hidden) == (True, False)
    assert "open Zanzibar" in hidden


def test_a_refused_command_is_in_the_audit_log(run: Mailcase, desk: DeskFolder) -> None:
    run("case", "note", SECRET, "what is this", "--as", "ben").fails(1, "private queue Legal")
    app = desk.opened()
    with app.database.read() as tx:
        record = audit.of_object(tx, "case", 1)[-1]
    app.close()

    assert (record.actor, record.action, record.changes) == ("ben", "case.refused", '{"commands": ["note"]}')


def test_who_left_is_named_and_the_work_is_handed_over(run: Mailcase, desk: DeskFolder) -> None:
    run("case", "pick", OPEN, "--as", "anna")
    run("case", "task", OPEN, "ring her", "--as", "anna")
    (desk.folder / "rules" / "agents.yaml").write_text(GONE)
    (desk.folder / "rules" / "teams.yaml").write_text("teams: {}")
    (desk.folder / "rules" / "queues.yaml").write_text(
        "queues: {support: {title: S}, legal: {title: Legal, private: true}, billing: {title: B}}"
    )
    (desk.folder / "rules" / "routing.yaml").write_text("rules: []")

    assert "anna is no active agent or team, and has 2 cases, 1 picked items and 1 tasks" in run("status").text
    assert "in no file any more" in run("agent", "list").text
    done = run("agent", "handover", "anna", "ben", "--yes", "--as", "ben", "--json").json
    assert (done["moved"], list(done["left"])) == ([OPEN], [SECRET])
    (ben, anna) = run("agent", "list", "--json").json
    assert [(one["cases"], one["picked"], one["to_do"]) for one in (ben, anna)] == [(1, 1, 1), (1, 0, 0)]
    run("agent", "handover", "nobody", "ben", "--yes", "--as", "ben").fails(1, "nobody has nothing to do")


def test_handing_over_needs_the_right_and_somebody_to_take_it(run: Mailcase) -> None:
    run("agent", "handover", "anna", "ben", "--yes", "--as", "anna").fails(1, "'manage_people' needs the role manager")
    run("agent", "handover", "anna", "anna", "--yes", "--as", "mia").fails(1, "Anna Berg has it already")
