"""`mailcase case show`: one case and its timeline, to be read from top to bottom."""

import textwrap
from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mailcase.cli import options, printing
from mailcase.cli.acting import Number, Seeing, viewer
from mailcase.cli.cases import mail_row, name_of, summary

if TYPE_CHECKING:
    from mailcase.desk.history import History, Line
    from mailcase.domain.flow_time import StageTime

MAX_LINES = 12
"""Lines of one mail or note, unless the whole of it is wanted."""
WIDTH = 100
MARGIN = " " * 9


def show(
    number: Number,
    full: Annotated[bool, typer.Option("--full", help="Print every mail and note to its end.")] = False,
    who: Seeing = None,
    as_json: options.Json = False,
    config: options.Config = None,
) -> None:
    """Show one case: what it is, and what happened in its time, with who did it and why."""
    from mailcase.desk.history import read
    from mailcase.desk.visits import times
    from mailcase.domain.number import parse_number
    from mailcase.store import outbox

    with options.opened(config) as app, app.database.read() as tx:
        history = read(tx, app.desk, parse_number(number), number, viewer(app, who))
        mails = outbox.of_case(tx, history.case.id)
        stages = times(app.desk, history.visits, app.now())
    if as_json:
        known: dict[str, tuple[Any, ...]] = {
            "activities": history.activities,
            "timeline": history.entries,
            "clocks": history.clocks,
        }
        details = {name: [asdict(value) for value in values] for name, values in known.items()}
        related = [{"is": what, "number": other.number, "title": other.title} for what, other in history.relations]
        case = summary(history.case, history.contact) | {"case": asdict(history.case), "relations": related}
        details["stages"] = [_stage_json(one) for one in stages]
        printing.as_json(case | details | {"mails": [mail_row(mail) for mail in mails]})
        return
    _print(history, stages, is_full=full)


def _print(history: "History", stages: "tuple[StageTime, ...]", *, is_full: bool) -> None:
    case = history.case
    printing.table(f"{case.number}  {case.title}", ("", ""), [row for row in _facts(history) if row[1]], empty="")
    tables: tuple[tuple[str, tuple[str, ...], list[tuple[object, ...]]], ...] = (
        ("Clocks", ("KPI", "State", "Due"), [(clock.kpi, clock.state, clock.due_at) for clock in history.clocks]),
        ("Stages", ("Flow", "Stage", "Time", "Business time", ""), [_stage(one) for one in stages]),
        ("Other cases", ("Is", "Number", "Title", "Status"), _related(history)),
        ("To be done", ("Number", "What", "Owner", "Due"), _to_do(history)),
    )
    for title, columns, rows in tables:
        if rows:
            typer.echo()
            printing.table(title, columns, rows, empty="")
    typer.echo("\nTimeline")
    for line in _story(history, is_full=is_full):
        typer.echo(line)


def _facts(history: "History") -> tuple[tuple[str, object], ...]:
    case = history.case
    return (
        ("Status", f"{case.status} / {case.status_reason}"),
        ("Customer", name_of(history.contact)),
        ("Copied", ", ".join(case.cc)),
        ("Priority", f"{case.priority}{', escalated' if case.is_escalated else ''}"),
        ("Type", case.case_type),
        ("Subject", case.subject),
        ("Product", case.product),
        ("Origin", case.origin),
        ("Queue", case.queue),
        ("Owner", case.owner),
        ("Flow", history.standing.flow),
        ("Stage", history.standing.stage),
        ("To do there", "; ".join(history.standing.missing)),
        ("SLA", case.sla),
        ("Put aside until", case.follow_up_at),
        ("Opened", case.created_at),
        ("First response", case.first_response_at),
        ("Resolved", case.resolved_at),
        ("Time spent", _time(history)),
        ("Tags", " ".join(case.tags)),
        *case.custom,
    )


def _time(history: "History") -> str:
    from mailcase.domain.minutes import shown
    from mailcase.domain.work import spent

    total, charged = spent(history.activities), history.case.billable_minutes
    if not total.minutes:
        return ""
    return f"{shown(total.minutes)}, {shown(total.billable_minutes if charged is None else charged)} billable"


def _stage(one: "StageTime") -> tuple[object, ...]:
    from mailcase.domain.minutes import shown

    spent, business = (
        "" if length is None else shown(int(length.total_seconds()) // 60) for length in (one.spent, one.business)
    )
    return one.flow, one.stage, spent, business, "now" if one.is_current else ""


def _stage_json(one: "StageTime") -> dict[str, Any]:
    return {
        "flow": one.flow,
        "stage": one.stage,
        "visits": one.visits,
        "spent_s": one.spent.total_seconds(),
        "business_s": None if one.business is None else one.business.total_seconds(),
        "is_current": one.is_current,
    }


def _related(history: "History") -> list[tuple[object, ...]]:
    return [(what, other.number, other.title, other.status) for what, other in history.relations]


def _to_do(history: "History") -> list[tuple[object, ...]]:
    from mailcase.domain.work import open_ones

    return [
        (
            one.id,
            f"{one.kind}: {' '.join(one.text.split())}",
            f"queue {one.queue}" if one.queue else one.owner,
            one.due_at,
        )
        for one in open_ones(history.activities)
    ]


def _story(history: "History", *, is_full: bool) -> Iterator[str]:
    day = ""
    for line in history.lines:
        local = line.at.astimezone()
        if f"{local:%a %Y-%m-%d}" != day:
            day = f"{local:%a %Y-%m-%d}"
            yield f"\n{day}"
        other = f" [{line.number}]" if line.number != history.case.number else ""
        yield f"  {local:%H:%M}  {line.who}: {printing.harmless(' '.join(line.what.split()))}  ({line.cause}){other}"
        yield from _words(line, is_full=is_full)


def _words(line: "Line", *, is_full: bool) -> Iterator[str]:
    """Yield what was written, beside a bar, and the names of the files."""
    paragraphs = line.words.splitlines()
    wrapped = [part for one in paragraphs for part in textwrap.wrap(one, WIDTH, drop_whitespace=False) or [""]]
    shown = wrapped if is_full or len(wrapped) <= MAX_LINES else [*wrapped[: MAX_LINES - 1], "… (--full shows all)"]
    for part in shown:
        yield f"{MARGIN}│ {printing.harmless(part).rstrip()}"
    for file in line.files:
        yield f"{MARGIN}│ [{file.name}, {file.size} bytes]"
    if line.signature_images:
        yield f"{MARGIN}│ [{_images(line.signature_images)}]"


def _images(count: int) -> str:
    return "1 signature image" if count == 1 else f"{count} signature images"
