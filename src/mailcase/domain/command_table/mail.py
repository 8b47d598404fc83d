"""Commands about who gets the desk's mail, and mail that is held."""

from mailcase.domain.command import Argument, CommandSpec

MAIL = (
    CommandSpec(
        name="send",
        usage="#send [number]",
        summary="Send your mail that was held, or the words below, in spite of what the desk had against it.",
        argument=Argument.OPTIONAL,
        aliases=("senden", "abschicken", "envoyer", "enviar"),
        works_on_closed=True,
    ),
    CommandSpec(
        name="cc",
        usage="#cc [+max@x.example] [-old@x.example]",
        summary="Copy others on every answer, or no longer; their replies join the case. Alone, it says who is copied.",
        argument=Argument.OPTIONAL,
        aliases=("copy", "kopie", "copie", "copia", "participants", "beteiligte"),
        works_on_closed=True,
    ),
)
