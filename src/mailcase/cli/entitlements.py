"""`mailcase entitlement`: what customers have bought, what is left of it and why, and what is changed by hand."""

from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mailcase.cli import acting, options, printing
from mailcase.cli.acting import As, Number

if TYPE_CHECKING:
    from collections.abc import Callable

    from mailcase.app import App
    from mailcase.desk.entitlement_work import Described
    from mailcase.desk.outcome import Act
    from mailcase.domain.entitlement import Entitlement
    from mailcase.store.tx import Tx

app = typer.Typer(help="What support customers have bought, and what is left of it.", no_args_is_help=True)
Which = Annotated[str, typer.Argument(help="Its number, or its key in entitlements.yaml.", show_default=False)]


@app.command("list")
def list_entitlements(
    customer: Annotated[str, typer.Option(help="Only of customers with this in name or address.")] = "",
    limit: options.Limit = 50,
    as_json: options.Json = False,
    config: options.Config = None,
) -> None:
    """List entitlements, the newest first, with what is left of them."""
    from mailcase.desk.entitlement_work import describe
    from mailcase.store import entitlements

    with options.opened(config) as opened, opened.database.read() as tx:
        now = opened.now()
        found = [describe(tx, one) for one in entitlements.find(tx)]
    wanted = [one for one in found if customer.lower() in one.customer.lower()][:limit]
    if as_json:
        printing.as_json([_document(one, now) for one in wanted])
        return
    rows = [_row(one, now) for one in wanted]
    columns = ("No.", "Key", "Name", "Customer", "State", "Left", "Total", "From", "Until", "SLA")
    printing.table(f"{len(wanted)} entitlements", columns, rows, empty="No entitlements.")


@app.command("show")
def show(which: Which, as_json: options.Json = False, config: options.Config = None) -> None:
    """Show the terms of an entitlement and where it stands."""
    described, now = _described(which, config)
    document = _document(described, now)
    if as_json:
        printing.as_json(document)
        return
    rows = [(name.replace("_", " "), _plain(value)) for name, value in document.items() if value not in (None, [], {})]
    printing.table(str(described.standing), ("", ""), rows, empty="")


@app.command("ledger")
def ledger(which: Which, as_json: options.Json = False, config: options.Config = None) -> None:
    """Show every taking and giving back, so that what is left can be explained."""
    from mailcase.domain.number import format_number

    described, _ = _described(which, config)
    left, rows = described.standing.entitlement.total, []
    for entry in described.entries:
        left -= entry.amount
        rows.append((entry.at, format_number(entry.case_id), entry.origin, -entry.amount, left, entry.cause))
    if as_json:
        entries = [asdict(entry) | {"case": format_number(entry.case_id)} for entry in described.entries]
        total = described.standing.entitlement.total
        printing.as_json({"total": total, "entries": entries, "left": described.standing.left()})
        return
    columns = ("When", "Case", "Origin", "Change", "Left", "Cause")
    printing.table(str(described.standing), columns, rows, empty="Nothing was taken from it.")


@app.command("create")
def create(
    name: Annotated[str, typer.Argument(help="As agents see it.", show_default=False)],
    customer: Annotated[str, typer.Option(help="A mail address, or the mail domain of a company.", show_default=False)],
    first: Annotated[datetime, typer.Option("--from", formats=["%Y-%m-%d"], help="The first day.", show_default=False)],
    last: Annotated[datetime, typer.Option("--to", formats=["%Y-%m-%d"], help="The last day.", show_default=False)],
    cases: Annotated[int, typer.Option(help="How many cases it is good for.", show_default=False)] = 0,
    hours: Annotated[float, typer.Option(help="Or how many hours of billable time.", show_default=False)] = 0,
    sla: Annotated[str | None, typer.Option(help="SLA of its cases.", show_default=False)] = None,
    owner: Annotated[
        str | None, typer.Option(help="Agent who is told at 80 and 100 percent.", show_default=False)
    ] = None,
    negative: Annotated[bool, typer.Option("--negative", help="What is taken beyond the total goes negative.")] = False,
    draft: Annotated[bool, typer.Option("--draft", help="It counts only after `activate`.")] = False,
    who: As = None,
    as_json: options.Json = False,
    config: options.Config = None,
) -> None:
    """Make an entitlement that is in no rule file."""
    from datetime import UTC, timedelta

    from mailcase.desk import entitlement_work as work
    from mailcase.domain.entitlement import Term
    from mailcase.errors import Invalid

    if (cases > 0) == (hours > 0):
        raise Invalid("give it a total: --cases NUMBER or --hours NUMBER.")

    def do(opened: "App", tx: "Tx", act: "Act") -> "Entitlement":
        zone = opened.desk.zone
        order = work.Order(
            name=name,
            customer=customer,
            term=Term.CASES if cases else Term.HOURS,
            total=cases or round(60 * hours),
            starts_at=first.replace(tzinfo=zone).astimezone(UTC),
            ends_at=(last + timedelta(days=1)).replace(tzinfo=zone).astimezone(UTC),
            sla=sla,
            owner=owner,
            restricts=not negative,
            is_draft=draft,
        )
        return work.create(tx, opened.desk, order, act)

    _change(do, who, config, as_json=as_json)


