"""`mailcase contact`: what the desk knows about a customer."""

from dataclasses import asdict, replace
from typing import Annotated

import typer

from mailcase.cli import acting, options, printing
from mailcase.cli.acting import As

app = typer.Typer(help="What the desk knows about customers.", no_args_is_help=True)
Address = Annotated[str, typer.Argument(help="An address that the customer writes from.", show_default=False)]


@app.command("show")
def show(address: Address, as_json: options.Json = False, config: options.Config = None) -> None:
    """Show a customer."""
    from mailcase.desk.customers import find
    from mailcase.store import contacts

    with options.opened(config) as opened, opened.database.read() as tx:
        contact = find(tx, address)
        known = asdict(contact) | {"addresses": contacts.addresses(tx, contact.id)}
    if as_json:
        printing.as_json(known)
        return
    rows = [
        (name.replace("_", " "), ", ".join(value) if isinstance(value, tuple) else value)
        for name, value in known.items()
    ]
    printing.table(address, ("", ""), [row for row in rows if row[1] is not None], empty="")


@app.command("zone")
def zone(
    address: Address,
    name: Annotated[str, typer.Argument(help="Such as Europe/Berlin; `-` for that of the desk.", show_default=False)],
    who: As = None,
    as_json: options.Json = False,
    config: options.Config = None,
) -> None:
    """Say in which time zone a customer is told times."""
    from mailcase.desk.customers import find, set_zone

    with options.opened(config) as opened:
        act = acting.act_of(opened, acting.agent_of(opened, who))
        found = acting.writing(opened, lambda tx: set_zone(tx, find(tx, address), None if name == "-" else name, act))
    if as_json:
        printing.as_json(asdict(replace(found)))
    else:
        typer.echo(f"{found.address}: {found.time_zone or 'the time zone of the desk'}")
