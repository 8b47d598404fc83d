"""`mailcase case stage | flow`: the process flow of a case."""

from typing import Annotated

import typer

from mailcase.cli import options
from mailcase.cli.acting import As, Number
from mailcase.cli.case_work import do


def stage(
    number: Number,
    to: Annotated[str, typer.Argument(help="next, back, finish, or the name of a stage.", show_default=False)],
    who: As = None,
    as_json: options.Json = False,
    config: options.Config = None,
) -> None:
    """Take a case to another stage of its flow, or end the flow; what is not done yet is named."""
    do(number, "stage", to, who, as_json=as_json, given=config)


def flow(
    number: Number,
    name: Annotated[str, typer.Argument(help="A flow to begin; `abandon` gives up its own.", show_default=False)],
    why: Annotated[str, typer.Argument(help="Why it is given up, in words.")] = "",
    who: As = None,
    as_json: options.Json = False,
    config: options.Config = None,
) -> None:
    """Let a case begin a process flow, instead of the one that is under way, or give that up."""
    do(number, "flow", f"{name} {why}", who, as_json=as_json, given=config)


PANEL = "Work on a case"
COMMANDS = {"stage": stage, "flow": flow}
