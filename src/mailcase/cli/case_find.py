"""`mailcase case search | export | undo`: finding cases, taking them out as files, and taking changes back."""

from pathlib import Path
from typing import Annotated, Any

import typer

from mailcase.cli import acting, options, printing
from mailcase.cli.acting import As, Number, Seeing, viewer
from mailcase.cli.case_work import do
from mailcase.cli.cases import name_of, summary

PANEL = "Find and keep"
EXCERPT = 90
"""Characters around the words that were found."""


def search(
    words: Annotated[
        list[str],
        typer.Argument(help='All have to be there; "a phrase", begin*, and after `--` -word for what must not be.'),
    ],
    limit: options.Limit = 20,
    who: Seeing = None,
    as_json: options.Json = False,
    config: options.Config = None,
) -> None:
    """Find cases that you may see by words in their mails, notes, titles, tags and fields, by their customer, or by their number; the newest first."""
    from mailcase.desk.search import search_cases

    query = " ".join(f'"{word}"' if " " in word else word for word in words)
    with options.opened(config) as app, app.database.read() as tx:
        found = search_cases(tx, query, limit, acting.hidden(app, who))
    if as_json:
        printing.as_json([summary(one.case, one.contact) | {"where": one.where, "words": one.words} for one in found])
        return
    rows = [
        (one.case.number, one.case.title, one.case.status, name_of(one.contact), one.where, _cut(one.words))
        for one in found
    ]
    printing.table(
        f"{len(rows)} cases", ("Number", "Title", "Status", "Customer", "Where", "Words"), rows, empty="None."
    )


def export(
    number: Number,
    folder: Annotated[Path, typer.Option("--output", "-o", help="Where its folder is made.")] = Path(),
    who: Seeing = None,
    as_json: options.Json = False,
    config: options.Config = None,
) -> None:
    """Write a case into a folder of its number: its story, all data as JSON, the mails as they came, and the files."""
    from mailcase.desk.export import export as export_case
    from mailcase.domain.number import parse_number
    from mailcase.errors import Invalid

    with options.opened(config) as app, app.database.read() as tx:
        files = export_case(tx, app.desk, parse_number(number), number, viewer(app, who))
        top = folder / files.number
        if top.exists():
            raise Invalid(f"{top}: is there already; choose another folder with -o, or move it away.")
        for name, content in files.contents:
            path = top / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    told: dict[str, Any] = {"folder": str(top), "files": [name for name, _ in files.contents]}
    if as_json:
        printing.as_json(told)
    else:
        typer.echo(f"{top}: {len(files.contents)} files.")


def undo(number: Number, who: As = None, as_json: options.Json = False, config: options.Config = None) -> None:
    """Take back what the last commands on a case did, where that is possible."""
    do(number, "undo", "", who, as_json=as_json, given=config)


def _cut(text: str) -> str:
    return text if len(text) <= EXCERPT else f"{text[: EXCERPT - 1]}…"


COMMANDS = {"search": search, "export": export, "undo": undo}
