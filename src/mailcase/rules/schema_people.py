"""The forms of the files that say who works together, and who may do what."""

from typing import Literal

from pydantic import Field, JsonValue

from mailcase.domain.permission import DEFAULTS
from mailcase.rules.form_types import Form, Key, Line

Least = Literal["agent", "lead", "manager", "admin", "nobody"]
_NAMES: list[JsonValue] = [str(name) for name in sorted(DEFAULTS)]
_PERMISSION_NAMES: dict[str, JsonValue] = {"propertyNames": {"enum": _NAMES}}


class TeamForm(Form):
    """One team."""

    name: Line = Field(description="As people of the desk see it.")
    members: list[Key] = Field(min_length=1, description="Keys of agents.")
    lead: Key | None = Field(
        default=None,
        description="The member who hears of the clocks of the team's cases; all members do, if left out.",
    )


class TeamsFile(Form):
    """teams.yaml: agents who own cases together. A team can be an owner, and a member of queues."""

    teams: dict[Key, TeamForm] | None = None


class GrantForm(Form):
    """Who has one permission: the role and those above it, and besides whoever is named."""

    role: Least = Field(default="nobody", description="The least role; nobody for only those who are named.")
    agents: list[Key] | None = Field(default=None, description="Keys of agents who have it whatever their role.")
    teams: list[Key] | None = Field(default=None, description="Teams whose members have it whatever their role.")
    members: bool = Field(default=False, description="true: they have to be members of the case's queue besides.")


class RolesFile(Form):
    """roles.yaml: what each permission asks for. What is left out is as shipped."""

    permissions: dict[Key, Least | GrantForm] | None = Field(
        default=None,
        description="By the name of a command or right: the least role, or a mapping that says more.",
        json_schema_extra=_PERMISSION_NAMES,
    )
    queues: dict[Key, dict[Key, Least | GrantForm]] | None = Field(
        default=None,
        description="The same for the cases of one queue, by its name: stands in the place of what holds in general.",
        json_schema_extra={"additionalProperties": _PERMISSION_NAMES},
    )
