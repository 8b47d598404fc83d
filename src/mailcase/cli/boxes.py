"""`mailcase inbox` and `mailcase outbox`: mail on its way in and on its way out."""

from dataclasses import asdict, replace
from pathlib import Path
from typing import Annotated

import typer

from mailcase.cli import acting, options, printing
from mailcase.cli.acting import Seeing
from mailcase.cli.cases import mail_row
from mailcase.domain.inbox import InboxState
from mailcase.domain.outbox import OutboxState

inbox_app = typer.Typer(help="Received mail: list it, read it, try it again.", no_args_is_help=True)
outbox_app = typer.Typer(help="Outgoing mail.", no_args_is_help=True)
PRIVATE = "(of a private queue)"
"""Stands for the subject of a mail that is not for whoever looks."""
MailId = Annotated[int, typer.Argument(help="Number of the mail, as `list` shows it.", show_default=False)]


@inbox_app.command("list")
def list_inbox(
    held: Annotated[bool, typer.Option("--held", help="Only mail that is held; the same as --state held.")] = False,
    state: Annotated[InboxState | None, typer.Option(help="Only mail in this state.", show_default=False)] = None,
    mailbox: Annotated[str | None, typer.Option(help="Only mail of this mailbox.", show_default=False)] = None,
    limit: options.Limit = 50,
    who: Seeing = None,
    as_json: options.Json = False,
    config: options.Config = None,
) -> None:
    """List received mail, the newest first."""
    from mailcase.domain.number import format_number
    from mailcase.store import inbox

    with options.opened(config) as app, app.database.read() as tx:
        found = inbox.find(tx, state=InboxState.HELD if held else state, mailbox=mailbox, limit=limit)
        closed = acting.unseen(app, tx, (message.case_id for message in found), who)
        found = [replace(one, sender="", subject=PRIVATE) if one.case_id in closed else one for one in found]
    numbers = {message.id: format_number(message.case_id) if message.case_id else None for message in found}
    if as_json:
        printing.as_json([asdict(message) | {"case": numbers[message.id]} for message in found])
        return
    rows = [
        (
            message.id,
            message.received_at,
            message.mailbox,
            message.state,
            message.reason,
            numbers[message.id],
            message.sender,
            message.subject,
            message.detail,
        )
        for message in found
    ]
    columns = ("Mail", "Received", "Mailbox", "State", "Reason", "Case", "From", "Subject", "Why, and what to do")
    printing.table("Inbox", columns, rows, empty="No mail.")


@inbox_app.command("held")
def list_held(
    mailbox: Annotated[str | None, typer.Option(help="Only mail of this mailbox.", show_default=False)] = None,
    limit: options.Limit = 50,
    as_json: options.Json = False,
    config: options.Config = None,
) -> None:
    """List the mail that waits for a person, the newest first: `show` has more of one; `retry`, `release` or `discard` it."""
    list_inbox(held=True, mailbox=mailbox, limit=limit, as_json=as_json, config=config)


@inbox_app.command("retry")
def retry(mail: MailId, config: options.Config = None) -> None:
    """Try a held or skipped mail again: at once where no daemon runs, else within seconds."""
    from mailcase.errors import Refused
    from mailcase.store import inbox

    with options.opened(config) as app, app.database.begin() as tx:
        message = inbox.get(tx, mail)
        if message is None or message.state not in (InboxState.HELD, InboxState.SKIPPED):
            state = message.state if message else "not there"
            raise Refused(f"mail {mail} is {state}; only held and skipped mail can be tried again.")
        if inbox.raw(tx, message.sha256) is None:
            raise Refused(f"the bytes of mail {mail} were erased; it cannot be tried again.")
        inbox.requeue(tx, message)
    typer.echo(f"Mail {mail} is due again; the daemon files it, or `mailcase run --once`.")


@inbox_app.command("raw")
def raw(
    mail: MailId,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write to this file.", show_default=False)
    ] = None,
    who: Seeing = None,
    config: options.Config = None,
) -> None:
    """Write the bytes of a mail as they were received, to standard output or a file."""
    from mailcase.errors import Refused
    from mailcase.store import inbox

    with options.opened(config) as app, app.database.read() as tx:
        message = inbox.get(tx, mail)
        acting.require_sight(app, tx, message.case_id if message else None, who)
        content = inbox.raw(tx, message.sha256) if message else None
    if content is None:
        raise Refused(f"mail {mail} is not here; `mailcase inbox list` shows what is.")
    if output is None:
        typer.get_binary_stream("stdout").write(content)
    else:
        output.write_bytes(content)


@outbox_app.command("list")
def list_outbox(
    state: Annotated[OutboxState | None, typer.Option(help="Only mail in this state.", show_default=False)] = None,
    mailbox: Annotated[str | None, typer.Option(help="Only mail of this mailbox.", show_default=False)] = None,
    limit: options.Limit = 50,
    who: Seeing = None,
    as_json: options.Json = False,
    config: options.Config = None,
) -> None:
    """List outgoing mail, the newest first."""
    from mailcase.store import outbox

    with options.opened(config) as app, app.database.read() as tx:
        found = outbox.find(tx, state=state, mailbox=mailbox, limit=limit)
        closed = acting.unseen(app, tx, (message.case_id for message in found), who)
        found = [replace(one, subject=PRIVATE) if one.case_id in closed else one for one in found]
    shown = [mail_row(message) for message in found]
    if as_json:
        printing.as_json(shown)
        return
    rows = [
        (
            row["id"],
            row["state"],
            ", ".join(row["to"]),
            row["subject"],
            row["template"],
            row["case"],
            row["due_at"],
            row["response"],
        )
        for row in shown
    ]
    columns = ("Mail", "State", "To", "Subject", "Template", "Case", "Due", "Server's answer")
    printing.table("Outbox", columns, rows, empty="No mail.")
