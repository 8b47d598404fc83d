"""`mailcase ingest --pipe`: one mail from a mail server, which learns by the exit code what to do with it.

Servers send back what a command does not take with a code that they know to be temporary, and a mail must not be sent back
because a setting is wrong here: so whatever is not the mail's own fault is temporary (sysexits.h).
"""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from mailcase.cli import options
from mailcase.errors import MailcaseError
from mailcase.log import get_logger

if TYPE_CHECKING:
    from mailcase.app import App

log = get_logger(__name__)


def take(config: Path | None, sources: list[str], mailbox: str | None, recipient: str | None) -> None:
    """Store the mail on standard input, leave it to the daemon to file it, and end with a code of sysexits.h."""
    try:
        with options.opened(config) as app:
            code, said = _store(app, sources, mailbox, recipient)
    except MailcaseError as error:
        code, said = os.EX_TEMPFAIL, str(error)
    except Exception as error:
        log.exception("pipe.failed")
        code, said = os.EX_TEMPFAIL, f"{type(error).__name__}: {error}"
    if said:
        typer.echo(f"mailcase: {' '.join(said.split())}", err=True)
    raise typer.Exit(code)


def _store(app: "App", sources: list[str], mailbox: str | None, recipient: str | None) -> tuple[int, str]:
    """Store the mail; return the exit code, and a sentence when it was not stored."""
    from mailcase.daemon.ingest import owner_of, store
    from mailcase.daemon.space import require_space

    most = app.config.limits.message_bytes
    if sources != ["-"]:
        return os.EX_TEMPFAIL, f"--pipe takes the mail from standard input: write - in place of {' '.join(sources)}."
    if sys.stdin is None:
        return os.EX_TEMPFAIL, "standard input is closed; the mail server has to pass the mail there."
    raw = _without_postmark(sys.stdin.buffer.read(most + 1))
    if not raw.strip():
        return os.EX_DATAERR, "there is no mail on standard input."
    if len(raw) > most:
        return os.EX_DATAERR, f"the mail is larger than the {most} bytes of limits.message_bytes."
    owner = owner_of(app, recipient) if recipient else mailbox
    if recipient and owner is None:
        return os.EX_NOUSER, f"{recipient} has no mailbox here."
    require_space(app)
    store(app, raw, owner)
    return os.EX_OK, ""


def _without_postmark(raw: bytes) -> bytes:
    """Return a mail without the line that mbox tools put before it (RFC 4155), as procmail and some pipes do."""
    return raw.partition(b"\n")[2] if raw.startswith(b"From ") else raw
