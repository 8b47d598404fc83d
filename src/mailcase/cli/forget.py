"""`mailcase forget`: a person's data, erased everywhere, with a proof."""

from typing import TYPE_CHECKING, Annotated

import typer

from mailcase.cli import options, printing

if TYPE_CHECKING:
    from mailcase.daemon.forget import Forgotten
    from mailcase.desk.forgetting import Person


def forget(
    address: Annotated[str, typer.Argument(help="A mail address of the person.", show_default=False)],
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    as_json: options.Json = False,
    config: options.Config = None,
) -> None:
    """Erase all that the desk has of a person: contact, cases, mails in and out, files, timeline, and what was read of them.

    Lines of the ledger and of the audit log stay, without content. What others wrote stays too, with the address taken out.
    Then everything is searched for every address of the person, and the result printed; it ends with 1 when something is
    left. A daemon may run meanwhile. There is no way back; backups are not touched.
    """
    from mailcase.daemon.forget import forget as erase
    from mailcase.daemon.forget import look
    from mailcase.errors import Refused

    with options.opened(config) as app:
        person = look(app, address)
        if not yes:
            if not printing.is_terminal():
                raise Refused("nobody is there to be asked; say --yes to erase without a question.")
            typer.echo(f"{_known(person)} This cannot be undone.")
            typer.confirm("Erase it?", abort=True)
        done = erase(app, person, options.actor())
    if as_json:
        printing.as_json(_json(done))
    else:
        _show(done)
    if not done.is_complete:
        raise typer.Exit(printing.EXIT_REFUSED)


def _known(person: "Person") -> str:
    who = f"contact {person.contact.id}" if person.contact else "no contact"
    return f"{', '.join(person.addresses)}: {who}, {len(person.cases)} cases, {len(person.mails)} mails."


def _show(done: "Forgotten") -> None:
    typer.echo(_known(done.person))
    for title, counts in (("Removed", done.removed), ("Address replaced in rows of others", done.redacted)):
        printing.table(title, ("What", "Number"), sorted(counts.items()), empty=f"{title}: nothing.")
    proof = done.proof
    typer.echo(
        f"Searched: {proof.texts} columns of texts in all tables, {proof.contents} mails, files and other contents with "
        f"{proof.bytes} bytes, for {len(done.person.addresses)} addresses and their hashes."
    )
    printing.table("Still found", ("Where", "Rows"), sorted(proof.found.items()), empty="Found: 0.")
    for line in done.left:
        typer.echo(line)


def _json(done: "Forgotten") -> dict[str, object]:
    person, proof = done.person, done.proof
    return {
        "addresses": list(person.addresses),
        "contact": person.contact.id if person.contact else None,
        "cases": len(person.cases),
        "mails": len(person.mails),
        "removed": dict(sorted(done.removed.items())),
        "redacted": dict(sorted(done.redacted.items())),
        "searched": {"texts": proof.texts, "contents": proof.contents, "bytes": proof.bytes},
        "found": dict(proof.found),
        "left": list(done.left),
        "is_complete": done.is_complete,
    }
