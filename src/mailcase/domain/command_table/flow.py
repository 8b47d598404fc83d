"""Commands about the process flow of a case."""

from mailcase.domain.command import Argument, CommandSpec

FLOW = (
    CommandSpec(
        name="stage",
        usage="#stage next|back|finish|NAME",
        summary="Take the case to another stage of its flow, or end the flow; what is not done yet is named.",
        argument=Argument.REQUIRED,
        aliases=("phase", "étape", "etapa"),
    ),
    CommandSpec(
        name="flow",
        usage="#flow NAME|abandon [why]",
        summary="Begin a process flow, instead of the one that is under way; `abandon` gives that up.",
        argument=Argument.REQUIRED,
        aliases=("ablauf", "prozess", "processus", "proceso", "flujo"),
    ),
)
