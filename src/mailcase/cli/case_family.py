"""`mailcase case merge | child | parent | link | delete`: a case among others, and its end for good."""

from typing import Annotated

import typer

from mailcase.cli import acting, options, printing
from mailcase.cli.acting import As, Number
from mailcase.cli.case_work import do

PANEL = "Among other cases"
Numbers = Annotated[list[str], typer.Argument(help="Numbers of other cases.", show_default=False)]


def merge(
    number: Number,
    others: Numbers,
    tell: Annotated[bool, typer.Option("--tell", help="Tell the customers of the others.")] = False,
    who: As = None,
    as_json: options.Json = False,
    config: options.Config = None,
) -> None:
    """Take over up to 10 other cases of the customer: all of theirs is this one's then, also mail to come."""
    do(number, "merge", " ".join([*others, *(["tell"] if tell else [])]), who, as_json=as_json, given=config)


def child(
    number: Number,
    title: Annotated[str, typer.Argument(help="Of the child; that of the case, if left out.")] = "",
    queue: Annotated[
        str | None, typer.Option("--queue", help="Where it goes; to that of the case, if left out.")
    ] = None,
    who: As = None,
    as_json: options.Json = False,
    config: options.Config = None,
) -> None:
    """Open a child of a case, for the same customer."""
    do(number, "child", f"{queue}: {title}" if queue else title, who, as_json=as_json, given=config)


def parent(
    number: Number,
    parent: Annotated[str, typer.Argument(help="Number of the parent; `-` takes the case away from it.")],
    who: As = None,
    as_json: options.Json = False,
    config: options.Config = None,
) -> None:
    """Make a case the child of another."""
    do(number, "parent", parent, who, as_json=as_json, given=config)


def link(
    number: Number, others: Numbers, who: As = None, as_json: options.Json = False, config: options.Config = None
) -> None:
    """Link a case with others, both ways."""
    do(number, "link", " ".join(others), who, as_json=as_json, given=config)


def unlink(
    number: Number, others: Numbers, who: As = None, as_json: options.Json = False, config: options.Config = None
) -> None:
    """Take links with other cases away."""
    do(number, "link", " ".join(f"-{other}" for other in others), who, as_json=as_json, given=config)


def delete(
    number: Number,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    who: As = None,
    as_json: options.Json = False,
    config: options.Config = None,
) -> None:
    """Delete a case for good, with its activities, files and stored mail. It needs the right `delete`, an admin's.

    The audit log keeps that it was done, without a word of the case.
    """
    from mailcase.desk.deletion import delete as delete_case
    from mailcase.desk.rights import require
    from mailcase.desk.working import find
    from mailcase.domain.number import parse_number
    from mailcase.domain.permission import Right
    from mailcase.errors import Refused

    with options.opened(config) as opened:
        agent, case_id = acting.agent_of(opened, who), parse_number(number)
        with opened.database.read() as tx:
            case = find(tx, case_id)
        require(opened.desk.rulebook, agent, Right.DELETE, case)
        if not yes and not typer.confirm(f"Delete {case.number} ({printing.harmless(case.title)}) for good?"):
            raise Refused(f"{case.number} was not deleted.")
        act = acting.act_of(opened, agent)
        done = acting.writing(opened, lambda tx: delete_case(tx, opened.desk.rulebook, find(tx, case_id), agent, act))
    if as_json:
        printing.as_json({"deleted": done.numbers, "rows": done.rows})
    else:
        typer.echo(f"Deleted for good: {', '.join(done.numbers)}.")


COMMANDS = {"merge": merge, "child": child, "parent": parent, "link": link, "unlink": unlink, "delete": delete}
