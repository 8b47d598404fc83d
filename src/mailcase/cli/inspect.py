"""`mailcase inspect`: what the desk would make of a mail, read from files, without any configuration."""

from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

MANY = 64
"""So many files are worth the third of a second that processes take to start."""


class Form(StrEnum):
    """What the files hold."""

    MAIL = "mail"
    TEXT = "text"
    HTML = "html"


BODY_TYPES = {Form.MAIL: "", Form.TEXT: "text/plain", Form.HTML: "text/html"}


def inspect(
    files: Annotated[list[Path], typer.Argument(help="Raw mails, one a file.", show_default=False)],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object a file and line.")] = False,
    form: Annotated[Form, typer.Option("--as", help="Take the files for whole mails or for bare bodies.")] = Form.MAIL,
    jobs: Annotated[
        int | None,
        typer.Option(
            "--jobs",
            "-j",
            help="With --json: how many processes read; 1 reads in this one. If left out, one a core for many files.",
            min=1,
            max=64,
            show_default=False,
        ),
    ] = None,
) -> None:
    """Show what the desk reads from mails: people, text, reply, attachments, kind. Needs no configuration.

    Processes that read are bounded: a mail that takes more than 10 s of processor time or 512 MB is shown as held.
    """
    if as_json:
        _print_lines(files, BODY_TYPES[form], jobs)
        return
    from rich.console import Console

    from mailcase.cli import inspect_view
    from mailcase.daemon.examine import examine

    console = Console()
    for path in files:
        console.print(inspect_view.view(examine(path, BODY_TYPES[form])))


def _print_lines(files: list[Path], body_type: str, jobs: int | None) -> None:
    """Print a line for each file, in order, read by as many processes as are worth it."""
    from mailcase.daemon.batches import examined_lines, usable_cores
    from mailcase.daemon.examine import examine, line_of

    processes = jobs or (usable_cores() if len(files) >= MANY else 1)
    if processes == 1:
        lines: Iterator[bytes] = (line_of(examine(path, body_type)) for path in files)
    else:
        lines = examined_lines(map(str, files), body_type, processes)
    out = typer.get_binary_stream("stdout")
    for line in lines:
        out.write(line)
    out.flush()
