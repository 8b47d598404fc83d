"""`mailcase sla`: where the time of a promise went, and what other promises would have come to."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo

import typer

from mailcase.cli import acting, options, printing
from mailcase.cli.acting import As, Number, Seeing

if TYPE_CHECKING:
    from mailcase.desk.sla_explain import ExplainedClock
    from mailcase.domain.sla_clock import ClockSpan

app = typer.Typer(help="Where the time of promises went, and what others would have come to.", no_args_is_help=True)
BAR = 60  # characters; one stands for the longest kind of time in its piece
SHOWN = 20  # stretches at either end of a long life
COUNTED, CLOSED, PAUSED = "█", "·", "░"
LEGEND = f"{COUNTED} counted  {CLOSED} closed  {PAUSED} paused  ▼ due  ▽ warning"
Kpi = Annotated[str, typer.Option("--kpi", help="Only clocks of this KPI, such as resolution.", show_default=False)]


@app.command("explain")
def explain(
    number: Number, kpi: Kpi = "", who: Seeing = None, as_json: options.Json = False, config: options.Config = None
) -> None:
    """Print the ledger of a case's clocks: every span, counted or not, and why."""
    from mailcase.desk.rights import require
    from mailcase.desk.sla_explain import explain_case
    from mailcase.desk.working import find
    from mailcase.domain.number import parse_number
    from mailcase.domain.permission import Right

    with options.opened(config) as opened, opened.database.read() as tx:
        case, now = find(tx, parse_number(number)), opened.now()
        require(opened.desk.rulebook, acting.viewer(opened, who), Right.SEE, case)
        found = [one for one in explain_case(tx, opened.desk, case, now) if kpi in ("", one.clock.kpi)]
    if as_json:
        printing.as_json({"number": case.number, "now": now, "clocks": [document(one) for one in found]})
        return
    if not found:
        typer.echo(f"{case.number} has no clocks{f' of the KPI {kpi}' if kpi else ''}.")
        return
    for place, one in enumerate(found):
        typer.echo(("\n" if place else "") + "\n".join(picture(one)))
    typer.echo(f"\n{LEGEND}")


def document(one: "ExplainedClock") -> dict[str, Any]:
    """Return a clock for programs; durations in seconds."""
    clock = one.clock
    return {
        "kpi": clock.kpi,
        "sla": clock.sla,
        "item": clock.item,
        "calendar": clock.calendar,
        "state": clock.state,
        "started_at": clock.started_at,
        "warn_at": clock.warn_at,
        "due_at": clock.due_at,
        "stopped_at": clock.stopped_at,
        "warned_at": clock.warned_at,
        "breached_at": clock.breached_at,
        "promised_s": clock.fail_after.total_seconds(),
        "counted_s": one.counted.total_seconds(),
        "calendar_known": one.is_calendar_known,
        "spans": [
            {
                "start": line.start,
                "until": line.until,
                "counted": line.counted,
                "cause": line.cause,
                "seconds": (line.until - line.start).total_seconds(),
            }
            for line in one.lines
        ],
    }


def picture(one: "ExplainedClock") -> Iterator[str]:
    """Yield the lines that show a clock: what it promised, its life as a bar, and every stretch of it."""
    clock, zone = one.clock, ZoneInfo(one.zone)
    state = clock.state.replace("_", " ")
    yield f"{clock.kpi} ({clock.sla} / {clock.item}): {state}, {span(one.counted)} of {span(clock.fail_after)} on the clock"
    yield f"  due {local(clock.due_at, zone)} by the calendar {clock.calendar} ({one.zone})"
    if not one.is_calendar_known:
        yield f"  the rules have no calendar {clock.calendar} any more: closed hours are shown as if they counted"
    if one.lines:
        yield from (f"  {line}" for line in bar(one))
    yield from (f"  {_stretch(line, zone)}" for line in one.lines[:SHOWN])
    if len(one.lines) > 2 * SHOWN:
        yield f"  … {len(one.lines) - 2 * SHOWN} more; --json has all"
    yield from (f"  {_stretch(line, zone)}" for line in one.lines[SHOWN:][-SHOWN:])


def _stretch(line: "ClockSpan", zone: ZoneInfo) -> str:
    length = span(line.until - line.start)
    return f"{mark(line)} {local(line.start, zone)} - {local(line.until, zone)}  {length:>9}  {line.cause}"


def bar(one: "ExplainedClock") -> Iterator[str]:
    """Yield the life of a clock as a bar of even time, with its warning and due time above it."""
    start, until = one.lines[0].start, max(one.lines[-1].until, one.clock.due_at)
    whole = until - start
    marks = {moment: sign for moment, sign in ((one.clock.warn_at, "▽"), (one.clock.due_at, "▼")) if moment}
    above = [" "] * BAR
    for moment, sign in marks.items():
        above[min(int((moment - start) / whole * BAR), BAR - 1)] = sign
    yield "".join(above).rstrip()
    pieces = (_piece(one, start + whole * place / BAR, start + whole * (place + 1) / BAR) for place in range(BAR))
    yield "".join(pieces).rstrip()


def _piece(one: "ExplainedClock", start: datetime, until: datetime) -> str:
    """Return the sign of what took most of the time between two moments; a space for the future."""
    shares: dict[str, timedelta] = {}
    for line in one.lines:
        overlap = min(line.until, until) - max(line.start, start)
        if overlap > timedelta():
            shares[mark(line)] = shares.get(mark(line), timedelta()) + overlap
    return max(shares, key=lambda sign: shares[sign]) if shares else " "


def mark(line: "ClockSpan") -> str:
    """Return the sign of a stretch."""
    if line.counted:
        return COUNTED
    return PAUSED if line.cause.startswith("paused") else CLOSED


def span(time: timedelta) -> str:
    """Return a length of time as people read it, such as `3 h 05 min`."""
    minutes, seconds = divmod(int(time.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes:02} min" if minutes else f"{hours} h"
    return f"{minutes} min" if minutes or not seconds else f"{seconds} s"


def local(moment: datetime, zone: ZoneInfo) -> str:
    """Return a moment in the zone of its calendar, with its offset."""
    at = moment.astimezone(zone)
    return f"{at:%a %Y-%m-%d %H:%M} {at:%z}"


@app.command("recalculate")
def recalculate(number: Number, who: As = None, as_json: options.Json = False, config: options.Config = None) -> None:
    """Count the clocks of a case anew, after its calendar was mended: a breach may be taken back, or found."""
    from mailcase.desk.recalculation import recalculate_case
    from mailcase.desk.rights import require
    from mailcase.desk.working import find
    from mailcase.domain.number import parse_number
    from mailcase.domain.permission import Right

    with options.opened(config) as opened:
        agent, case_id = acting.agent_of(opened, who), parse_number(number)
        with opened.database.read() as tx:
            require(opened.desk.rulebook, agent, Right.RECALCULATE, find(tx, case_id))
        act = acting.act_of(opened, agent)
        changed = acting.writing(opened, lambda tx: recalculate_case(tx, opened.desk, find(tx, case_id), act))
    if as_json:
        printing.as_json([{"kpi": clock.kpi, "state": clock.state, "due_at": clock.due_at} for clock in changed])
        return
    rows = [(clock.kpi, clock.state, clock.due_at) for clock in changed]
    printing.table("Changed clocks", ("KPI", "State", "Due"), rows, empty="No clock comes out differently.")
