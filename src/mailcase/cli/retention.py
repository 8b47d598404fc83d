"""`mailcase retention`: what has expired, deleted now or only counted."""

from typing import Annotated

import typer

from mailcase.cli import options, printing


def retention(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be deleted.")] = False,
    as_json: options.Json = False,
    config: options.Config = None,
) -> None:
    """Delete what has expired by the section `retention` of the settings, as the daemon does each night. Open cases and held mail never expire."""
    from mailcase.daemon.retention import retain

    with options.opened(config) as app:
        done = retain(app, is_dry=dry_run)
    if as_json:
        shown = [
            {"what": one.what, "days": one.days, "count": one.count, "removed": dict(sorted(one.removed.items()))}
            for one in done
        ]
        printing.as_json({"dry_run": dry_run, "expired": shown})
        return
    rows = [
        (one.what, one.days, one.count, ", ".join(f"{count} {name}" for name, count in sorted(one.removed.items())))
        for one in done
    ]
    title = "Would be deleted" if dry_run else "Deleted"
    empty = "Nothing ever expires: [retention] in mailcase.toml is empty."
    printing.table(title, ("What", "Days", "Number", "Rows and bytes"), rows, empty=empty)
