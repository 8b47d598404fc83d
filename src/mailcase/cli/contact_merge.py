"""`mailcase contact merge` and `mailcase account merge`: several that are one."""

from collections.abc import Callable
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from mailcase.cli import acting, options, printing
from mailcase.cli.acting import As
from mailcase.cli.cases import name_of

if TYPE_CHECKING:
    from collections import Counter

    from mailcase.app import App
    from mailcase.desk.outcome import Act
    from mailcase.store.tx import Tx

T = TypeVar("T")
Trial = Annotated[bool, typer.Option("--dry-run", help="Only say what would move.")]


def merge_contacts(
    survivor: Annotated[str, typer.Argument(help="Address or number of the one that stays.", show_default=False)],
    others: Annotated[list[str], typer.Argument(help="Addresses or numbers of the others.", show_default=False)],
    trial: Trial = False,
    who: As = None,
    as_json: options.Json = False,
    config: options.Config = None,
) -> None:
    """Make one contact of several: cases, addresses and all else move to the first. This is final.

    Mail from any of the addresses, and answers to old mails, are the survivor's for ever.
    """
    from mailcase.desk.contact_merge import merge
    from mailcase.desk.contacts import find

    with options.opened(config) as opened:
        done = _as_lead(
            opened,
            who,
            lambda tx, act: merge(tx, find(tx, survivor), [find(tx, one) for one in others], act),
            is_trial=trial,
        )
    if as_json:
        known = {"contact": asdict(done.contact), "merged": [asdict(one) for one in done.losers], "cases": done.cases}
        printing.as_json(known | {"moved": dict(done.moved), "is_trial": trial})
        return
    gone = ", ".join(name_of(one) for one in done.losers)
    typer.echo(f"{gone} {'would be' if trial else 'is'} {name_of(done.contact)} ({done.contact.id}).")
    _tell(done.moved, is_trial=trial)


def merge_accounts(
    survivor: Annotated[str, typer.Argument(help="Name, domain or number of the one that stays.", show_default=False)],
    others: Annotated[list[str], typer.Argument(help="The others.", show_default=False)],
    trial: Trial = False,
    who: As = None,
    as_json: options.Json = False,
    config: options.Config = None,
) -> None:
    """Make one account of several: contacts, mail domains, cases and entitlements move to the first. This is final."""
    from mailcase.desk.accounts import find, merge

    with options.opened(config) as opened:
        done = _as_lead(
            opened,
            who,
            lambda tx, act: merge(tx, find(tx, survivor), [find(tx, one) for one in others], act),
            is_trial=trial,
        )
    if as_json:
        known = {"account": asdict(done.account), "merged": [asdict(one) for one in done.losers]}
        printing.as_json(known | {"moved": dict(done.moved), "is_trial": trial})
        return
    gone = ", ".join(one.name for one in done.losers)
    typer.echo(f"{gone} {'would be' if trial else 'is'} {done.account.name} ({done.account.id}).")
    _tell(done.moved, is_trial=trial)


def _as_lead(app: "App", who: str | None, work: "Callable[[Tx, Act], T]", *, is_trial: bool) -> T:
    """Return what `work` does as an agent who may merge; a trial is rolled back."""
    from mailcase.domain.permission import Right

    act = acting.act_of(app, acting.permitted(app, who, Right.MANAGE_CUSTOMERS))
    return acting.writing(app, lambda tx: work(tx, act), is_trial=is_trial)


def _tell(moved: "Counter[str]", *, is_trial: bool) -> None:
    verb = "Would move" if is_trial else "Moved"
    rows = [(name.replace("_", " "), count) for name, count in sorted(moved.items())]
    printing.table(verb, ("What", "Number"), rows, empty=f"{verb}: nothing.")