@app.command("activate")
def activate(which: Which, who: As = None, as_json: options.Json = False, config: options.Config = None) -> None:
    """Let a draft count."""
    _verb("activate", which, who, config, as_json=as_json)


@app.command("deactivate")
def deactivate(which: Which, who: As = None, as_json: options.Json = False, config: options.Config = None) -> None:
    """Make an entitlement a draft again; what was taken stays taken."""
    _verb("deactivate", which, who, config, as_json=as_json)


@app.command("renew")
def renew(which: Which, who: As = None, as_json: options.Json = False, config: options.Config = None) -> None:
    """Make its successor: the same terms for the same length of time, from its end on."""
    _verb("renew", which, who, config, as_json=as_json)


@app.command("cancel")
def cancel(which: Which, who: As = None, as_json: options.Json = False, config: options.Config = None) -> None:
    """End an entitlement for good."""
    _verb("cancel", which, who, config, as_json=as_json)


@app.command("apply")
def apply_to(
    number: Number,
    which: Annotated[str, typer.Argument(help="Its number or key; `-` for none.", show_default=False)],
    who: As = None,
    as_json: options.Json = False,
    config: options.Config = None,
) -> None:
    """Put a case under an entitlement; what it took from another is given back."""
    from mailcase.desk import entitlement_work as work
    from mailcase.desk import working
    from mailcase.domain.number import parse_number

    def do(opened: "App", tx: "Tx", act: "Act") -> "Entitlement | None":
        found = None if which == "-" else work.find(tx, which)
        work.apply(tx, opened.desk, working.find(tx, parse_number(number)), found, act)
        return found

    _change(do, who, config, as_json=as_json)


@app.command("exempt")
def exempt(
    number: Number,
    off: Annotated[bool, typer.Option("--off", help="Count it again.")] = False,
    who: As = None,
    as_json: options.Json = False,
    config: options.Config = None,
) -> None:
    """Let a case take nothing from its entitlement."""
    with options.opened(config) as opened:
        done = acting.run(opened, number, [("exempt", "no" if off else "")], who)
        acting.told(done, as_json=as_json)


def _verb(name: str, which: str, who: str | None, config: options.Config, *, as_json: bool) -> None:
    from mailcase.desk import entitlement_work as work

    verb = getattr(work, name)
    _change(lambda _, tx, act: verb(tx, work.find(tx, which), act), who, config, as_json=as_json)


def _change(
    do: "Callable[[App, Tx, Act], Entitlement | None]", who: str | None, config: options.Config, *, as_json: bool
) -> None:
    """Change an entitlement as an agent who may, and print what became of it."""
    from mailcase.desk.entitlement_work import describe
    from mailcase.domain.permission import Right

    with options.opened(config) as opened:
        agent = acting.permitted(opened, who, Right.ENTITLEMENTS)
        act = acting.act_of(opened, agent)

        def work(tx: "Tx") -> "Described | None":
            found = do(opened, tx, act)
            return describe(tx, found) if found else None

        described = acting.writing(opened, work)
    if as_json:
        printing.as_json(_document(described, act.now) if described else None)
    elif described is None:
        typer.echo("The case is under no entitlement.")
    else:
        entitlement = described.standing.entitlement
        state = entitlement.state(act.now)
        typer.echo(f"{entitlement.id}: {described.standing}, {state}, until {printing.moment(entitlement.ends_at)}")


def _described(which: str, config: options.Config) -> "tuple[Described, datetime]":
    from mailcase.desk.entitlement_work import describe, find

    with options.opened(config) as opened, opened.database.read() as tx:
        return describe(tx, find(tx, which), with_entries=True), opened.now()


def _row(described: "Described", now: datetime) -> tuple[object, ...]:
    from mailcase.desk.entitlements import state_in_words

    one, standing = described.standing.entitlement, described.standing
    state = state_in_words(standing, now)
    return (
        *(one.id, one.agreement, one.name, described.customer, state, standing.left(), one.total),
        *(one.starts_at, one.ends_at, one.sla),
    )


def _document(described: "Described", now: datetime) -> dict[str, Any]:
    """Return an entitlement for programs; amounts are cases or minutes."""
    from mailcase.desk.entitlements import state_in_words

    standing = described.standing
    return asdict(standing.entitlement) | {
        "customer": described.customer,
        "state": state_in_words(standing, now),
        "taken": dict(standing.taken),
        "left": standing.left(),
    }


def _plain(value: object) -> object:
    return ", ".join(map(str, value)) if isinstance(value, tuple | list) else value
