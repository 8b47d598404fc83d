"""Commands that end a case, or begin it again."""

from mailcase.domain.command import Argument, CommandSpec

ENDS = (
    CommandSpec(
        name="resolve",
        usage="#resolve [problem_solved|information_provided] [words]",
        summary="Resolve the case; the words below it, or on its line, go to the customer with the closure mail.",
        argument=Argument.OPTIONAL,
        aliases=("lösen", "gelöst", "erledigt", "résoudre", "résolu", "resolver", "resuelto", "solve", "close"),
        is_guarded=True,
    ),
    CommandSpec(
        name="cancel",
        usage="#cancel why",
        summary="Cancel the case; the customer is not told.",
        argument=Argument.REQUIRED,
        aliases=("abbrechen", "annuler", "cancelar"),
        is_guarded=True,
    ),
    CommandSpec(
        name="reopen",
        usage="#reopen why",
        summary="Make a resolved or cancelled case active again.",
        argument=Argument.REQUIRED,
        aliases=("wiedereröffnen", "rouvrir", "reabrir"),
        works_on_closed=True,
    ),
)
