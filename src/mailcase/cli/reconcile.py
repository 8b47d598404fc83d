"""`mailcase inbox reconcile`: whether the servers, the ledger and the cases agree."""

from typing import Annotated

import typer

from mailcase.cli import options, printing


def reconcile(
    mailboxes: Annotated[
        list[str] | None, typer.Argument(metavar="[MAILBOX…]", help="Only these; else every one with a server.")
    ] = None,
    as_json: options.Json = False,
    config: options.Config = None,
) -> None:
    """Compare what the mail servers hold with what was taken and filed. Nothing is changed; the daemon does it each night.

    Ends with 1 when there are differences.
    """
    from dataclasses import asdict

    from mailcase.daemon.reconcile import reconcile as compare
    from mailcase.daemon.sources import fetched_mailboxes
    from mailcase.errors import Invalid

    with options.opened(config) as app:
        known = fetched_mailboxes(app.config)
        strange = [name for name in mailboxes or () if name not in known]
        if strange:
            raise Invalid(f"there is no mailbox {strange[0]} with a server; there are: {', '.join(known) or 'none'}.")
        report = compare(app, mailboxes or known)
    if as_json:
        printing.as_json(asdict(report) | {"differences": report.differences})
    else:
        rows = [
            (one.mailbox, one.on_server, one.in_ledger, one.waiting, one.older, one.gone, len(one.missing))
            for one in report.mailboxes
        ]
        columns = ("Mailbox", "On the server", "Taken", "To be fetched", "Older", "Taken and gone", "Missing")
        printing.table("Servers and ledger", columns, rows, empty="No mailbox has a server.")
        for line in report.differences or ("All agrees.",):
            typer.echo(line)
    if report.differences:
        raise typer.Exit(printing.EXIT_REFUSED)
