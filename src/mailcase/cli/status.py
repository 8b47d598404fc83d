"""`mailcase status`: how the desk does right now."""

from dataclasses import asdict
from typing import TYPE_CHECKING

import typer

from mailcase.cli import options, printing

if TYPE_CHECKING:
    from mailcase.daemon.status import Status


def status(as_json: options.Json = False, config: options.Config = None) -> None:
    """Show whether a daemon runs, how each mailbox does with what to do about it, and what waits to be filed, sent or decided.

    What only the daemon itself knows comes from its page, if `web.port` is set. Ends with 1 when no daemon runs, or
    something fails.
    """
    from mailcase.daemon.status import status as look

    with options.opened(config) as app:
        found = look(app)
    if as_json:
        canaries = {
            name: {"round_trip_s": one.round_trip_s, "missed_since": one.missed_since}
            for name, one in found.canaries.items()
        }
        printing.as_json(asdict(found) | {"canaries": canaries, "is_well": found.is_well})
    else:
        _show(found)
    if not found.is_well:
        raise typer.Exit(printing.EXIT_REFUSED)


def _show(found: "Status") -> None:
    running = "; ".join(found.daemons)
    typer.echo(f"Running: {running}." if running else "No daemon runs on this database; `mailcase run` starts one.")
    if found.page_error:
        typer.echo(f"No page of a daemon: {found.page_error}.")
    rows = [
        (
            one.mailbox,
            {True: "well", False: "FAILS", None: "-"}[one.is_well],
            one.connected_since,
            one.last_mail_at,
            one.waiting,
            f"{one.lag_s:.0f} s",
            one.error,
            one.remedy,
        )
        for one in found.mailboxes
    ]
    columns = ("Mailbox", "State", "Connected since", "Last mail", "Waiting", "Lag", "Error", "What to do")
    printing.table("Mailboxes", columns, rows, empty="No mailbox.")
    if found.threads:
        printing.table("Failing", ("Thread", "Error", "What to do"), found.threads, empty="")
    if found.pauses:
        rests = [(one.account, one.until, one.times, one.response) for one in found.pauses]
        printing.table("Asked to send more slowly", ("Account", "Until", "Times", "Answer"), rests, empty="")
    for name, one in found.canaries.items():
        trip = f"the last took {one.round_trip_s:.0f} s" if one.round_trip_s is not None else "none is back yet"
        missed = f"; MISSED since {printing.moment(one.missed_since)}" if one.missed_since else ""
        typer.echo(f"Canary of {name}: {trip}{missed}.")
    _show_setbacks(found)
    for left in found.strays:
        typer.echo(
            f"{left.key} is no active agent or team, and has {left.cases} cases, {left.picked} picked items and "
            f"{left.to_do} tasks: `mailcase agent handover {left.key} WHO` gives them to somebody."
        )
    unsent = ", ".join(f"{count} {state}" for state, count in found.unsent.items())
    typer.echo(f"Held: {found.held}. Outgoing: {unsent}.")


def _show_setbacks(found: "Status") -> None:
    from mailcase.domain.number import format_number

    if not found.put_off:
        return
    rows = [
        (one.errand, format_number(one.case_id) if one.case_id else one.about, one.failures, one.again_at, one.error)
        for one in found.setbacks
    ]
    printing.table("Failed and put off", ("What", "Of", "Failures", "Again at", "Error"), rows, empty="")
    if found.put_off > len(rows):
        typer.echo(f"… and {found.put_off - len(rows)} more.")
