"""A command that agents can give, and one as it was given. The table of all is `domain.command_table`."""

from dataclasses import dataclass
from enum import StrEnum

from mailcase.domain.party import Role


class Argument(StrEnum):
    """What may follow the name of a command."""

    NONE = "none"
    OPTIONAL = "optional"
    REQUIRED = "required"
    BLOCK = "block"
    """The rest of the line, or else all lines up to the next command."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandSpec:
    """One command of the table."""

    name: str
    usage: str
    summary: str
    argument: Argument
    aliases: tuple[str, ...] = ()
    """Other words for it: German, French, Spanish."""
    role: Role = Role.AGENT
    """The least role that may use it."""
    works_on_closed: bool = False
    """May be used on a resolved or cancelled case."""
    is_guarded: bool = False
    """Ends the case or writes to the customer: held when the customer has written something that the agent did not see."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One command as an agent wrote it."""

    spec: CommandSpec
    argument: str = ""

    def __str__(self) -> str:
        return f"#{self.spec.name} {self.argument}".rstrip()
