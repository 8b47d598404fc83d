"""What agents can tell the desk to do, as one table: the mail parser, the permissions, the help and the docs read it."""

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


COMMANDS = (
    CommandSpec(
        name="resolve",
        usage="#resolve [problem_solved|information_provided] [words]",
        summary="Resolve the case; the words below it, or on its line, go to the customer with the closure mail.",
        argument=Argument.OPTIONAL,
        aliases=("lösen", "gelöst", "erledigt", "résoudre", "résolu", "resolver", "resuelto", "solve", "close"),
    ),
    CommandSpec(
        name="note",
        usage="#note text",
        summary="Keep the text on its line, or else all that follows, as an internal note.",
        argument=Argument.BLOCK,
        aliases=("notiz", "nota"),
        works_on_closed=True,
    ),
    CommandSpec(
        name="status",
        usage="#status waiting_for_details",
        summary="Change the status reason of an active case.",
        argument=Argument.REQUIRED,
        aliases=("zustand", "statut", "estado"),
    ),
    CommandSpec(
        name="assign",
        usage="#assign anna",
        summary="Make an agent the owner: a key, a name or an address; `me` is you.",
        argument=Argument.REQUIRED,
        aliases=("zuweisen", "attribuer", "asignar"),
    ),
    CommandSpec(
        name="pick",
        usage="#pick",
        summary="Take the case from its queue to work on it.",
        argument=Argument.NONE,
        aliases=("nehmen", "prendre", "tomar"),
    ),
    CommandSpec(
        name="release",
        usage="#release",
        summary="Give the case back to its queue.",
        argument=Argument.NONE,
        aliases=("freigeben", "libérer", "liberar"),
    ),
    CommandSpec(
        name="queue",
        usage="#queue billing",
        summary="Route the case to another queue.",
        argument=Argument.REQUIRED,
        aliases=("warteschlange", "file", "cola"),
    ),
    CommandSpec(
        name="priority",
        usage="#priority high|normal|low",
        summary="Change the priority.",
        argument=Argument.REQUIRED,
        aliases=("priorität", "priorité", "prioridad"),
    ),
    CommandSpec(
        name="type",
        usage="#type question|problem|request",
        summary="Say what the customer wants.",
        argument=Argument.REQUIRED,
        aliases=("art", "tipo"),
    ),
    CommandSpec(
        name="subject",
        usage="#subject billing/refund",
        summary="File the case under a subject of the subject tree.",
        argument=Argument.REQUIRED,
        aliases=("thema", "sujet", "tema"),
    ),
    CommandSpec(
        name="set",
        usage="#set order_number 123456",
        summary="Fill in a field of your own; `-` takes its value away.",
        argument=Argument.REQUIRED,
        aliases=("setzen", "définir", "fijar"),
    ),
    CommandSpec(
        name="tag",
        usage="#tag word [word …]",
        summary="Add tags; `-word` removes one.",
        argument=Argument.REQUIRED,
        aliases=("etikett", "étiquette", "etiqueta"),
        works_on_closed=True,
    ),
    CommandSpec(
        name="escalate",
        usage="#escalate",
        summary="Mark the case as escalated.",
        argument=Argument.NONE,
        aliases=("eskalieren", "escalader", "escalar"),
    ),
    CommandSpec(
        name="exempt",
        usage="#exempt",
        summary="Let the case take nothing from the customer's entitlement; `#exempt no` counts it again.",
        argument=Argument.OPTIONAL,
        aliases=("ausnehmen", "exempter", "eximir"),
        role=Role.LEAD,
        works_on_closed=True,
    ),
    CommandSpec(
        name="cancel",
        usage="#cancel why",
        summary="Cancel the case; the customer is not told.",
        argument=Argument.REQUIRED,
        aliases=("abbrechen", "annuler", "cancelar"),
    ),
    CommandSpec(
        name="reopen",
        usage="#reopen why",
        summary="Make a resolved or cancelled case active again.",
        argument=Argument.REQUIRED,
        aliases=("wiedereröffnen", "rouvrir", "reabrir"),
        works_on_closed=True,
    ),
    CommandSpec(
        name="show",
        usage="#show",
        summary="Answer with the case and its timeline.",
        argument=Argument.NONE,
        aliases=("zeigen", "montrer", "mostrar"),
        works_on_closed=True,
    ),
    CommandSpec(
        name="help",
        usage="#help",
        summary="Answer with this list.",
        argument=Argument.NONE,
        aliases=("hilfe", "aide", "ayuda"),
        works_on_closed=True,
    ),
)

BY_NAME = {spec.name: spec for spec in COMMANDS}
BY_WORD = {word: spec for spec in COMMANDS for word in (spec.name, *spec.aliases)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One command as an agent wrote it."""

    spec: CommandSpec
    argument: str = ""

    def __str__(self) -> str:
        return f"#{self.spec.name} {self.argument}".rstrip()


def help_text() -> str:
    """Return the commands as plain text, one paragraph each."""
    return "\n".join(f"{spec.usage}\n    {spec.summary}" for spec in COMMANDS)
