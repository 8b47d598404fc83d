"""`mailcase case task | phone | letter | time | done | drop`: what is to be done on a case, and what was."""

from typing import Annotated

import typer

from mailcase.cli import options
from mailcase.cli.acting import As, Number
from mailcase.cli.case_work import do

PANEL = "Activities and time"
Words = Annotated[str, typer.Argument(help="In words.", show_default=False)]
Took = Annotated[str, typer.Option("--time", help="The time that it took, such as 20m or 1h30.", show_default=False)]
Billable = Annotated[
    str, typer.Option("--billable", help="What of it is charged; all of it, if left out.", show_default=False)
]
Due = Annotated[
    str, typer.Option("--due", help="Such as `tomorrow 14:30`, friday, 2026-03-31 or `in 3 days`.", show_default=False)
]
Which = Annotated[
    str, typer.Argument(help="Its number or its first words; the only open one, if left out.", show_default=False)
]


def task(
    number: Number,
    text: Words,
    due: Due = "",
    agent: Annotated[str, typer.Option("--for", help="Who is to do it; you, if left out.", show_default=False)] = "",
    who: As = None,
    as_json: options.Json = False,
    config: options.Config = None,
) -> None:
    """Put something on the list of what is to be done; its owner is reminded when it is due."""
    said = f"{f'@{agent} ' if agent else ''}{text}{f' due {due}' if due else ''}"
    do(number, "task", said, who, as_json=as_json, given=config)


def phone(
    number: Number,
    text: Words,
    took: Took = "",
    billable: Billable = "",
    due: Due = "",
    who: As = None,
    as_json: options.Json = False,
    config: options.Config = None,
) -> None:
    """Write down a phone call and the time it took, or plan one with --due."""
    said = f"{_time(took, billable)} {text}{f' due {due}' if due else ''}"
    do(number, "phone", said, who, as_json=as_json, given=config)


def appointment(
    number: Number,
    when: Annotated[str, typer.Argument(help="Such as `tomorrow 14:00`.", show_default=False)],
    text: Annotated[str, typer.Argument(help="What about; the customer reads it.", show_default=False)],
    length: Annotated[str, typer.Option("--length", help="How long it takes.")] = "30m",
    who: As = None,
    as_json: options.Json = False,
    config: options.Config = None,
) -> None:
    """Make an appointment with the customer, who gets an invitation."""
    do(number, "appointment", f"{when} {length} {text}", who, as_json=as_json, given=config)


def letter(
    number: Number,
    text: Words,
    took: Took = "",
    who: As = None,
    as_json: options.Json = False,
    config: options.Config = None,
) -> None:
    """Write down a letter that was sent or came."""
    do(number, "letter", f"{took} {text}", who, as_json=as_json, given=config)


def time(
    number: Number,
    time: Annotated[str, typer.Argument(help="Such as 20m or 1h30.", show_default=False)],
    text: Annotated[str, typer.Argument(help="What for.")] = "",
    billable: Billable = "",
    who: As = None,
    as_json: options.Json = False,
    config: options.Config = None,
) -> None:
    """Write down time that was spent."""
    do(number, "time", f"{_time(time, billable)} {text}", who, as_json=as_json, given=config)


def done(
    number: Number,
    which: Which = "",
    took: Took = "",
    billable: Billable = "",
    who: As = None,
    as_json: options.Json = False,
    config: options.Config = None,
) -> None:
    """Complete an open activity."""
    do(number, "done", f"{which} {_time(took, billable)}", who, as_json=as_json, given=config)


def drop(
    number: Number,
    which: Which = "",
    every: Annotated[bool, typer.Option("--all", help="All that are open.")] = False,
    who: As = None,
    as_json: options.Json = False,
    config: options.Config = None,
) -> None:
    """Cancel an open activity, or all of them."""
    do(number, "drop", "all" if every else which, who, as_json=as_json, given=config)


def give(
    number: Number,
    to: Annotated[str, typer.Argument(help="@AGENT (`@me` is you), or a queue.", show_default=False)],
    which: Which = "",
    who: As = None,
    as_json: options.Json = False,
    config: options.Config = None,
) -> None:
    """Give an open activity to another agent, or into a queue for one of its members to take."""
    do(number, "give", f"{which} {to}", who, as_json=as_json, given=config)


def remove(
    number: Number,
    which: Annotated[
        int, typer.Argument(help="Number of the activity, as `case show --json` has it.", show_default=False)
    ],
    who: As = None,
    as_json: options.Json = False,
    config: options.Config = None,
) -> None:
    """Delete a note, task, call or letter for good; somebody else's only with the right for it."""
    do(number, "remove", str(which), who, as_json=as_json, given=config)


def _time(took: str, billable: str) -> str:
    return f"{took}{f' billable {billable}' if billable else ''}".strip()


COMMANDS = {
    "task": task,
    "phone": phone,
    "appointment": appointment,
    "letter": letter,
    "time": time,
    "done": done,
    "drop": drop,
    "give": give,
    "remove": remove,
}
