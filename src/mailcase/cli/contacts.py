"""`mailcase contact`: the people who write to the desk, what it knows of them, and changing that by hand."""

from collections.abc import Callable, Iterable
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mailcase.cli import acting, options, printing
from mailcase.cli.acting import As, Seeing
from mailcase.cli.cases import CASE_COLUMNS, case_row, name_of, summary

if TYPE_CHECKING:
    from mailcase.app import App
    from mailcase.desk.contacts import Card
    from mailcase.desk.outcome import Act
    from mailcase.domain.contact import ContactEdit
    from mailcase.domain.entitlement_ledger import Standing
    from mailcase.domain.party import Contact
    from mailcase.store.tx import Tx

app = typer.Typer(help="The people who write to the desk.", no_args_is_help=True)
Who = Annotated[str, typer.Argument(help="An address that the customer writes from, or a number.", show_default=False)]
Address = Annotated[str, typer.Argument(help="A mail address.", show_default=False)]
Name = Annotated[str | None, typer.Option(help="As agents see it; `-` takes it away.", show_default=False)]
AccountOf = Annotated[
    str | None,
    typer.Option("--account", help="Name, mail domain or number of an account; `-` for none.", show_default=False),
]
Language = Annotated[str | None, typer.Option(help="Two letters, such as de; `-` for unknown.", show_default=False)]
Zone = Annotated[
    str | None, typer.Option("--zone", help="Such as Europe/Berlin; `-` for that of the desk.", show_default=False)
]


@app.command("list")
def list_contacts(
    text: Annotated[str, typer.Argument(help="Only those with this in name or address.", show_default=False)] = "",
    account: Annotated[str | None, typer.Option(help="Only of this account.", show_default=False)] = None,
    provisional: Annotated[
        bool | None, typer.Option("--provisional/--confirmed", help="Only those nobody has confirmed, or the others.")
    ] = None,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, help="Show this many at most.")] = 50,
    as_json: options.Json = False,
    config: options.Config = None,
) -> None:
    """List customers, those who were known first at the top."""
    from mailcase.desk import accounts
    from mailcase.desk.contacts import state_of
    from mailcase.store import contacts

    with options.opened(config) as opened, opened.database.read() as tx:
        account_id = accounts.find(tx, account).id if account else None
        wanted = contacts.ContactFilter(text=text, account_id=account_id, is_provisional=provisional)
        found = contacts.find(tx, wanted, limit=limit)
        addresses = contacts.addresses_of_all(tx, [one.id for one in found])
        keys = {one.account_id for one in found if one.account_id is not None}
        companies = {key: company.name for key in keys if (company := contacts.account(tx, key))}
    if as_json:
        shown = [
            asdict(one) | {"addresses": addresses[one.id], "account": companies.get(one.account_id or 0)}
            for one in found
        ]
        printing.as_json(shown)
        return
    rows = [
        (one.id, one.name, ", ".join(addresses[one.id]), companies.get(one.account_id or 0), state_of(one))
        for one in found
    ]
    printing.table(f"{len(rows)} contacts", ("No.", "Name", "Addresses", "Account", "State"), rows, empty="Nobody.")


@app.command("show")
def show(who: Who, agent: Seeing = None, as_json: options.Json = False, config: options.Config = None) -> None:
    """Show a customer: addresses, account, entitlements, open and earlier cases."""
    from mailcase.desk.contacts import card, find

    with options.opened(config) as opened, opened.database.read() as tx:
        found = card(tx, find(tx, who), acting.hidden(opened, agent))
        now = opened.now()
    if as_json:
        printing.as_json(document(found))
    else:
        _print(found, now)


def _print(found: "Card", now: datetime) -> None:
    from mailcase.desk.contacts import state_of

    contact = found.contact
    facts = (
        ("Number", contact.id),
        ("Addresses", ", ".join(found.addresses)),
        ("Account", found.account.name if found.account else None),
        ("State", state_of(contact)),
        ("Language", contact.language),
        ("Time zone", contact.time_zone),
        ("Known since", contact.created_at),
        ("Cases", found.total_cases),
    )
    printing.table(name_of(contact), ("", ""), [row for row in facts if row[1] is not None], empty="")
    for title, columns, rows in (
        ("Entitlements", ("Left", "State", "Until"), bought_rows(found.entitlements, now)),
        ("Open cases", CASE_COLUMNS, [case_row(case) for case in found.open_cases]),
        ("Earlier cases", CASE_COLUMNS, [case_row(case) for case in found.earlier_cases]),
    ):
        if rows:
            typer.echo()
            printing.table(title, columns, rows, empty="")


def bought_rows(bought: "Iterable[Standing]", now: datetime) -> list[tuple[object, ...]]:
    """Return entitlements as lines of a table: what is left, the state, and until when."""
    from mailcase.desk.entitlements import state_in_words

    return [(str(one), state_in_words(one, now), one.entitlement.ends_at) for one in bought]


