"""`mailcase inbox show | release | discard`: one received mail, and what a person decides about it."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mailcase.cli import acting, options, printing
from mailcase.cli.acting import Seeing

if TYPE_CHECKING:
    from mailcase.app import App
    from mailcase.domain.inbox import InboxMessage

MailId = Annotated[int, typer.Argument(help="Number of the mail, as `list` shows it.", show_default=False)]
MAX_SHOWN = 4_000
"""Characters of a text on a terminal; `inbox raw` has all of it."""


def show(mail: MailId, who: Seeing = None, as_json: options.Json = False, config: options.Config = None) -> None:
    """Show a received mail: where it stands and why, what it says, and what was done with it by hand."""
    from mailcase.daemon.held import find
    from mailcase.store import audit

    with options.opened(config) as app:
        message, raw = find(app, mail)
        with app.database.read() as tx:
            acting.require_sight(app, tx, message.case_id, who)
            records = audit.of_object(tx, "inbox", mail)
        content = _content(app, raw)
    facts = _facts(message)
    if as_json:
        history = [asdict(record) for record in records]
        printing.as_json(asdict(message) | {"case": facts["Case"], "content": content, "history": history})
        return
    printing.table(f"Mail {mail}", ("", ""), [(name, value) for name, value in facts.items() if value], empty="")
    typer.echo()
    if content["unreadable"]:
        typer.echo(f"It cannot be read: {content['unreadable']}")
    else:
        rows = [(name.capitalize(), value) for name, value in content.items() if value and name != "text"]
        printing.table("What it says of itself", ("", ""), rows, empty="")
        typer.echo(f"\n{_cut(content['text'])}")
    if records:
        typer.echo()
        shown = [(record.at, record.actor, record.action, record.changes) for record in records]
        printing.table("By hand", ("When", "Who", "What", "Changes"), shown, empty="")


def release(mail: MailId, config: options.Config = None) -> None:
    """File a held mail as a new case in spite of the reason. The agents are told; the sender is not answered."""
    from mailcase.daemon.held import release as release_mail
    from mailcase.domain.number import format_number

    with options.opened(config) as app:
        settled = release_mail(app, mail, options.actor())
    assert settled.case_id is not None, "a released mail opens a case"
    typer.echo(f"Mail {mail} is filed as {format_number(settled.case_id)}.")


def discard(
    mail: MailId,
    reason: Annotated[str, typer.Option("--reason", help="Why, in words; kept with the mail.", show_default=False)],
    config: options.Config = None,
) -> None:
    """Set a held mail aside. Its bytes are kept, who did it and why too, and `inbox retry` takes it back."""
    from mailcase.daemon.held import discard as discard_mail
    from mailcase.errors import Refused

    if not reason.strip():
        raise Refused("a mail is discarded for a reason; say it with --reason.")
    with options.opened(config) as app:
        discard_mail(app, mail, reason.strip(), options.actor())
    typer.echo(f"Mail {mail} is discarded; `mailcase inbox raw {mail}` still gives its bytes.")


def _facts(message: "InboxMessage") -> dict[str, Any]:
    from mailcase.domain.number import format_number

    return {
        "State": message.state,
        "Reason": message.reason,
        "Why, and what to do": message.detail,
        "Mailbox": message.mailbox,
        "Case": format_number(message.case_id) if message.case_id else None,
        "Rule": message.rule,
        "Kind": message.kind,
        "Stored": message.received_at,
        "Came to the server": message.internal_date,
        "Attempts": message.attempts,
        "Size": f"{message.size} bytes",
        "From": f"{message.source}, uidvalidity {message.uidvalidity}, UID {message.uid}",
        "SHA-256": message.sha256,
    }


def _content(app: "App", raw: bytes) -> dict[str, Any]:
    """Return what the mail says, read with the wider limits of `release`."""
    from mailcase.errors import Unparseable
    from mailcase.mail.limits import relaxed
    from mailcase.mail.parse import parse

    try:
        email = parse(raw, relaxed(app.limits))
    except Unparseable as error:
        return {"unreadable": str(error)}
    return {
        "unreadable": "",
        "from": ", ".join(one.address for one in email.senders),
        "to": ", ".join(one.address for one in (*email.to, *email.cc)),
        "subject": email.subject,
        "date": email.date,
        "message-id": email.message_id,
        "attached": ", ".join(f"{file.name} ({file.size} bytes)" for file in email.attachments),
        "text": email.text,
    }


def _cut(text: str) -> str:
    return text if len(text) <= MAX_SHOWN else f"{text[:MAX_SHOWN]} …"
