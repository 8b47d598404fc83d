"""The command line: arguments in, printing out. Commands import what they need when they run, so that --help is quick."""

import typer

from mailcase.cli import inspect

app = typer.Typer(name="mailcase", no_args_is_help=True, add_completion=False)
app.command("inspect")(inspect.inspect)


@app.callback()
def mailcase() -> None:
    """Turn support mailboxes into a service desk that is worked entirely by email."""


def main() -> None:
    """Run the command line; the entry point of the `mailcase` script."""
    app()
