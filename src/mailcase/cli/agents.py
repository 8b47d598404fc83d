"""`mailcase agent` and `mailcase team`: who works here, how much each has to do, and handing work over."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mailcase.cli import acting, options, printing
from mailcase.cli.acting import As, Seeing

if TYPE_CHECKING:
    from mailcase.app import App
    from mailcase.desk.workforce import Load
    from mailcase.domain.case import Case
    from mailcase.domain.party import Agent
    from mailcase.rules.rulebook import Rulebook
    from mailcase.store.tx import Tx

agent_app = typer.Typer(help="Who works here, and how much each has to do.", no_args_is_help=True)
team_app = typer.Typer(help="Who works together, and how much each team has to do.", no_args_is_help=True)
Who = Annotated[str, typer.Argument(help="A key, a name or an address.", show_default=False)]
COLUMNS = ("Key", "Name", "Role", "State", "Cases", "Units", "Picked", "To do")
MAX_CASES = 100


@agent_app.command("list")
def list_agents(as_json: options.Json = False, config: options.Config = None) -> None:
    """List the agents with what each has to do, and those who left while cases are theirs: `agent handover` moves these."""
    from mailcase.desk.workforce import loads

    with options.opened(config) as opened, opened.database.read() as tx:
        rules = opened.desk.rulebook
        found = [one for one in loads(tx, rules) if not one.is_team]
    if as_json:
        roles = {key: agent.role for key, agent in rules.agents.items()}
        printing.as_json([asdict(one) | {"role": roles.get(one.key)} for one in found])
        return
    printing.table(f"{len(rules.agents)} agents", COLUMNS, [_row(one, rules) for one in found], empty="No agents.")


def _row(load: "Load", rules: "Rulebook") -> tuple[object, ...]:
    agent = rules.agents.get(load.key)
    state = "active" if load.is_active else "not active" if load.is_known else "in no file any more"
    units = f"{load.units} of {load.capacity}" if load.capacity is not None else load.units
    return (
        *(load.key, load.name, agent.role if agent else "", state),
        *(load.cases, units, load.picked, load.to_do),
    )


@agent_app.command("show")
def show_agent(agent: Who, who: Seeing = None, as_json: options.Json = False, config: options.Config = None) -> None:
    """Show an agent: what they may do, where they belong, and their open cases, of those that you may see."""
    from mailcase.desk.call import find_agent
    from mailcase.desk.workforce import loads

    with options.opened(config) as opened, opened.database.read() as tx:
        rules = opened.desk.rulebook
        found = find_agent(agent, None, rules.agents)
        load = next(one for one in loads(tx, rules) if one.key == found.key)
        theirs = _cases(opened, tx, found.key, who)
    known = _known(found, rules)
    if as_json:
        printing.as_json(asdict(found) | known | {"load": asdict(load), "cases": [case.number for case in theirs]})
        return
    facts: dict[str, object] = {
        "Address": found.address,
        "Role": found.role,
        "State": "active" if found.is_active else "not active",
        "Login": found.login,
        "Language": found.language,
        "Skills": ", ".join(found.skills),
        "Working hours": found.calendar,
        "Teams": ", ".join(known["teams"]),
        "Queues": ", ".join(known["queues"]),
        "May, besides what every agent may": ", ".join(known["more_permissions"]),
        "Capacity": f"{load.units} of {load.capacity} units" if load.capacity is not None else "no limit",
        "Picked": load.picked,
        "To do": load.to_do,
    }
    printing.table(f"{found.name} ({found.key})", ("", ""), [row for row in facts.items() if row[1]], empty="")
    _print_cases(theirs)


def _known(agent: "Agent", rules: "Rulebook") -> dict[str, Any]:
    """Return where an agent belongs, and what the agent may do, for any case that is in no queue."""
    from mailcase.domain.party import Role
    from mailcase.domain.permission import Grant, may

    may_do = [str(name) for name in rules.permissions.general if may(agent, name, None, rules.permissions)]
    common = {name for name, grant in rules.permissions.general.items() if grant == Grant(role=Role.AGENT)}
    return {
        "teams": [team.key for team in rules.teams.values() if agent.key in team.members],
        "queues": [queue.name for queue in rules.queues.values() if agent.key in queue.members],
        "permissions": may_do,
        "more_permissions": [name for name in may_do if name not in common],
    }


@agent_app.command("handover")
def handover(
    agent: Annotated[
        str, typer.Argument(help="Key of who gives it: an agent, a team, or a key that no file has any more.")
    ],
    to: Annotated[str, typer.Argument(help="Who gets it: an agent or a team.", show_default=False)],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    who: As = None,
    as_json: options.Json = False,
    config: options.Config = None,
) -> None:
    """Give all open cases, picked items and tasks of an agent to another, or to a team. It needs `manage_people`.

    No mail tells of each case. What is in a private queue stays when who gets it may not see it.
    """
    from mailcase.desk.call import find_owner
    from mailcase.desk.handover import hand_over
    from mailcase.domain.permission import Right
    from mailcase.errors import Refused
    from mailcase.store import workload

    with options.opened(config) as opened:
        rules = opened.desk.rulebook
        manager, taker = acting.permitted(opened, who, Right.MANAGE_PEOPLE), find_owner(to, None, rules)
        key = agent if agent not in {one.name for one in rules.agents.values()} else find_owner(agent, None, rules).key
        with opened.database.read() as tx:
            count = len(workload.cases_of(tx, key))
        if count and not yes and not typer.confirm(f"Give {count} cases of {rules.owner_name(key)} to {taker.name}?"):
            raise Refused("nothing was handed over.")
        act = acting.act_of(opened, manager)
        done = acting.writing(opened, lambda tx: hand_over(tx, opened.desk, key, taker, act))
    if as_json:
        printing.as_json({"to": taker.key, "moved": done.moved, "left": dict(done.left)})
        return
    typer.echo(f"{len(done.moved)} cases are {taker.name}'s now.")
    for number, why in done.left:
        typer.echo(f"{number} stays: {why}")


@team_app.command("list")
def list_teams(as_json: options.Json = False, config: options.Config = None) -> None:
    """List the teams with what each has to do that none of its members has taken over."""
    from mailcase.desk.workforce import loads

    with options.opened(config) as opened, opened.database.read() as tx:
        teams = opened.desk.rulebook.teams
        found = [(teams[one.key], one) for one in loads(tx, opened.desk.rulebook) if one.is_team]
    if as_json:
        printing.as_json([asdict(team) | {"load": asdict(load)} for team, load in found])
        return
    rows = [(team.key, team.name, ", ".join(team.members), team.lead, load.cases) for team, load in found]
    printing.table(f"{len(rows)} teams", ("Key", "Name", "Members", "Lead", "Cases"), rows, empty="No teams.")


@team_app.command("show")
def show_team(
    team: Annotated[str, typer.Argument(help="Key or name of a team.", show_default=False)],
    who: Seeing = None,
    as_json: options.Json = False,
    config: options.Config = None,
) -> None:
    """Show a team: its members with what each has to do, its queues, and its open cases, of those that you may see."""
    from mailcase.desk.workforce import loads
    from mailcase.errors import Refused

    with options.opened(config) as opened, opened.database.read() as tx:
        rules = opened.desk.rulebook
        found = next((one for one in rules.teams.values() if team.lower() in (one.key, one.name.lower())), None)
        if found is None:
            raise Refused(f"{team!r} is no team here; there are: {', '.join(sorted(rules.teams)) or 'none'}.")
        members = [one for one in loads(tx, rules) if one.key in found.members]
        theirs = _cases(opened, tx, found.key, who)
    queues = [queue.name for queue in rules.queues.values() if found.key in queue.teams]
    if as_json:
        shown = {"queues": queues, "loads": [asdict(one) for one in members]}
        printing.as_json(asdict(found) | shown | {"cases": [case.number for case in theirs]})
        return
    facts = [row for row in (("Lead", found.lead), ("Queues", ", ".join(queues))) if row[1]]
    printing.table(f"{found.name} ({found.key})", ("", ""), facts, empty=f"{found.name} ({found.key})")
    typer.echo()
    printing.table("Members", COLUMNS, [_row(one, rules) for one in members], empty="No active members.")
    _print_cases(theirs)


def _cases(opened: "App", tx: "Tx", key: str, who: str | None) -> "list[Case]":
    from mailcase.domain.case import Status
    from mailcase.store import cases

    wanted = cases.CaseFilter(status=Status.ACTIVE, owner=key, hidden=acting.hidden(opened, who))
    return cases.find(tx, wanted, limit=MAX_CASES)


def _print_cases(found: "list[Case]") -> None:
    from mailcase.cli.cases import CASE_COLUMNS, case_row

    if found:
        typer.echo()
        printing.table("Open cases", CASE_COLUMNS, [case_row(case) for case in found], empty="")
