"""`mailcase templates`: the templates of all mails, checked and looked at."""

from typing import Annotated

import typer

from mailcase.cli import options, printing

app = typer.Typer(help="The templates of mails.", no_args_is_help=True)
Name = Annotated[str, typer.Argument(help="Such as customer/acknowledged.", show_default=False)]


@app.command("check")
def check(config: options.Config = None) -> None:
    """Check every template: syntax, variables, and a rendering of each with sample letters."""
    templates = _load(config)
    rows = [(name, " ".join(templates.languages(name))) for name in templates.names()]
    printing.table("Templates", ("Name", "Languages"), rows, empty="No templates.")


@app.command("preview")
def preview(
    name: Name,
    language: Annotated[str, typer.Option("--language", "-l", help="ISO 639-1.")] = "en",
    html: Annotated[bool, typer.Option("--html", help="Print the HTML instead of the text.")] = False,
    config: options.Config = None,
) -> None:
    """Print a mail as a template makes it of a sample letter."""
    rendered = _load(config).preview(name, language=language)
    typer.echo(rendered.html or "" if html else f"Subject: {rendered.subject}\n\n{rendered.text}")


def _load(config: options.Config):  # type: ignore[no-untyped-def]  # noqa: ANN202 - imported late
    from mailcase.config import load_config
    from mailcase.files import defaults
    from mailcase.mail.render import Templates

    return Templates.load(load_config(options.config_path(config)).paths.templates, defaults("templates"))
