"""`mailcase init` and `mailcase check`: making a desk, and finding what is wrong with one."""

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mailcase.cli import options, printing

if TYPE_CHECKING:
    from mailcase.daemon.finding import Finding

IGNORED = "mailcase.db*\nsecrets/\n"
MARKS = {True: ("ok", "green"), False: ("FAIL", "red bold"), None: ("note", "yellow")}


def init(
    folder: Annotated[Path, typer.Argument(help="Folder to make; it may exist.", show_default=False)],
) -> None:
    """Write a commented mailcase.toml, rules/, templates/ and articles/ into a folder. What is there already stays as it is."""
    from mailcase.cli.rules import write_schemas
    from mailcase.cli.starter import starter
    from mailcase.clock import utc_now
    from mailcase.config import FILE_NAME
    from mailcase.errors import Invalid
    from mailcase.files import defaults

    if folder.exists() and not folder.is_dir():
        raise Invalid(f"{folder}: is a file; name a folder.")
    folder.mkdir(parents=True, exist_ok=True)
    _write(folder / FILE_NAME, starter(utc_now()))
    _write(folder / ".gitignore", IGNORED)
    secrets = folder / "secrets"
    if not secrets.exists():
        secrets.mkdir(mode=0o700)
    for kind in ("rules", "templates", "articles"):
        _copy_all(defaults(kind), folder / kind)
    write_schemas(folder / "rules" / "schemas")
    typer.echo(
        f"\nNext: put your servers into {folder / FILE_NAME} and the password into {secrets / 'support'},\n"
        f"your agents into {folder / 'rules' / 'agents.yaml'}, then\n"
        f"  mailcase --config {folder / FILE_NAME} check\n  mailcase --config {folder / FILE_NAME} run"
    )


def check(
    canary: Annotated[
        bool,
        typer.Option("--canary", help="Also send a mail from each mailbox to itself, and wait until it comes back."),
    ] = False,
    as_json: options.Json = False,
    config: options.Config = None,
) -> None:
    """Check settings, database, rules and templates, then log in to every mailbox and to SMTP; a line for each."""
    from mailcase import log
    from mailcase.daemon.check import check_all

    log.configure("error", "auto")
    findings: list[Finding] = []
    console = printing.console()
    for finding in check_all(options.config_path(config), canary=canary):
        findings.append(finding)
        if not as_json:
            console.print(_line(finding), soft_wrap=True)  # a line each, however long
    if as_json:
        printing.as_json([{"what": f.what, "ok": f.is_ok, "message": f.message, "remedy": f.remedy} for f in findings])
    if any(finding.is_ok is False for finding in findings):
        raise typer.Exit(printing.EXIT_TROUBLE)


def _line(finding: "Finding") -> str:
    from rich.markup import escape

    word, style = MARKS[finding.is_ok]
    stop = "" if finding.message.endswith(".") or not finding.remedy else "."
    remedy = f"{stop} [dim]{escape(finding.remedy)}[/]" if finding.remedy else ""
    return f"[{style}]{word:<5}[/] {escape(finding.what):<20} {escape(finding.message)}{remedy}"


def _write(path: Path, content: str) -> None:
    if path.exists():
        typer.echo(f"kept     {path}")
        return
    path.write_text(content, encoding="utf-8")
    typer.echo(f"written  {path}")


def _copy_all(source: Path, target: Path) -> None:
    """Copy a folder of files, keep those that are there, and say how many of each in one line."""
    files = [file.relative_to(source) for file in sorted(source.rglob("*")) if file.is_file()]
    missing = [file for file in files if not (target / file).exists()]
    for file in missing:
        (target / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source / file, target / file)
    kept = f", {len(files) - len(missing)} kept" if len(missing) < len(files) else ""
    typer.echo(f"written  {target}/: {len(missing)} files{kept}")
