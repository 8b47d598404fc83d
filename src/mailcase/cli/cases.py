"""`mailcase case list`: cases as tables."""

from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mailcase.cli import acting, options, printing
from mailcase.cli.acting import Seeing
from mailcase.domain.case import Status

if TYPE_CHECKING:
    from mailcase.domain.case import Case
    from mailcase.domain.party import Contact
    from mailcase.rules.rulebook import Rulebook
    from mailcase.store.cases import CaseFilter
    from mailcase.store.tx import Tx

CASE_COLUMNS = ("Number", "Title", "Status", "Queue", "Owner", "Opened")
"""Of a list of one customer's cases."""
app = typer.Typer(help="Look at cases and work on them.", no_args_is_help=True)


@app.command("list")
def list_cases(
    status: Annotated[Status | None, typer.Option(help="Only cases of this status.", show_default=False)] = None,
    queue: Annotated[str | None, typer.Option(help="Only cases routed to this queue.", show_default=False)] = None,
    owner: Annotated[
        str | None, typer.Option(help="Only cases of this agent or team, by key.", show_default=False)
    ] = None,
    customer: Annotated[
        str | None,
        typer.Option(help="Only cases of the contact with this address, or of this account.", show_default=False),
    ] = None,
    text: Annotated[str, typer.Option(help="Only cases with this in title or description.", show_default=False)] = "",
    limit: options.Limit = 50,
    who: Seeing = None,
    as_json: options.Json = False,
    config: options.Config = None,
) -> None:
    """List the cases that you may see, the newest first."""
    from mailcase.store import cases, contacts

    with options.opened(config) as app_, app_.database.read() as tx:
        asked = cases.CaseFilter(status=status, queue=queue, owner=owner, text=text, hidden=acting.hidden(app_, who))
        wanted = _of_customer(tx, asked, customer)
        found = cases.find(tx, wanted, limit=limit)
        total = cases.count(tx, wanted)
        if not found:
            _require_names(app_.desk.rulebook, queue, owner)
        people = {case.contact_id: contacts.get(tx, case.contact_id) for case in found}
    if as_json:
        printing.as_json([summary(case, people[case.contact_id]) for case in found])
        return
    rows = [
        (
            case.number,
            case.title,
            f"{case.status} / {case.status_reason}",
            case.priority,
            case.queue,
            case.owner,
            name_of(people[case.contact_id]),
            case.created_at,
        )
        for case in found
    ]
    title = f"{len(found)} of {total} cases"
    columns = ("Number", "Title", "Status", "Priority", "Queue", "Owner", "Customer", "Opened")
    printing.table(title, columns, rows, empty="No cases.")


def _require_names(rules: "Rulebook", queue: str | None, owner: str | None) -> None:
    """Raise Refused with the names that there are: what has no case may be a typing mistake."""
    from mailcase.desk.call import find_owner, find_queue

    if queue is not None:
        find_queue(queue, rules.queues)
    if owner is not None:
        find_owner(owner, None, rules)


def _of_customer(tx: "Tx", wanted: "CaseFilter", customer: str | None) -> "CaseFilter":
    from mailcase.desk import accounts, contacts

    if customer is None:
        return wanted
    if "@" in customer:
        return replace(wanted, contact_id=contacts.find(tx, customer).id)
    return replace(wanted, account_id=accounts.find(tx, customer).id)


def case_row(case: "Case") -> tuple[object, ...]:
    """Return a case as a line below `CASE_COLUMNS`."""
    state = f"{case.status} / {case.status_reason}"
    return (case.number, case.title, state, case.queue, case.owner, case.created_at)


def summary(case: "Case", contact: "Contact | None") -> dict[str, Any]:
    """Return what a list tells of a case, for JSON."""
    return {
        "number": case.number,
        "title": case.title,
        "status": case.status,
        "status_reason": case.status_reason,
        "queue": case.queue,
        "customer": contact.address if contact else None,
        "priority": case.priority,
        "owner": case.owner,
        "mailbox": case.mailbox,
        "created_at": case.created_at,
    }


def mail_row(mail: Any) -> dict[str, Any]:
    """Return what a list tells of an outgoing mail, for JSON."""
    from mailcase.domain.number import format_number

    return {
        "id": mail.id,
        "to": [recipient.address for recipient in mail.recipients],
        "subject": mail.subject,
        "template": mail.template,
        "case": format_number(mail.case_id) if mail.case_id else None,
        "state": mail.state,
        "attempts": mail.attempts,
        "due_at": mail.due_at,
        "message_id": mail.message_id,
        "response": mail.response,
        "recipients": [asdict(recipient) for recipient in mail.recipients],
    }


def name_of(contact: "Contact | None") -> str:
    """Return a customer as a table shows one."""
    return "" if contact is None else f"{contact.name} <{contact.address}>" if contact.name else contact.address
