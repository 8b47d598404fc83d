"""How commands print: tables for people, JSON for programs, errors in one line each on standard error."""

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, NoReturn

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import Progress, TextColumn
from rich.table import Table

EXIT_REFUSED = 1
"""The desk refused."""
EXIT_TROUBLE = 2
"""A file, a setting or an argument is wrong, or something outside does not answer."""

PIPE_WIDTH = 10_000
"""Columns; a row has to stay on one line for `grep`."""


def console() -> Console:
    """Return the console that tables go to; a pipe gets lines as long as they need."""
    return Console(width=None if sys.stdout.isatty() else PIPE_WIDTH, highlight=False)


def is_terminal() -> bool:
    """Return whether a person is there to answer a question."""
    return sys.stdin.isatty()


def table(title: str, columns: Sequence[str], rows: Iterable[Sequence[object]], *, empty: str) -> None:
    """Print rows under column names, or the sentence `empty`. Texts are data: no mark-up in them counts."""
    shown = Table(title=title, title_justify="left", box=None, header_style="bold", pad_edge=False)
    for column in columns:
        shown.add_column(column, overflow="fold")
    for row in rows:
        shown.add_row(*(escape(_text(value)) for value in row))
    if shown.row_count:
        console().print(shown)
    else:
        typer.echo(empty)


def as_json(value: object) -> None:
    """Print one JSON document."""
    typer.echo(json_text(value), nl=False)


def json_text(value: object) -> str:
    """Return one JSON document, as it is printed and written to files."""
    return json.dumps(value, ensure_ascii=False, indent=2, default=plain) + "\n"


def problems(lines: Iterable[str], code: int) -> NoReturn:
    """Print each line on standard error, and end the program with `code`."""
    for line in lines:
        typer.echo(f"mailcase: {line}", err=True)
    raise typer.Exit(code)


@contextmanager
def progress(words: str, *, is_quiet: bool = False) -> Iterator[Callable[[int], None]]:
    """Show a running count of `words` on a terminal; the block gets a function that adds to it."""
    out = Console(stderr=True)
    with Progress(
        TextColumn("{task.completed} {task.description}"),
        console=out,
        transient=True,
        disable=is_quiet or not out.is_terminal,
    ) as bar:
        task = bar.add_task(words, total=None)
        yield lambda count: bar.advance(task, count)


def harmless(text: str) -> str:
    """Return a line of a stranger's text without what a terminal would obey, such as escape sequences."""
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text.expandtabs(4))


def moment(value: datetime | None) -> str:
    """Return a time as people read it, in the zone of this machine, or a dash."""
    return f"{value.astimezone():%Y-%m-%d %H:%M}" if value else "-"


def _text(value: object) -> str:
    if isinstance(value, datetime):
        return moment(value)
    return "-" if value is None or value == "" else str(value)


def plain(value: Any) -> Any:  # json's own callback
    """Return what JSON has for a value that it does not know."""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Mapping):
        return dict(value)
    return str(value)
