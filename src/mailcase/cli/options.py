"""Options that many commands share, and what follows from them."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from mailcase.app import App

CONFIG_HELP = "The settings file; else $MAILCASE_CONFIG, else ./mailcase.toml."
Config = Annotated[Path | None, typer.Option("--config", "-c", help=CONFIG_HELP, show_default=False)]
Json = Annotated[bool, typer.Option("--json", help="Print JSON for programs instead of a table.")]
Limit = Annotated[int, typer.Option("--limit", "-n", min=1, help="Show this many at most, the newest.")]


of_program: ContextVar[Path | None] = ContextVar("of_program", default=None)
"""What `mailcase --config`, before the command, or the environment named."""


def config_path(given: Path | None) -> Path:
    """Return the settings file: of the command, of `mailcase --config`, of the environment, or the default."""
    return given or of_program.get() or Path("mailcase.toml")


@contextmanager
def opened(given: Path | None) -> Iterator["App"]:
    """Build the application for one command, with quiet logs, and close it after."""
    from mailcase import log
    from mailcase.app import build

    log.configure("warning", "auto")
    app = build(config_path(given))
    try:
        yield app
    finally:
        app.close()


def actor() -> str:
    """Return who runs this command, for the audit log."""
    return f"{user()} (command line)"


def user() -> str:
    """Return the user of the operating system."""
    import os
    import pwd

    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:  # a container may run under a number without a name
        return f"user {os.getuid()}"
