"""`mailcase contact import | export` and `mailcase account import | export`: customers as CSV files."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mailcase.cli import acting, options, printing
from mailcase.cli.acting import As

if TYPE_CHECKING:
    from mailcase.app import App
    from mailcase.desk.customer_files import Imported, Planner
    from mailcase.desk.outcome import Act
    from mailcase.store.tx import Tx

STANDARD_INPUT = "standard input"
File = Annotated[Path, typer.Argument(help="A CSV file in UTF-8; `-` reads standard input.", show_default=False)]
Trial = Annotated[bool, typer.Option("--dry-run", help="Only say what would change.")]
SkipBad = Annotated[bool, typer.Option("--skip-bad", help="Leave wrong rows out instead of taking none.")]
Output = Annotated[
    Path | None, typer.Option("--output", "-o", help="Write to this file instead of printing.", show_default=False)
]
Excel = Annotated[
    bool, typer.Option("--excel", help="With semicolons and a byte order mark, as Excel opens it in Europe.")
]


def import_contacts(
    file: File,
    trial: Trial = False,
    skip_bad: SkipBad = False,
    who: As = None,
    as_json: options.Json = False,
    config: options.Config = None,
) -> None:
    """Take over contacts from a CSV file; the same file a second time changes nothing.

    Columns: address (which tells whose row it is), other_addresses, name, account, language, time_zone, confirmed. An empty
    cell leaves what is there, a dash takes it away. All that is wrong is told, and then nothing is written.
    """
    from mailcase.desk.contact_files import ContactPlanner

    with options.opened(config) as opened:
        act = _act(opened, who)
        done = _import(opened, lambda: ContactPlanner(opened.desk, act), file, act, is_trial=trial, skips_bad=skip_bad)
    _tell(done, "contacts", is_trial=trial, as_json=as_json)


def import_accounts(
    file: File,
    trial: Trial = False,
    skip_bad: SkipBad = False,
    force: Annotated[bool, typer.Option("--force", help="Also take domains of public mail providers.")] = False,
    who: As = None,
    as_json: options.Json = False,
    config: options.Config = None,
) -> None:
    """Take over accounts from a CSV file; the same file a second time changes nothing.

    Columns: name, domains (with blanks between). A row is of the account that has one of its domains, else of the account of
    its name. All that is wrong is told, and then nothing is written.
    """
    from mailcase.desk.account_files import AccountPlanner

    with options.opened(config) as opened:
        act = _act(opened, who)
        planner = lambda: AccountPlanner(act, may_be_public=force)  # noqa: E731 - a fresh one for each try
        done = _import(opened, planner, file, act, is_trial=trial, skips_bad=skip_bad)
    _tell(done, "accounts", is_trial=trial, as_json=as_json)


def export_contacts(output: Output = None, excel: Excel = False, config: options.Config = None) -> None:
    """Print all contacts as the CSV file that `contact import` takes."""
    from mailcase.desk.contact_files import COLUMNS, export

    _export(COLUMNS, export, output, config, is_excel=excel)


def export_accounts(output: Output = None, excel: Excel = False, config: options.Config = None) -> None:
    """Print all accounts as the CSV file that `account import` takes."""
    from mailcase.desk.account_files import COLUMNS, export

    _export(COLUMNS, export, output, config, is_excel=excel)


def _act(app: "App", who: str | None) -> "Act":
    from mailcase.domain.permission import Right

    return acting.act_of(app, acting.permitted(app, who, Right.MANAGE_CUSTOMERS))


def _import(
    app: "App", planner: "Callable[[], Planner]", file: Path, act: "Act", *, is_trial: bool, skips_bad: bool
) -> "Imported":
    from mailcase.desk.customer_files import run

    content, name = _content(file)
    with printing.progress("rows") as tell:
        return acting.writing(
            app,
            lambda tx: run(tx, planner(), content, name, act, skips_bad=skips_bad, tell=tell),
            is_trial=is_trial,
        )


def _content(file: Path) -> tuple[bytes, str]:
    from mailcase.errors import Invalid

    if str(file) == "-":
        return typer.get_binary_stream("stdin").read(), STANDARD_INPUT
    try:
        return file.read_bytes(), str(file)
    except OSError as error:
        raise Invalid(f"{file}: {error.strerror}; give a file that you may read.") from error


def _tell(done: "Imported", what: str, *, is_trial: bool, as_json: bool) -> None:
    if as_json:
        printing.as_json(asdict(done) | {"is_trial": is_trial})
        return
    for problem in done.problems:
        typer.echo(f"mailcase: left out: {problem}", err=True)
    would = "would be " if is_trial else ""
    left_out = f", {done.left_out} rows left out" if done.problems else ""
    typer.echo(
        f"{what}: {done.created} {would}made, {done.changed} {would}changed, {done.unchanged} as they were{left_out}."
    )


def _export(
    columns: Sequence[str],
    rows: "Callable[[Tx], Iterable[Sequence[str]]]",
    output: Path | None,
    config: options.Config,
    *,
    is_excel: bool,
) -> None:
    from mailcase.domain.csv_table import BOM, SEMICOLON, write
    from mailcase.errors import Invalid

    with options.opened(config) as opened, opened.database.read() as tx:
        written = write(columns, rows(tx), SEMICOLON if is_excel else ",")
        lines = list(_counted(written, is_quiet=output is None))
    content = ((BOM if is_excel else "") + "".join(lines)).encode()
    if output is None:
        typer.echo(content, nl=False)
        return
    try:
        output.write_bytes(content)
    except OSError as error:
        raise Invalid(f"{output}: {error.strerror}; name a file that you may write.") from error
    typer.echo(f"{output}: {len(lines) - 1} rows.")


def _counted(lines: Iterable[str], *, is_quiet: bool) -> Iterator[str]:
    with printing.progress("rows", is_quiet=is_quiet) as tell:
        for line in lines:
            yield line
            tell(1)
