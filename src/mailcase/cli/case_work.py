"""`mailcase case pick | assign | note | …`: what agents do by mail, on the command line."""

from typing import Annotated

import typer

from mailcase.cli import acting, options
from mailcase.cli.acting import As, Files, Number
from mailcase.domain.case import CaseType, Priority
from mailcase.errors import Invalid

Text = Annotated[str, typer.Argument(help="In words; `-` reads standard input.", show_default=False)]
Why = Annotated[str, typer.Argument(help="Why, in words.", show_default=False)]


def do(number: str, name: str, argument: str, who: str | None, *, as_json: bool, given: options.Config) -> None:
    """Run one command of the table on a case, and print what it did."""
    with options.opened(given) as opened:
        acting.told(acting.run(opened, number, [(name, argument)], who), as_json=as_json)


def pick(number: Number, who: As = None, as_json: options.Json = False, config: options.Config = None) -> None:
    """Take a case from its queue to work on it."""
    do(number, "pick", "", who, as_json=as_json, given=config)


def release(number: Number, who: As = None, as_json: options.Json = False, config: options.Config = None) -> None:
    """Give a case back to its queue."""
    do(number, "release", "", who, as_json=as_json, given=config)


def assign(
    number: Number,
    agent: Annotated[str, typer.Argument(help="A key, a name or an address; `me` is you.", show_default=False)],
    who: As = None,
    as_json: options.Json = False,
    config: options.Config = None,
) -> None:
    """Make an agent or a team the owner of a case."""
    do(number, "assign", agent, who, as_json=as_json, given=config)


def route(
    number: Number,
    queue: Annotated[str, typer.Argument(help="Name or title of a queue.", show_default=False)],
    who: As = None,
    as_json: options.Json = False,
    config: options.Config = None,
) -> None:
    """Route a case to another queue."""
    do(number, "queue", queue, who, as_json=as_json, given=config)


def note(
    number: Number,
    text: Text,
    files: Files = None,
    who: As = None,
    as_json: options.Json = False,
    config: options.Config = None,
) -> None:
    """Keep an internal note, with files if there are any."""
    words = acting.text_of(text).strip()
    if not words:
        raise Invalid("a note needs words.")
    with options.opened(config) as opened:
        acting.told(acting.run(opened, number, [("note", words)], who, files or ()), as_json=as_json)


def status(
    number: Number,
    reason: Annotated[str, typer.Argument(help="A status reason of active cases.", show_default=False)],
    who: As = None,
    as_json: options.Json = False,
    config: options.Config = None,
) -> None:
    """Change the status reason of an active case."""
    do(number, "status", reason, who, as_json=as_json, given=config)


def priority(
    number: Number,
    priority: Annotated[Priority, typer.Argument(show_default=False)],
    who: As = None,
    as_json: options.Json = False,
    config: options.Config = None,
) -> None:
    """Change the priority of a case."""
    do(number, "priority", priority, who, as_json=as_json, given=config)


def change_type(
    number: Number,
    case_type: Annotated[CaseType, typer.Argument(show_default=False)],
    who: As = None,
    as_json: options.Json = False,
    config: options.Config = None,
) -> None:
    """Say what the customer wants."""
    do(number, "type", case_type, who, as_json=as_json, given=config)


def subject(
    number: Number,
    path: Annotated[str, typer.Argument(help="Of the subject tree, such as billing/refund.", show_default=False)],
    who: As = None,
    as_json: options.Json = False,
    config: options.Config = None,
) -> None:
    """File a case under a subject of the subject tree."""
    do(number, "subject", path, who, as_json=as_json, given=config)


def tag(
    number: Number,
    tags: Annotated[list[str], typer.Argument(help="Tags to add; after `--`, -TAG removes one.", show_default=False)],
    who: As = None,
    as_json: options.Json = False,
    config: options.Config = None,
) -> None:
    """Add tags to a case, or take them off."""
    do(number, "tag", " ".join(tags), who, as_json=as_json, given=config)


def set_field(
    number: Number,
    field: Annotated[str, typer.Argument(help="Name of a field of your own, title or product.", show_default=False)],
    value: Annotated[str, typer.Argument(help="`-` takes its value away.", show_default=False)],
    who: As = None,
    as_json: options.Json = False,
    config: options.Config = None,
) -> None:
    """Fill in a field of your own, the title or the product."""
    do(number, "set", f"{field} {value}", who, as_json=as_json, given=config)


def escalate(number: Number, who: As = None, as_json: options.Json = False, config: options.Config = None) -> None:
    """Mark a case as escalated."""
    do(number, "escalate", "", who, as_json=as_json, given=config)


def customer(
    number: Number,
    address: Annotated[str, typer.Argument(help="From which the contact writes.", show_default=False)],
    new: Annotated[bool, typer.Option("--new", help="Make the contact known if need be.")] = False,
    name: Annotated[str, typer.Option(help="Of a new contact.", show_default=False)] = "",
    who: As = None,
    as_json: options.Json = False,
    config: options.Config = None,
) -> None:
    """Make a case another contact's."""
    do(number, "customer", f"new {address} {name}" if new else address, who, as_json=as_json, given=config)


def hold(
    number: Number,
    until: Annotated[
        str, typer.Argument(help="Such as `tomorrow 9:00`, friday or 2026-03-31; else it is only on hold.")
    ] = "",
    who: As = None,
    as_json: options.Json = False,
    config: options.Config = None,
) -> None:
    """Put a case on hold, to be followed up at a moment if there is one."""
    do(number, "hold", until, who, as_json=as_json, given=config)


PANEL = "Work on a case"
COMMANDS = {
    "pick": pick,
    "release": release,
    "assign": assign,
    "route": route,
    "note": note,
    "status": status,
    "priority": priority,
    "type": change_type,
    "subject": subject,
    "tag": tag,
    "set": set_field,
    "escalate": escalate,
    "customer": customer,
    "hold": hold,
}
