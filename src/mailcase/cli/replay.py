"""`mailcase rules replay`: what other rules would have made of the mail of the last weeks. Nothing is written."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mailcase.cli import options, printing

if TYPE_CHECKING:
    from mailcase.app import App
    from mailcase.desk.replay import Comparison, Replayed
    from mailcase.rules.rulebook import Rulebook

MAX_TEXT = 60  # characters of a subject or value in the table; --json has all of it
Against = Annotated[
    Path | None,
    typer.Option(
        "--against",
        help="A folder of proposed rules, tried against those of the desk. If left out, the rules of the desk are tried"
        " against what was decided at the time.",
        show_default=False,
        exists=True,
        file_okay=False,
    ),
]


@dataclass
class Tally:
    """What a replay found so far."""

    mails: int = 0
    unread: int = 0
    differing: "list[Replayed]" = field(default_factory=list)
    sorts: Counter[str] = field(default_factory=Counter)
    """Mails by sort of difference; one mail may count under several."""
    outcomes: Counter[tuple[str, str]] = field(default_factory=Counter)


def replay(
    since: Annotated[
        str, typer.Option("--since", help="How far back: 30d, 12h, or a date such as 2026-03-01.")
    ] = "30d",
    against: Against = None,
    limit: options.Limit = 50,
    as_json: options.Json = False,
    config: options.Config = None,
) -> None:
    """Try rules on stored mail and say what would come out differently; exit code 1 when something would."""
    with options.opened(config) as app:
        start = moment_of(since, app.now())
        compared = _compared(app, against)
        tally = Tally()
        for mail in _with_progress(app, compared, start, tally):
            _count(tally, mail)
    if as_json:
        printing.as_json(_document(tally, compared, start))
    else:
        _print(tally, compared, start, limit)
    if tally.differing:
        raise typer.Exit(printing.EXIT_REFUSED)


def moment_of(text: str, now: datetime) -> datetime:
    """Return the moment that `text` (a duration back from `now`, or a date of UTC) means."""
    from datetime import UTC

    from mailcase.errors import Invalid
    from mailcase.rules.form_types import parse_duration

    try:
        found = datetime.fromisoformat(text)
        return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    except ValueError:
        pass  # no date
    try:
        return now - parse_duration(text)
    except ValueError:
        raise Invalid(f"--since {text!r} is neither a duration such as 30d nor a date such as 2026-03-01.") from None


def _compared(app: "App", against: Path | None) -> "Comparison":
    from mailcase.desk.replay import Comparison
    from mailcase.rules.load import load

    desk = app.desk
    boxes, numbers = list(desk.mailboxes.values()), desk.library.numbers
    proposed: Rulebook = desk.rulebook if against is None else load(against, boxes, numbers)
    return Comparison(
        proposed=proposed,
        present=None if against is None else desk.rulebook,
        mailboxes=desk.mailboxes,
        limits=app.limits,
    )


def _with_progress(app: "App", compared: "Comparison", since: datetime, tally: Tally) -> "Iterator[Replayed]":
    """Yield every mail, with a line of progress on a terminal."""
    from rich.console import Console
    from rich.progress import MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    from mailcase.desk.replay import replay_page
    from mailcase.store import rulings

    columns = (SpinnerColumn(), TextColumn("{task.description}"), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        with app.database.read() as tx:
            task = progress.add_task("mails", total=rulings.count(tx, since))
        last, is_last = 0, False
        while not is_last:
            with app.database.read() as tx:  # one for each page: a long one would keep the log of SQLite growing
                page = replay_page(tx, compared, since, last)
            yield from page.replayed
            tally.unread += page.unread
            progress.advance(task, len(page.replayed) + page.unread)
            last, is_last = page.last, page.is_last


def _count(tally: Tally, mail: "Replayed") -> None:
    tally.mails += 1
    tally.outcomes[mail.before.outcome, mail.after.outcome] += 1
    found = mail.differences
    if found:
        tally.differing.append(mail)
        tally.sorts.update({difference.sort.value for difference in found})


def _print(tally: Tally, compared: "Comparison", since: datetime, limit: int) -> None:
    from mailcase.rules.effect import Sort

    before = f"rules {compared.present.version}" if compared.present else "what was decided then"
    typer.echo(f"{tally.mails} mails since {printing.moment(since)}: {before} → rules {compared.proposed.version}")
    if tally.unread:
        typer.echo(f"{tally.unread} more were deleted, or cannot be parsed.")
    if not tally.differing:
        typer.echo("All come out the same.")
        return
    typer.echo(f"{len(tally.differing)} come out differently:")
    for sort in Sort:
        if tally.sorts[sort.value]:
            typer.echo(f"  {tally.sorts[sort.value]:>6}  {sort}")
    for (old, new), number in sorted(tally.outcomes.items()):
        if old != new:
            typer.echo(f"  {number:>6}  {old} → {new}")
    rows = [_row(mail) for mail in tally.differing[-limit:][::-1]]
    columns = ("Mail", "Received", "From", "Subject", "Rule", "Differs in")
    printing.table("", columns, rows, empty="")
    if len(tally.differing) > limit:
        typer.echo(f"{len(tally.differing) - limit} more; --limit shows them, --json all.")


def _row(mail: "Replayed") -> tuple[object, ...]:
    rule = mail.before.rule if mail.before.rule == mail.after.rule else f"{mail.before.rule} → {mail.after.rule}"
    changes = "\n".join(f"{d.name}: {_cut(d.before)} → {_cut(d.after)}" for d in mail.differences)
    return mail.mail, mail.received_at, mail.sender, _cut(mail.subject), rule, changes


def _cut(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= MAX_TEXT else f"{flat[: MAX_TEXT - 1]}…"


def _document(tally: Tally, compared: "Comparison", since: datetime) -> dict[str, Any]:
    """Return all of it for programs."""
    return {
        "since": since,
        "before": compared.present.version if compared.present else None,
        "after": compared.proposed.version,
        "mails": tally.mails,
        "unread": tally.unread,
        "differing": len(tally.differing),
        "sorts": dict(tally.sorts),
        "outcomes": [{"before": old, "after": new, "mails": n} for (old, new), n in sorted(tally.outcomes.items())],
        "differences": [
            {
                "mail": mail.mail,
                "received_at": mail.received_at,
                "mailbox": mail.mailbox,
                "from": mail.sender,
                "subject": mail.subject,
                "rule": [mail.before.rule, mail.after.rule],
                "changes": {d.name: [d.before, d.after] for d in mail.differences},
            }
            for mail in tally.differing
        ],
    }
