"""`mailcase account`: the companies that are customers, with the mail domains that are their own."""

from collections.abc import Callable
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mailcase.cli import acting, options, printing
from mailcase.cli.acting import As, Seeing
from mailcase.cli.cases import CASE_COLUMNS, case_row, summary
from mailcase.cli.contacts import bought_rows

if TYPE_CHECKING:
    from mailcase.desk.accounts import AccountCard
    from mailcase.desk.outcome import Act
    from mailcase.domain.party import Account
    from mailcase.store.tx import Tx

app = typer.Typer(help="The companies that are customers.", no_args_is_help=True)
Which = Annotated[str, typer.Argument(help="Its name, a mail domain of it, or its number.", show_default=False)]
Force = Annotated[bool, typer.Option("--force", help="Also take the domain of a public mail provider.")]


@app.command("list")
def list_accounts(
    text: Annotated[str, typer.Argument(help="Only those with this in name or domain.", show_default=False)] = "",
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, help="Show this many at most.")] = 50,
    as_json: options.Json = False,
    config: options.Config = None,
) -> None:
    """List accounts by name."""
    from mailcase.store import accounts

    with options.opened(config) as opened, opened.database.read() as tx:
        found = [
            (one, accounts.domains(tx, one.id), accounts.count_contacts(tx, one.id))
            for one in accounts.find(tx, text, limit=limit)
        ]
    if as_json:
        printing.as_json([asdict(one) | {"domains": domains, "total_contacts": count} for one, domains, count in found])
        return
    rows = [(one.id, one.name, ", ".join(domains), count) for one, domains, count in found]
    printing.table(f"{len(rows)} accounts", ("No.", "Name", "Mail domains", "Contacts"), rows, empty="No accounts.")


@app.command("show")
def show(which: Which, agent: Seeing = None, as_json: options.Json = False, config: options.Config = None) -> None:
    """Show an account: mail domains, entitlements, contacts and open cases."""
    from mailcase.desk.accounts import card, find
    from mailcase.desk.contacts import state_of

    with options.opened(config) as opened, opened.database.read() as tx:
        found = card(tx, find(tx, which), acting.hidden(opened, agent))
        now = opened.now()
    if as_json:
        printing.as_json(_document(found))
        return
    facts = (
        ("Number", found.account.id),
        ("Mail domains", ", ".join(found.domains)),
        ("Known since", found.account.created_at),
        ("Contacts", found.total_contacts),
        ("Cases", found.total_cases),
    )
    printing.table(found.account.name, ("", ""), facts, empty="")
    people = [(one.id, one.name, one.address, state_of(one)) for one in found.contacts]
    for title, columns, rows in (
        ("Entitlements", ("Left", "State", "Until"), bought_rows(found.entitlements, now)),
        ("Contacts", ("No.", "Name", "Address", "State"), people),
        ("Open cases", CASE_COLUMNS, [case_row(case) for case, _ in found.open_cases]),
    ):
        if rows:
            typer.echo()
            printing.table(title, columns, rows, empty="")


@app.command("create")
def create(
    name: Annotated[str, typer.Argument(help="As agents see it.", show_default=False)],
    domains: Annotated[
        list[str] | None, typer.Option("--domain", help="A mail domain of its own.", show_default=False)
    ] = None,
    force: Force = False,
    who: As = None,
    as_json: options.Json = False,
    config: options.Config = None,
) -> None:
    """Make an account; contacts of its mail domains that have none become its own."""
    from mailcase.desk import accounts
    from mailcase.domain.addressing import read_domain

    def do(tx: "Tx", act: "Act") -> "Account":
        read = [read_domain(domain, may_be_public=force) for domain in domains or ()]
        return accounts.create(tx, name, read, act)

    _change(do, who, config, as_json=as_json)


@app.command("edit")
def edit(
    which: Which,
    name: Annotated[str, typer.Option(help="As agents see it.", show_default=False)],
    who: As = None,
    as_json: options.Json = False,
    config: options.Config = None,
) -> None:
    """Give an account another name."""
    from mailcase.desk import accounts

    _change(lambda tx, act: accounts.rename(tx, accounts.find(tx, which), name, act), who, config, as_json=as_json)


@app.command("domains")
def domains(
    which: Which,
    add: Annotated[list[str] | None, typer.Option(help="A mail domain to add.", show_default=False)] = None,
    remove: Annotated[list[str] | None, typer.Option(help="A mail domain to take away.", show_default=False)] = None,
    force: Force = False,
    who: As = None,
    as_json: options.Json = False,
    config: options.Config = None,
) -> None:
    """Say which mail domains are an account's: whoever writes from one is a contact of it."""
    from mailcase.desk import accounts
    from mailcase.domain.addressing import read_domain

    def do(tx: "Tx", act: "Act") -> "Account":
        found = accounts.find(tx, which)
        for domain in remove or ():
            accounts.remove_domain(tx, found, read_domain(domain, may_be_public=True), act)
        for domain in add or ():
            accounts.add_domain(tx, found, read_domain(domain, may_be_public=force), act)
        return found

    _change(do, who, config, as_json=as_json)


def _change(do: "Callable[[Tx, Act], Account]", who: str | None, config: options.Config, *, as_json: bool) -> None:
    """Change an account as an agent, and print what is known of it now."""
    from mailcase.desk.accounts import card
    from mailcase.domain.permission import Right

    with options.opened(config) as opened:
        act = acting.act_of(opened, acting.permitted(opened, who, Right.CUSTOMERS))
        found = acting.writing(opened, lambda tx: card(tx, do(tx, act)))
    if as_json:
        printing.as_json(_document(found))
        return
    names = ", ".join(found.domains) or "no mail domain"
    typer.echo(f"{found.account.id}: {found.account.name}, {names}, {found.total_contacts} contacts")


def _document(found: "AccountCard") -> dict[str, Any]:
    return asdict(found.account) | {
        "domains": found.domains,
        "entitlements": [str(one) for one in found.entitlements],
        "contacts": [asdict(one) for one in found.contacts],
        "total_contacts": found.total_contacts,
        "open_cases": [summary(case, contact) for case, contact in found.open_cases],
        "total_cases": found.total_cases,
    }
