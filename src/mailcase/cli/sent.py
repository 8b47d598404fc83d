"""`mailcase outbox show | retry`: one outgoing mail, and a person's word that it be tried again."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mailcase.cli import acting, options, printing
from mailcase.cli.acting import Seeing
from mailcase.cli.cases import mail_row

if TYPE_CHECKING:
    from mailcase.domain.outbox import OutboxMessage
    from mailcase.store.tx import Tx

MailId = Annotated[int, typer.Argument(help="Number of the mail, as `list` shows it.", show_default=False)]


def show(
    mail: MailId,
    raw: Annotated[bool, typer.Option("--raw", help="Write its bytes to standard output instead.")] = False,
    who: Seeing = None,
    as_json: options.Json = False,
    config: options.Config = None,
) -> None:
    """Show an outgoing mail: where it stands, what the servers said about each recipient, and its text."""
    from mailcase.mail.limits import Limits, relaxed
    from mailcase.mail.parse import parse
    from mailcase.store import audit

    with options.opened(config) as app, app.database.read() as tx:
        message = _get(tx, mail)
        acting.require_sight(app, tx, message.case_id, who)
        records = audit.of_object(tx, "outbox", mail)
    if raw:
        typer.get_binary_stream("stdout").write(message.raw)
        return
    content = parse(message.raw, relaxed(Limits())).text if message.raw else "(erased)"
    if as_json:
        history = [asdict(record) for record in records]
        printing.as_json(mail_row(message) | {"text": content, "history": history})
        return
    facts = [(name, value) for name, value in _facts(message).items() if value]
    printing.table(f"Mail {mail}", ("", ""), facts, empty="")
    typer.echo()
    recipients = [(one.address, one.state, one.response) for one in message.recipients]
    printing.table("Recipients", ("Address", "State", "Server's answer"), recipients, empty="No recipients.")
    typer.echo(f"\n{content}")
    for record in records:
        typer.echo(f"{printing.moment(record.at)}  {record.actor}: {record.action}")


def retry(mail: MailId, config: options.Config = None) -> None:
    """Try a dead or uncertain mail again, for the recipients that have not accepted it.

    The bytes and the Message-ID stay the same. An uncertain one may have arrived: then it comes twice.
    """
    from mailcase.desk.delivery import retry as try_again

    with options.opened(config) as app, app.database.begin() as tx:
        try_again(tx, _get(tx, mail), options.actor(), app.now())
    typer.echo(f"Mail {mail} is due again; the daemon sends it, or `mailcase run --once`.")


def _get(tx: "Tx", key: int) -> "OutboxMessage":
    from mailcase.errors import Refused
    from mailcase.store import outbox

    message = outbox.get(tx, key)
    if message is None:
        raise Refused(f"mail {key} is not in the outbox; `mailcase outbox list` shows what is.")
    return message


def _facts(message: "OutboxMessage") -> dict[str, Any]:
    row = mail_row(message)
    return {
        "State": message.state,
        "Subject": message.subject,
        "Template": message.template or "a person's words",
        "Case": row["case"],
        "Mailbox": message.mailbox,
        "Written": message.created_at,
        "Due": message.due_at,
        "Sent": message.sent_at,
        "Attempts": message.attempts,
        "Server's answer": message.response,
        "Message-ID": f"<{message.message_id}>",
        "Return path": f"<{message.envelope_from}>",
    }
