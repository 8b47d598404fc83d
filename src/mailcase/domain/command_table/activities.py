"""Commands that write down what was done, or is to be done."""

from mailcase.domain.command import Argument, CommandSpec

ACTIVITIES = (
    CommandSpec(
        name="task",
        usage="#task [@agent] text [due tomorrow 14:30]",
        summary="Put something on the list of what is to be done; its owner is reminded when it is due.",
        argument=Argument.REQUIRED,
        aliases=("aufgabe", "tâche", "tarea", "todo"),
    ),
    CommandSpec(
        name="phone",
        usage="#phone [15m] text",
        summary="Write down a phone call and the time it took; with `due when` at its end, plan one.",
        argument=Argument.REQUIRED,
        aliases=("telefon", "anruf", "téléphone", "appel", "llamada", "teléfono", "call"),
        works_on_closed=True,
    ),
    CommandSpec(
        name="letter",
        usage="#letter [10m] text",
        summary="Write down a letter that was sent or came.",
        argument=Argument.REQUIRED,
        aliases=("brief", "lettre", "carta"),
        works_on_closed=True,
    ),
    CommandSpec(
        name="time",
        usage="#time 20m [billable 10m] [what for]",
        summary="Write down time that was spent; all of it is billable unless you say how much.",
        argument=Argument.REQUIRED,
        aliases=("zeit", "temps", "tiempo"),
        works_on_closed=True,
    ),
    CommandSpec(
        name="appointment",
        usage="#appointment tomorrow 14:00 [45m] what about",
        summary="Make an appointment with the customer, who gets an invitation; the answer comes to the case.",
        argument=Argument.REQUIRED,
        aliases=("termin", "rendezvous", "cita", "meeting"),
        is_guarded=True,
    ),
    CommandSpec(
        name="done",
        usage="#done [number or first words] [20m]",
        summary="Complete an open activity; without words, the only one there is.",
        argument=Argument.OPTIONAL,
        aliases=("fertig", "fait", "hecho"),
    ),
    CommandSpec(
        name="give",
        usage="#give [number or first words] @agent|queue",
        summary="Give an open activity to another agent, or into a queue for one of its members to take (`@me`).",
        argument=Argument.REQUIRED,
        aliases=("übergeben", "confier", "entregar"),
    ),
    CommandSpec(
        name="remove",
        usage="#remove number",
        summary="Delete a note, task, call or letter for good; somebody else's only with the right for it.",
        argument=Argument.REQUIRED,
        aliases=("löschen", "supprimer", "eliminar"),
    ),
    CommandSpec(
        name="drop",
        usage="#drop [number or first words|all]",
        summary="Cancel an open activity, or all of them.",
        argument=Argument.OPTIONAL,
        aliases=("fallenlassen", "verwerfen", "abandonner", "descartar"),
    ),
)
