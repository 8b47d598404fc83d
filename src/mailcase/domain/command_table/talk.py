"""Commands that ask the desk something, or take back what it was told."""

from mailcase.domain.command import Argument, CommandSpec

TALK = (
    CommandSpec(
        name="dry",
        usage="#dry",
        summary="Only say what the other commands, and your words, would do.",
        argument=Argument.NONE,
        aliases=("probe", "essai", "ensayo"),
        works_on_closed=True,
    ),
    CommandSpec(
        name="undo",
        usage="#undo",
        summary="Take back what the last commands on the case did, unless the customer was told of it.",
        argument=Argument.NONE,
        aliases=("zurück", "rückgängig", "annulle", "deshacer"),
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
