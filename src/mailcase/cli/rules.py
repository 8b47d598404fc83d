"""`mailcase rules`: the rule files, checked and tried on a mail before they go live."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mailcase.cli import options, printing
from mailcase.cli.replay import replay
from mailcase.cli.why import why

if TYPE_CHECKING:
    from mailcase.app import App
    from mailcase.rules.judge import Judgement

app = typer.Typer(help="The rules: check them, try them on mail, explain what they did.", no_args_is_help=True)
app.command("replay")(replay)
app.command("explain")(why)


@app.command("check")
def check(config: options.Config = None) -> None:
    """Check every rule file and run its examples; exit code 2 when something is wrong."""
    from mailcase.app import doubts, load_files, mailbox_of
    from mailcase.config import load_config
    from mailcase.domain.counting import counted

    settings = load_config(options.config_path(config))
    mailboxes = {name: mailbox_of(settings, name, mailbox) for name, mailbox in settings.mailboxes.items()}
    rulebook, templates = load_files(settings, mailboxes)
    for warning in doubts(settings, rulebook, templates, mailboxes):
        typer.echo(f"warning: {warning}")
    found = (
        counted(len(rulebook.creation), "creation rule"),
        counted(len(rulebook.routing), "routing rule"),
        counted(len(rulebook.queues), "queue"),
        counted(len(rulebook.agents), "agent"),
    )
    typer.echo(f"{settings.paths.rules}: version {rulebook.version}: {', '.join(found)}. No errors.")


@app.command("test")
def try_mail(
    mail: Annotated[Path, typer.Argument(help="A raw mail.", show_default=False, dir_okay=False)],
    mailbox: Annotated[
        str | None, typer.Option("--mailbox", "-m", help="The mailbox it comes to; else the first.", show_default=False)
    ] = None,
    as_json: options.Json = False,
    config: options.Config = None,
) -> None:
    """Say what would become of a mail, and which rules decided; nothing is stored or sent."""
    from dataclasses import asdict

    from mailcase.rules.decide import summary
    from mailcase.rules.trace import format_trace

    with options.opened(config) as app_:
        judged = _judge(app_, mail, mailbox)
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


def _judge(app_: "App", mail: Path, mailbox: str | None) -> "Judgement":
    from mailcase.desk.trial import judge_mail
    from mailcase.errors import Invalid
    from mailcase.mail.parse import parse

    try:
        raw = mail.read_bytes()
    except OSError as error:
        raise Invalid(f"{mail}: cannot be read: {error.strerror}.") from error
    name = mailbox or next(iter(app_.desk.mailboxes), "")
    if name not in app_.desk.mailboxes:
        raise Invalid(f"there is no mailbox {name!r}; there are: {', '.join(app_.desk.mailboxes) or 'none'}.")
    with app_.database.read() as tx:
        return judge_mail(tx, app_.desk, app_.desk.mailboxes[name], parse(raw, app_.limits), app_.now())
