"""`mailcase why`: how a mail was matched, which rules and version decided, and why the others lost."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mailcase.cli import options, printing
from mailcase.cli.acting import Seeing, viewer

if TYPE_CHECKING:
    from mailcase.desk.explain import Explained, Explanation


def why(
    mail_or_case: Annotated[
        str,
        typer.Argument(
            help="A mail by its number or Message-ID, or a case such as CAS-000123-K7Q.", show_default=False
        ),
    ],
    limit: options.Limit = 20,
    who: Seeing = None,
    as_json: options.Json = False,
    config: options.Config = None,
) -> None:
    """Explain what became of a mail, or of the mails of a case: what was known, and every rule that was tried."""
    from mailcase.desk.explain import explain

    with options.opened(config) as app, app.database.read() as tx:
        found = explain(tx, app.desk.rulebook, mail_or_case, limit, viewer(app, who))
    if as_json:
        printing.as_json([_document(one) for one in found])
        return
    for number, one in enumerate(found):
        if number:
            typer.echo()
        _print(one)


def _print(explanation: "Explanation") -> None:
    message = explanation.message
    typer.echo(f"Mail {message.id} to {message.mailbox}, received {printing.moment(message.received_at)}")
    typer.echo(f"  {message.sender or 'unknown sender'}: {message.subject or '(no subject)'}")
    for decision in explanation.decisions:
        _print_decision(decision)
    typer.echo(f"It is {explanation.outcome}.")
    for one in explanation.setbacks:
        again = f"put off until {printing.moment(one.again_at)} after {one.failures} failures"
        typer.echo(f"{one.errand.capitalize()} of its case failed and is {again}: {one.error}")


def _print_decision(decision: "Explained") -> None:
    from mailcase.rules.trace import format_trace

    ruling = decision.ruling
    typer.echo(f"Decided {printing.moment(ruling.at)}:")
    width = max(len(label) for label, _ in decision.facts)
    for label, text in decision.facts:
        typer.echo(f"  {label:{width}}  {text}")
    for trace in decision.traces:
        typer.echo(format_trace(trace))
    typer.echo(f"→ {ruling.summary}")


def _document(explanation: "Explanation") -> dict[str, Any]:
    from mailcase.desk.memory import effect_of

    return {
        "mail": asdict(explanation.message),
        "outcome": explanation.outcome,
        "setbacks": [asdict(one) for one in explanation.setbacks],
        "decisions": [
            {
                "at": decision.ruling.at,
                "rulebook": decision.ruling.rulebook,
                "summary": decision.ruling.summary,
                "effect": asdict(effect_of(decision.ruling)),
                "facts": [{"label": label, "text": text} for label, text in decision.facts],
                "steps": [asdict(step) for trace in decision.traces for step in trace.steps],
            }
            for decision in explanation.decisions
        ],
    }
