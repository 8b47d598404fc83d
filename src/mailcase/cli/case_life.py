"""`mailcase case create | resolve | cancel | reopen`: where a case begins and ends."""

from typing import Annotated

import typer

from mailcase.cli import acting, options, printing
from mailcase.cli.acting import As, Files, Number
from mailcase.cli.case_work import Why, do
from mailcase.domain.case import Origin

Drop = Annotated[bool, typer.Option("--drop", help="Cancel what is still open on it.")]


def create(
    title: Annotated[str, typer.Argument(help="What it is about, in a line.", show_default=False)],
    customer: Annotated[str, typer.Option("--customer", help="Mail address of the customer.", show_default=False)],
    name: Annotated[str, typer.Option("--name", help="Name of a customer who is not known yet.")] = "",
    text: Annotated[str, typer.Option("--text", help="What the customer said; `-` reads standard input.")] = "",
    origin: Annotated[Origin, typer.Option("--origin", help="How it came.")] = Origin.PHONE,
    mailbox: Annotated[str | None, typer.Option("--mailbox", help="To answer from; the first, if left out.")] = None,
    queue: Annotated[str | None, typer.Option("--queue", help="Instead of where the routing rules send it.")] = None,
    files: Files = None,
    who: As = None,
    as_json: options.Json = False,
    config: options.Config = None,
) -> None:
    """Open a case by hand. It is routed and the agents are told; the customer hears nothing of it."""
    from mailcase.desk.call import find_queue
    from mailcase.desk.opening import Request, open_by_hand
    from mailcase.domain.permission import Right

    with options.opened(config) as opened:
        request = Request(
            title=title,
            customer=customer,
            name=name,
            mailbox=mailbox,
            origin=origin,
            text=acting.text_of(text).strip(),
            queue=find_queue(queue, opened.desk.rulebook.queues) if queue else None,
            files=tuple(map(acting.attachment, files or ())),
        )
        act = acting.act_of(opened, acting.permitted(opened, who, Right.CREATE))
        case = acting.writing(opened, lambda tx: open_by_hand(tx, opened.desk, request, act)).case
    if as_json:
        printing.as_json({"number": case.number, "queue": case.queue, "owner": case.owner})
    else:
        typer.echo(f"{case.number} is open{f' in queue {case.queue}' if case.queue else ''}.")


def resolve(
    number: Number,
    text: Annotated[str, typer.Argument(help="The resolution, for the customer; `-` reads standard input.")] = "",
    reason: Annotated[
        str, typer.Option("--reason", help="A status reason of resolved cases; the first of them, if left out.")
    ] = "",
    took: Annotated[
        str, typer.Option("--time", help="Time to write down with it, such as 20m.", show_default=False)
    ] = "",
    billable: Annotated[
        str, typer.Option("--billable", help="What is charged, if not all that was spent.", show_default=False)
    ] = "",
    drop: Drop = False,
    who: As = None,
    as_json: options.Json = False,
    config: options.Config = None,
) -> None:
    """Resolve a case; the customer gets the closure mail, with the resolution in it."""
    charged = f"billable {billable}" if billable else ""
    said = " ".join(part for part in (reason, took, charged, acting.text_of(text).strip()) if part)
    _end(number, "resolve", said, who, drop=drop, as_json=as_json, given=config)


def cancel(
    number: Number,
    why: Why,
    drop: Drop = False,
    who: As = None,
    as_json: options.Json = False,
    config: options.Config = None,
) -> None:
    """Cancel a case; the customer is not told."""
    _end(number, "cancel", why, who, drop=drop, as_json=as_json, given=config)


def _end(
    number: str, name: str, said: str, who: str | None, *, drop: bool, as_json: bool, given: options.Config
) -> None:
    first = [("drop", "all")] if drop else []
    with options.opened(given) as opened:
        acting.told(acting.run(opened, number, [*first, (name, said)], who), as_json=as_json)


def reopen(
    number: Number, why: Why, who: As = None, as_json: options.Json = False, config: options.Config = None
) -> None:
    """Make a resolved or cancelled case active again."""
    do(number, "reopen", why, who, as_json=as_json, given=config)


PANEL = "Begin and end"
COMMANDS = {"create": create, "resolve": resolve, "cancel": cancel, "reopen": reopen}
