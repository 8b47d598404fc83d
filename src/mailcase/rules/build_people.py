"""The teams, and who may do what, as teams.yaml and roles.yaml declare."""

from collections.abc import Mapping

from mailcase.domain.party import Agent, Role, Team
from mailcase.domain.permission import DEFAULTS, Grant, Permissions
from mailcase.domain.queue import Queue
from mailcase.rules import schema_people as schema
from mailcase.rules.documents import Path
from mailcase.rules.page import Page
from mailcase.rules.told import TOLD

Grants = Mapping[str, schema.Least | schema.GrantForm]


def teams(form: schema.TeamsFile, staff: Mapping[str, Agent], page: Page) -> dict[str, Team]:
    """Return the teams by key; no key is an agent's, since either can own a case, nor a word that means other people."""
    found: dict[str, Team] = {}
    for key, one in (form.teams or {}).items():
        path: Path = ("teams", key)
        if key in staff:
            page.wrong((*path, ""), f"{key} is the key of an agent already; give the team another.")
        if key in TOLD:
            page.wrong((*path, ""), f"{key!r} means other people in notices.yaml; give the team another key.")
        for number, member in enumerate(one.members):
            page.check_name((*path, "members", number), member, "agent", staff)
        if one.lead is not None and one.lead not in one.members:
            page.wrong((*path, "lead"), f"{one.lead} is no member of the team; add {one.lead} to its members.")
        members = tuple(m for m in dict.fromkeys(one.members) if m in staff and staff[m].is_active)
        lead = one.lead if one.lead in members else None
        found[key] = Team(key=key, name=one.name, members=members, lead=lead)
    return found


def permissions(
    form: schema.RolesFile,
    staff: Mapping[str, Agent],
    groups: Mapping[str, Team],
    queues: Mapping[str, Queue],
    page: Page,
) -> Permissions:
    """Return who may do what: as shipped, and as the file changes it."""
    general = _grants(form.permissions or {}, ("permissions",), staff, groups, page)
    own: dict[str, Mapping[str, Grant]] = {}
    for name, grants in (form.queues or {}).items():
        page.check_name(("queues", name, ""), name, "queue", queues)
        own[name] = _grants(grants, ("queues", name), staff, groups, page)
    return Permissions(general={**DEFAULTS, **general}, in_queues=own)


def _grants(
    forms: Grants, path: Path, staff: Mapping[str, Agent], groups: Mapping[str, Team], page: Page
) -> dict[str, Grant]:
    found: dict[str, Grant] = {}
    for name, form in forms.items():
        page.check_name((*path, name, ""), name, "permission", tuple(map(str, DEFAULTS)))
        whole = form if isinstance(form, schema.GrantForm) else schema.GrantForm(role=form)
        for number, key in enumerate(whole.agents or ()):
            page.check_name((*path, name, "agents", number), key, "agent", staff)
        for number, key in enumerate(whole.teams or ()):
            page.check_name((*path, name, "teams", number), key, "team", groups)
        of_teams = (member for key in whole.teams or () if key in groups for member in groups[key].members)
        found[name] = Grant(
            role=None if whole.role == "nobody" else Role(whole.role),
            agents=frozenset(whole.agents or ()) | frozenset(of_teams),
            needs_membership=whole.members,
        )
    return found
