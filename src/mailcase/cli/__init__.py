"""The command line: arguments in, printing out. Commands import what they need when they run, so that --help is quick."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from mailcase import __version__
from mailcase.cli import (
    accounts,
    agents,
    auth,
    backfill,
    boxes,
    case_family,
    case_find,
    case_flow,
    case_life,
    case_mail,
    case_show,
    case_todo,
    case_work,
    cases,
    contact_merge,
    contacts,
    customer_files,
    database,
    demo,
    entitlements,
    flows,
    forget,
    held,
    ingest,
    inspect,
    kb,
    kb_write,
    options,
    queues,
    reconcile,
    retention,
    rules,
    running,
    sent,
    setup,
    simulate,
    sla,
    status,
    templates,
    why,
)
from mailcase.errors import Invalid, MailcaseError, Unavailable

app = typer.Typer(
    name="mailcase",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
contacts.app.command("merge")(contact_merge.merge_contacts)
accounts.app.command("merge")(contact_merge.merge_accounts)
contacts.app.command("import")(customer_files.import_contacts)
contacts.app.command("export")(customer_files.export_contacts)
accounts.app.command("import")(customer_files.import_accounts)
accounts.app.command("export")(customer_files.export_accounts)
boxes.inbox_app.command("show")(held.show)
boxes.inbox_app.command("release")(held.release)
boxes.inbox_app.command("discard")(held.discard)
boxes.inbox_app.command("reconcile")(reconcile.reconcile)
boxes.outbox_app.command("show")(sent.show)
boxes.outbox_app.command("retry")(sent.retry)
cases.app.command("show")(case_show.show)
for module in (case_work, case_flow, case_todo, case_family, case_life, case_mail, case_find):
    for name, command in module.COMMANDS.items():
        cases.app.command(name, rich_help_panel=module.PANEL)(command)
kb.app.command("draft")(kb_write.draft)
kb.app.command("send")(kb_write.send)
kb.app.command("link")(kb_write.link)
SETUP, WORK, FILES = "Set up", "Work", "Look into mail and rules"
app.command("init", rich_help_panel=SETUP)(setup.init)
app.command("check", rich_help_panel=SETUP)(setup.check)
app.command("run", rich_help_panel=SETUP)(running.run)
app.command("status", rich_help_panel=SETUP)(status.status)
app.command("demo", rich_help_panel=SETUP)(demo.demo)
app.add_typer(auth.auth_app, name="auth", rich_help_panel=SETUP)
app.add_typer(database.app, name="db", rich_help_panel=SETUP)
sla.app.command("simulate")(simulate.simulate)
app.add_typer(cases.app, name="case", rich_help_panel=WORK)
app.add_typer(queues.app, name="queue", rich_help_panel=WORK)
app.add_typer(agents.agent_app, name="agent", rich_help_panel=WORK)
app.add_typer(agents.team_app, name="team", rich_help_panel=WORK)
app.add_typer(contacts.app, name="contact", rich_help_panel=WORK)
app.add_typer(accounts.app, name="account", rich_help_panel=WORK)
app.add_typer(entitlements.app, name="entitlement", rich_help_panel=WORK)
app.add_typer(sla.app, name="sla", rich_help_panel=WORK)
app.add_typer(flows.app, name="flow", rich_help_panel=WORK)
app.add_typer(kb.app, name="kb", rich_help_panel=WORK)
app.add_typer(boxes.inbox_app, name="inbox", rich_help_panel=WORK)
app.add_typer(boxes.outbox_app, name="outbox", rich_help_panel=WORK)
app.command("backfill", rich_help_panel=WORK)(backfill.backfill)
app.command("ingest", rich_help_panel=WORK)(ingest.ingest)
app.command("retention", rich_help_panel=WORK)(retention.retention)
app.command("forget", rich_help_panel=WORK)(forget.forget)
app.command("inspect", rich_help_panel=FILES)(inspect.inspect)
app.command("why", rich_help_panel=FILES)(why.why)
app.add_typer(rules.app, name="rules", rich_help_panel=FILES)
app.add_typer(templates.app, name="templates", rich_help_panel=FILES)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"mailcase {__version__}")
        raise typer.Exit


@app.callback()
def mailcase(
    config: Annotated[
        Path | None,
        typer.Option("--config", "-c", envvar="MAILCASE_CONFIG", help=options.CONFIG_HELP, show_default=False),
    ] = None,
    _version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Turn support mailboxes into a service desk that is worked entirely by email."""
    options.of_program.set(config)


def main() -> None:
    """Run the command line; the entry point of the `mailcase` script.

    Exit codes: 0 done, 1 refused or unavailable, 2 wrong files, settings or arguments; never a traceback for those.
    """
    try:
        app()
    except Invalid as error:
        _fail(error.problems, 2)
    except Unavailable as error:
        _fail([error.advice], 2)
    except MailcaseError as error:
        _fail([str(error)], 1)
    except BrokenPipeError:
        sys.stderr.close()  # whoever read our output has gone; there is nobody to tell
        sys.exit(0)


def _fail(lines: tuple[str, ...] | list[str], code: int) -> None:
    for line in lines:
        sys.stderr.write(f"mailcase: {line}\n")
    sys.exit(code)
