"""`mailcase backfill`: older mail is filed, and nobody is answered."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer

from mailcase.cli import options, printing

if TYPE_CHECKING:
    from mailcase.app import App
    from mailcase.daemon.backfill import Progress

MOMENT_HELP = "A date such as 2026-01-31, at its start in the desk's time zone, or a moment with its zone."


def backfill(
    mailbox: Annotated[str, typer.Argument(help="Name of the mailbox in mailcase.toml.", show_default=False)],
    since: Annotated[str, typer.Option("--since", help=f"From then on. {MOMENT_HELP}", show_default=False)],
    until: Annotated[
        str | None, typer.Option("--until", help="Before then; else to where the daemon began.", show_default=False)
    ] = None,
    as_json: options.Json = False,
    config: options.Config = None,
) -> None:
    """File older mail of a mailbox for the record: nobody is answered or told, and no clock begins.

    Mail that is stored already is passed over: started again, it goes on where it was cut off. It may run beside the daemon.
    """
    from mailcase.daemon.sources import session_of
    from mailcase.domain.counting import counted
    from mailcase.errors import Invalid

    with options.opened(config) as app:
        if mailbox not in app.config.mailboxes:
            known = ", ".join(app.config.mailboxes) or "none"
            raise Invalid(f"there is no mailbox {mailbox}; mailcase.toml has: {known}.")
        begin, end = _moment(app, since), _moment(app, until) if until else None
        if end is not None and end <= begin:
            raise Invalid(f"--until {until} is not after --since {since}.")
        session = session_of(app.config, mailbox, app.tokens)
        try:
            done = _run(app, mailbox, session, (begin, end), is_quiet=as_json)
        finally:
            session.close()
    if as_json:
        printing.as_json({"found": done.found, "known": done.known, "stored": done.stored, "gone": done.gone})
        return
    typer.echo(
        f"{counted(done.found, 'mail')} found, {done.known} of them known before, {done.stored} stored and filed now."
    )


def _run(
    app: "App", mailbox: str, session: object, span: tuple[datetime, datetime | None], *, is_quiet: bool
) -> "Progress":
    from rich.progress import BarColumn, MofNCompleteColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    from mailcase.daemon.backfill import Progress
    from mailcase.daemon.backfill import backfill as run

    done = Progress(found=0, known=0)
    is_hidden = is_quiet or not printing.console().is_terminal
    with Bar(BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), transient=True, disable=is_hidden) as bar:
        task = bar.add_task("", total=None)
        for done in run(app, mailbox, session, *span):  # type: ignore[arg-type]  # an ImapSession, imported late
            bar.update(task, total=done.found, completed=done.done)
    return done


def _moment(app: "App", text: str) -> datetime:
    from mailcase.errors import Invalid

    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise Invalid(f"{text} is not a date such as 2026-01-31, nor a moment such as 2026-01-31T08:00Z.") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(app.config.desk.time_zone))
