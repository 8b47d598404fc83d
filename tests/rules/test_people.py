"""teams.yaml and roles.yaml: who works together, and who may do what."""

from pathlib import Path

import pytest

from mailcase.domain.party import Role, Team
from mailcase.domain.permission import Grant, Permissions
from mailcase.errors import Invalid
from mailcase.rules.lint import Around, lint
from mailcase.rules.rulebook import Rulebook
from rule_cases import book

AGENTS = """\
agents:
  anna: {name: Anna, address: anna@desk.example, role: lead}
  ben: {name: Ben, address: ben@desk.example}
  cem: {name: Cem, address: cem@desk.example, active: false}
"""
QUEUES = "queues: {support: {title: S, members: [crew]}, legal: {title: Legal, members: [anna], private: true}}"
TEAMS = "teams: {crew: {name: Crew, members: [ben, cem], lead: ben}}"


def desk(folder: Path, **files: str) -> Rulebook:
    return book(folder, **({"agents": AGENTS, "queues": QUEUES, "teams": TEAMS} | files))


def test_a_team_is_its_active_members_and_a_queue_has_them(tmp_path: Path) -> None:
    rules = desk(tmp_path)

    assert rules.teams == {"crew": Team(key="crew", name="Crew", members=("ben",), lead="ben")}
    assert (rules.queues["support"].members, rules.queues["support"].teams) == (("ben",), ("crew",))


def test_without_a_file_everything_is_as_shipped(tmp_path: Path) -> None:
    assert desk(tmp_path).permissions == Permissions()


def test_roles_teams_and_agents_are_granted_in_general_and_for_queues(tmp_path: Path) -> None:
    rules = desk(
        tmp_path,
        roles="permissions: {merge: lead, delete: {agents: [anna], teams: [crew]}, tag: nobody}\n"
        "queues: {legal: {queue: {role: lead, members: true}}}",
    ).permissions

    assert rules.general["merge"] == Grant(role=Role.LEAD)
    assert rules.general["delete"] == Grant(role=None, agents=frozenset({"anna", "ben"}))
    assert rules.general["tag"] == Grant(role=None)
    assert rules.in_queues == {"legal": {"queue": Grant(role=Role.LEAD, needs_membership=True)}}


@pytest.mark.parametrize(
    ("files", "told"),
    [
        ({"roles": "permissions: {merg: lead}"}, "roles.yaml:1:15: there is no permission 'merg'; did you mean 'merge'?"),
        ({"roles": "permissions: {merge: boss}"}, "roles.yaml:1:22: permissions.merge: it should be 'agent', 'lead', "),
        ({"roles": "permissions: {merge: {agents: [zoe]}}"}, "roles.yaml:1:32: there is no agent 'zoe'"),
        ({"roles": "permissions: {merge: {teams: [zoe]}}"}, "roles.yaml:1:31: there is no team 'zoe'"),
        ({"roles": "queues: {leagl: {merge: lead}}"}, "roles.yaml:1:10: there is no queue 'leagl'; did you mean 'legal'?"),
        ({"roles": "queues: {legal: {merg: lead}}"}, "roles.yaml:1:18: there is no permission 'merg'"),
        ({"teams": "teams: {anna: {name: A, members: [ben]}}"}, "teams.yaml:1:9: anna is the key of an agent already"),
        ({"teams": "teams: {owner: {name: A, members: [ben]}}"}, "teams.yaml:1:9: 'owner' means other people"),
        ({"teams": "teams: {crew: {name: A, members: [zoe]}}"}, "teams.yaml:1:35: there is no agent 'zoe'"),
        ({"teams": "teams: {crew: {name: A, members: [ben], lead: anna}}"}, "teams.yaml:1:47: anna is no member of the team"),
        ({"teams": "teams: {crew: {name: A, members: []}}"}, "teams.yaml:1:34: teams.crew.members: "),
        ({"routing": "rules: [{name: x, to: {owner: crw}}]"}, "routing.yaml:1:31: there is no agent or team 'crw'"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_at_its_place(tmp_path: Path, files: dict[str, str], told: str) -> None:
    with pytest.raises(Invalid) as refused:
        desk(tmp_path, **files)

    assert any(told in line for line in refused.value.problems), refused.value.problems


def warnings(rules: Rulebook) -> list[str]:
    return [line for line in lint(rules, Around(templates=frozenset())) if "template" not in line]


def test_what_nobody_may_do_is_doubtful(tmp_path: Path) -> None:
    rules = desk(tmp_path, roles="permissions: {tag: nobody}\nqueues: {legal: {pick: manager}}")
    found = "\n".join(warnings(rules))

    assert "roles.yaml: nobody may tag, see_private, recalculate, entitlements, manage_people, delete: give" in found
    assert "roles.yaml: nobody may pick in the queue 'legal'." in found


def test_a_company_of_everybody_is_doubtful(tmp_path: Path) -> None:
    terms = "{name: Gold, account: {name: Max, domains: [gmail.com]}, cases: 5, from: 2026-01-01, to: 2026-12-31}"
    rules = desk(tmp_path, entitlements=f"entitlements: {{max: {terms}}}")

    assert any("max: gmail.com is a public mail provider" in line for line in warnings(rules))


def test_an_owner_who_would_not_see_the_case_is_doubtful(tmp_path: Path) -> None:
    rules = desk(tmp_path, routing="rules: [{name: x, to: {queue: legal, owner: ben}}]")

    assert any("private queue legal to ben, who is no member" in line for line in warnings(rules))


def test_a_rule_gives_cases_to_a_team(tmp_path: Path) -> None:
    rules = desk(tmp_path, routing="rules: [{name: x, to: {owner: crew}}]")

    assert rules.routing[0].owner == "crew"
    assert rules.owner_name("crew") == "Crew"
