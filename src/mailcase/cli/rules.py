"""`mailcase rules`: the rule files, checked and tried on a mail before they go live."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mailcase.cli import options, printing
from mailcase.cli.replay import replay
from mailcase.cli.why import why
from mailcase.domain.counting import counted

if TYPE_CHECKING:
    from mailcase.app import App
    from mailcase.rules.judge import Judgement
    from mailcase.rules.rulebook import Rulebook

Against = Annotated[
    Path | None,
    typer.Option(
        "--against", help="A folder of proposed rules, instead of the desk's.", show_default=False, file_okay=False
    ),
]
app = typer.Typer(help="The rules: check them, try them on mail, explain what they did.", no_args_is_help=True)
app.command("replay")(replay)
app.command("explain")(why)


@app.command("check")
def check(
    folder: Annotated[
        Path | None,
        typer.Argument(help="A folder of proposed rules; else the desk's.", show_default=False, file_okay=False),
    ] = None,
    as_json: options.Json = False,
    config: options.Config = None,
) -> None:
    """Check every rule file and run its examples; exit code 2 when something is wrong."""
    from mailcase.app import mailbox_of
    from mailcase.config import load_config
    from mailcase.errors import Invalid
    from mailcase.files import doubts, load_files

    settings = load_config(options.config_path(config))
    paths = settings.paths.model_copy(update={"rules": folder or settings.paths.rules})
    settings = settings.model_copy(update={"paths": paths})
    mailboxes = {name: mailbox_of(settings, name, mailbox) for name, mailbox in settings.mailboxes.items()}
    try:
        files = load_files(settings, mailboxes)
    except Invalid as invalid:
        if not as_json:
            raise
        printing.as_json({"folder": str(paths.rules), "version": None, "errors": invalid.problems, "warnings": []})
        raise typer.Exit(printing.EXIT_TROUBLE) from invalid
    rulebook, warnings = files.rulebook, doubts(settings, files, mailboxes)
    if as_json:
        found = {"folder": str(paths.rules), "version": rulebook.version, "errors": [], "warnings": warnings}
        printing.as_json(found | _counts(rulebook))
        return
    for warning in warnings:
        typer.echo(f"warning: {warning}")
    parts = ", ".join(counted(number, noun[:-1].replace("_", " ")) for noun, number in _counts(rulebook).items())
    typer.echo(f"{paths.rules}: version {rulebook.version}: {parts}. No errors.")


def _counts(rulebook: "Rulebook") -> dict[str, int]:
    return {
        "creation_rules": len(rulebook.creation),
        "routing_rules": len(rulebook.routing),
        "queues": len(rulebook.queues),
        "agents": len(rulebook.agents),
    }


@app.command("test")
def try_mail(
    mail: Annotated[Path, typer.Argument(help="A raw mail.", show_default=False, dir_okay=False)],
    mailbox: Annotated[
        str | None, typer.Option("--mailbox", "-m", help="The mailbox it comes to; else the first.", show_default=False)
    ] = None,
    against: Against = None,
    as_json: options.Json = False,
    config: options.Config = None,
) -> None:
    """Say what would become of a mail, and which rules decided; nothing is stored or sent."""
    from dataclasses import asdict

    from mailcase.rules.decide import summary
    from mailcase.rules.trace import format_trace

    with options.opened(config) as app_:
        judged = _judge(app_, mail, mailbox, against)
    if as_json:
        steps = [asdict(step) for trace in judged.traces for step in trace.steps]
        decision = judged.decision
        printing.as_json({"decision": type(decision).__name__, "details": asdict(decision), "steps": steps})
        return
    for trace in judged.traces:
        typer.echo(format_trace(trace))
    where = f" in queue {judged.case.queue or 'none'}" if judged.case else ""
    typer.echo(f"→ {summary(judged.decision)}{where}")


@app.command("schema")
def schema(
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write a file each into this folder.", show_default=False)
    ] = None,
) -> None:
    """Print the JSON Schemas of the rule files, with which editors complete and check them."""
    from mailcase.rules.schema import json_schemas

    if output is None:
        printing.as_json(json_schemas())
    else:
        typer.echo(f"written  {output}/: {write_schemas(output)} files")


def write_schemas(folder: Path) -> int:
    """Write the JSON Schema of each rule file into `folder`, and return how many there are."""
    from mailcase.rules.schema import json_schemas, schema_name

    folder.mkdir(parents=True, exist_ok=True)
    schemas = json_schemas()
    for name, content in schemas.items():
        (folder / schema_name(name)).write_text(printing.json_text(content), encoding="utf-8")
    return len(schemas)


def _judge(app_: "App", mail: Path, mailbox: str | None, rules: Path | None) -> "Judgement":
    from dataclasses import replace

    from mailcase.desk.trial import judge_mail
    from mailcase.errors import Invalid
    from mailcase.mail.parse import parse
    from mailcase.rules.load import load

    try:
        raw = mail.read_bytes()
    except OSError as error:
        raise Invalid(f"{mail}: cannot be read: {error.strerror}.") from error
    name = mailbox or next(iter(app_.desk.mailboxes), "")
    if name not in app_.desk.mailboxes:
        raise Invalid(f"there is no mailbox {name!r}; there are: {', '.join(app_.desk.mailboxes) or 'none'}.")
    desk = app_.desk
    if rules is not None:
        desk = replace(desk, rulebook=load(rules, list(desk.mailboxes.values()), desk.library.numbers))
    with app_.database.read() as tx:
        return judge_mail(tx, desk, app_.desk.mailboxes[name], parse(raw, app_.limits), app_.now())
