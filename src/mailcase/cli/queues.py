"""`mailcase queue`: what waits where, and putting cases into queues and out of them."""

from dataclasses import asdict
from typing import Annotated, Any

import typer

from mailcase.cli import acting, options, printing
from mailcase.cli.acting import As, Number, Seeing
from mailcase.cli.case_work import do

app = typer.Typer(help="What waits in the queues, and what is put into them and out.", no_args_is_help=True)
Queue = Annotated[str, typer.Argument(help="Name or title of a queue.", show_default=False)]


@app.command("list")
def list_queues(as_json: options.Json = False, config: options.Config = None) -> None:
    """List the queues with their members, and how many cases are in each."""
    from mailcase.store import workload

    with options.opened(config) as opened, opened.database.read() as tx:
        queues, found = opened.desk.rulebook.queues, workload.waiting(tx)
    names = [*queues, *sorted(found.keys() - queues.keys())]
    rows: list[dict[str, Any]] = []
    for name in names:
        queue, here = queues.get(name), found.get(name)
        rows.append(
            {
                "name": name,
                "title": queue.title if queue else None,
                "private": queue.is_private if queue else None,
                "members": list(queue.members) if queue else [],
                "assign": queue.terms.method if queue else None,
                "waiting": here.items - here.picked if here else 0,
                "picked": here.picked if here else 0,
                "oldest": here.oldest if here else None,
            }
        )
    if as_json:
        printing.as_json(rows)
        return
    columns = ("Name", "Title", "Private", "Members", "Assigns", "Waiting", "Picked", "Oldest since")
    shown = [
        tuple(
            ("yes" if value else "") if key == "private" else ", ".join(value) if key == "members" else value
            for key, value in row.items()
        )
        for row in rows
    ]
    printing.table(f"{len(queues)} queues", columns, shown, empty="No queues.")


@app.command("show")
def show(
    queue: Queue,
    waiting: Annotated[bool, typer.Option("--waiting", help="Only cases that nobody works on.")] = False,
    limit: options.Limit = 50,
    who: Seeing = None,
    as_json: options.Json = False,
    config: options.Config = None,
) -> None:
    """Show a queue: how it works, and its cases, those that came first before the others."""
    from mailcase.desk.call import find_queue
    from mailcase.desk.rights import require_queue
    from mailcase.store import cases, queues

    with options.opened(config) as opened, opened.database.read() as tx:
        rules = opened.desk.rulebook
        found = find_queue(queue, rules.queues)
        require_queue(rules, acting.viewer(opened, who), found)
        items = queues.by_queue(tx, found.name, only_waiting=waiting)
        listed = [(item, case) for item in items[:limit] if (case := cases.get(tx, item.case_id)) is not None]
    if as_json:
        shown = [
            {"number": case.number, "title": case.title, "owner": case.owner, **asdict(item)} for item, case in listed
        ]
        printing.as_json(asdict(found) | {"total": len(items), "items": shown})
        return
    facts: dict[str, object] = {
        "Members": ", ".join(found.members),
        "Teams": ", ".join(found.teams),
        "Private": "yes" if found.is_private else "",
        "Assigns": found.terms.method,
        "Mailbox": found.mailbox,
    }
    printing.table(f"{found.title} ({found.name})", ("", ""), [row for row in facts.items() if row[1]], empty="")
    typer.echo()
    rows = [
        (case.number, case.title, case.priority, item.entered_at, item.worked_by, case.owner) for item, case in listed
    ]
    columns = ("Number", "Title", "Priority", "In the queue since", "Picked by", "Owner")
    printing.table(f"{len(rows)} of {len(items)} cases", columns, rows, empty="No cases.")


@app.command("add")
def add(
    queue: Queue, number: Number, who: As = None, as_json: options.Json = False, config: options.Config = None
) -> None:
    """Put a case into a queue, out of the one that it is in."""
    do(number, "queue", queue, who, as_json=as_json, given=config)


@app.command("pick")
def pick(number: Number, who: As = None, as_json: options.Json = False, config: options.Config = None) -> None:
    """Take a case from its queue to work on it."""
    do(number, "pick", "", who, as_json=as_json, given=config)


@app.command("release")
def release(number: Number, who: As = None, as_json: options.Json = False, config: options.Config = None) -> None:
    """Give a case that was picked back to its queue."""
    do(number, "release", "", who, as_json=as_json, given=config)


@app.command("remove")
def remove(number: Number, who: As = None, as_json: options.Json = False, config: options.Config = None) -> None:
    """Take a case out of its queue: its owner goes on, and nobody picks it there."""
    do(number, "queue", "-", who, as_json=as_json, given=config)