@app.command("create")
def create(
    addresses: Annotated[
        list[str], typer.Argument(help="Mail addresses; the first is the one to answer to.", show_default=False)
    ],
    name: Name = None,
    account: AccountOf = None,
    language: Language = None,
    zone: Zone = None,
    who: As = None,
    as_json: options.Json = False,
    config: options.Config = None,
) -> None:
    """Make a customer known; without --account the mail domain says whose account it is."""
    from mailcase.desk import contacts as desk
    from mailcase.domain.addressing import read_address
    from mailcase.domain.contact import ContactEdit

    values = ContactEdit(name=name, language=language, time_zone=zone)

    def do(opened: "App", tx: "Tx", act: "Act") -> "Contact":
        read = list(dict.fromkeys(map(read_address, addresses)))
        return desk.create(tx, opened.desk, read, values, act, account=account)

    change(do, who, config, as_json=as_json)


@app.command("edit")
def edit(
    contact: Who,
    name: Name = None,
    account: AccountOf = None,
    language: Language = None,
    zone: Zone = None,
    main: Annotated[str | None, typer.Option(help="Which of the addresses is answered to.", show_default=False)] = None,
    provisional: Annotated[bool, typer.Option("--provisional", help="Take a confirmation back.")] = False,
    who: As = None,
    as_json: options.Json = False,
    config: options.Config = None,
) -> None:
    """Change what is known of a customer; cases keep the account that they were opened for."""
    from mailcase.domain.contact import ContactEdit

    values = ContactEdit(name=name, language=language, time_zone=zone, is_confirmed=False if provisional else None)
    change(_editing(contact, values, account=account, main=main), who, config, as_json=as_json)


@app.command("confirm")
def confirm(
    contact: Who, name: Name = None, who: As = None, as_json: options.Json = False, config: options.Config = None
) -> None:
    """Say that a provisional contact is who they say they are."""
    from mailcase.domain.contact import ContactEdit

    change(_editing(contact, ContactEdit(name=name, is_confirmed=True)), who, config, as_json=as_json)


@app.command("zone")
def zone(
    contact: Who,
    name: Annotated[str, typer.Argument(help="Such as Europe/Berlin; `-` for that of the desk.", show_default=False)],
    who: As = None,
    as_json: options.Json = False,
    config: options.Config = None,
) -> None:
    """Say in which time zone a customer is told times."""
    from mailcase.domain.contact import ContactEdit

    change(_editing(contact, ContactEdit(time_zone=name)), who, config, as_json=as_json)


@app.command("add-address")
def add_address(
    contact: Who, address: Address, who: As = None, as_json: options.Json = False, config: options.Config = None
) -> None:
    """Let what comes from another address be the customer's too."""
    from mailcase.desk import contacts as desk
    from mailcase.domain.addressing import read_address

    def do(opened: "App", tx: "Tx", act: "Act") -> "Contact":
        found = desk.find(tx, contact)
        desk.add_address(tx, opened.desk, found, read_address(address), act)
        return found

    change(do, who, config, as_json=as_json)


@app.command("remove-address")
def remove_address(
    contact: Who, address: Address, who: As = None, as_json: options.Json = False, config: options.Config = None
) -> None:
    """Let an address be the customer's no more: who writes from it is not known then."""
    from mailcase.desk import contacts as desk
    from mailcase.domain.addressing import read_address

    def do(_opened: "App", tx: "Tx", act: "Act") -> "Contact":
        found = desk.find(tx, contact)
        desk.remove_address(tx, found, read_address(address), act)
        return found

    change(do, who, config, as_json=as_json)


def change(do: "Callable[[App, Tx, Act], Contact]", who: str | None, config: options.Config, *, as_json: bool) -> None:
    """Change a contact as an agent, and print what is known of it now."""
    from mailcase.desk.contacts import card
    from mailcase.domain.permission import Right

    with options.opened(config) as opened:
        act = acting.act_of(opened, acting.permitted(opened, who, Right.CUSTOMERS))
        found = acting.writing(opened, lambda tx: card(tx, do(opened, tx, act)))
    if as_json:
        printing.as_json(document(found))
    else:
        typer.echo(_line(found))


def document(found: "Card") -> dict[str, Any]:
    """Return a contact for programs."""
    return asdict(found.contact) | {
        "addresses": found.addresses,
        "account": found.account.name if found.account else None,
        "entitlements": [str(one) for one in found.entitlements],
        "open_cases": [summary(case, found.contact) for case in found.open_cases],
        "earlier_cases": [summary(case, found.contact) for case in found.earlier_cases],
        "total_cases": found.total_cases,
    }


def _editing(
    contact: str, values: "ContactEdit", *, account: str | None = None, main: str | None = None
) -> "Callable[[App, Tx, Act], Contact]":
    from mailcase.desk import contacts as desk
    from mailcase.domain.addressing import read_address

    def do(_opened: "App", tx: "Tx", act: "Act") -> "Contact":
        answered = read_address(main) if main is not None else None
        return desk.edit(tx, desk.find(tx, contact), values, act, account=account, main=answered)

    return do


def _line(found: "Card") -> str:
    from mailcase.desk.contacts import state_of

    contact = found.contact
    known = (
        state_of(contact),
        f"account {found.account.name}" if found.account else "no account",
        f"language {contact.language}" if contact.language else "",
        contact.time_zone or "the time zone of the desk",
        f"also {', '.join(found.addresses[1:])}" if found.addresses[1:] else "",
    )
    return f"{contact.id}: {name_of(contact)}, {', '.join(word for word in known if word)}"
