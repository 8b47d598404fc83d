"""`mailcase case work | send | cc`: what goes out to the customer, and to whom besides."""

from typing import TYPE_CHECKING, Annotated

import typer

from mailcase.cli import acting, options
from mailcase.cli.acting import As, Number
from mailcase.cli.case_work import Text, do

if TYPE_CHECKING:
    from mailcase.app import App


def work(
    number: Number,
    text: Text,
    read: Annotated[
        int | None,
        typer.Option(
            "--read",
            help="Number of the newest mail of the customer that you know, as `case show --json` has it; "
            "else what there was when you began to type.",
            show_default=False,
        ),
    ] = None,
    anyway: Annotated[bool, typer.Option("--anyway", help="Send it although the customer has written again.")] = False,
    who: As = None,
    as_json: options.Json = False,
    config: options.Config = None,
) -> None:
    """Do what a mail with this text would do: `#` commands at its top, words for the customer below."""
    from mailcase.desk.working import work_by_text
    from mailcase.domain.number import parse_number

    with options.opened(config) as opened:
        agent, case_id = acting.agent_of(opened, who), parse_number(number)
        known = _newest(opened, case_id) if read is None else read
        said = acting.text_of(text)
        act = acting.act_of(opened, agent)
        seen = None if anyway else known
        done = acting.worked(
            opened,
            lambda tx: work_by_text(tx, opened.desk, case_id, agent, said, act, seen=seen),
            case_id,
            ["work"],
            act,
        )
        acting.told(done, as_json=as_json)


def _newest(app: "App", case_id: int) -> int:
    """Return the id of the customer's newest mail, or 0."""
    from mailcase.desk.guarding import newest_mail
    from mailcase.desk.working import find

    with app.database.read() as tx:
        newest = newest_mail(tx, find(tx, case_id))
    return newest.id if newest else 0


def send(
    number: Number,
    draft: Annotated[
        str, typer.Argument(help="Number of the held mail; your only one, if left out.", show_default=False)
    ] = "",
    who: As = None,
    as_json: options.Json = False,
    config: options.Config = None,
) -> None:
    """Send a mail of yours that was held, as it is."""
    do(number, "send", draft, who, as_json=as_json, given=config)


def cc(
    number: Number,
    addresses: Annotated[
        list[str] | None,
        typer.Argument(
            help="Addresses to copy on every answer; after `--`, -ADDRESS takes one off.", show_default=False
        ),
    ] = None,
    who: As = None,
    as_json: options.Json = False,
    config: options.Config = None,
) -> None:
    """Copy others on every answer to the customer, or no longer; without an address, say who is copied."""
    do(number, "cc", " ".join(addresses or ()), who, as_json=as_json, given=config)


PANEL = "Mail of a case"
COMMANDS = {"work": work, "send": send, "cc": cc}
