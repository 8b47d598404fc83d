"""`mailcase demo`: a whole desk on this machine, with its own mail servers and a story told by mail."""

import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mailcase.cli import options, printing

if TYPE_CHECKING:
    from mailcase.app import App
    from mailcase.cli.demo_story import Scene
    from mailcase.sandbox.server import Sandbox

EXCERPT_LINES = 7
SETTLE_S = 20.0


def demo(
    once: Annotated[
        bool, typer.Option("--once", help="End after the story; so it does where input is no terminal.")
    ] = False,
    as_json: options.Json = False,
    imap_port: Annotated[int, typer.Option(help="Port of the IMAP server; 0 lets the system choose.", min=0)] = 0,
    smtp_port: Annotated[int, typer.Option(help="Port of the SMTP server; 0 lets the system choose.", min=0)] = 0,
    folder: Annotated[
        Path | None,
        typer.Option(help="Keep the desk in this new folder instead of a temporary one.", show_default=False),
    ] = None,
) -> None:
    """Play a story on embedded mail servers, then stay up so that you can write to the desk yourself."""
    from mailcase import log
    from mailcase.cli.demo_story import play

    log.configure("error", "auto")
    stays = not once and not as_json and sys.stdin.isatty()
    with _desk(folder, imap_port, smtp_port) as (app, sandbox):
        show = _silent if as_json else _show
        if not as_json:
            _introduce(app, sandbox)
        play(sandbox, show)
        _settle(app)
        found = _result(app)
        if as_json:
            printing.as_json(found)
        else:
            _conclude(found)
        if stays:
            _stay(app)


@contextmanager
def _desk(folder: Path | None, imap_port: int, smtp_port: int) -> Iterator[tuple["App", "Sandbox"]]:
    """Make a desk in a folder, start the servers and the daemon, and take all of it down at the end."""
    from mailcase.app import build
    from mailcase.daemon.supervise import Daemon
    from mailcase.sandbox.server import Sandbox

    place = folder or Path(tempfile.mkdtemp(prefix="mailcase-demo-"))
    sandbox = Sandbox(imap_port=imap_port, smtp_port=smtp_port)
    try:
        sandbox.start()
        path = _furnish(place, sandbox)
        app = build(path)
        daemon = Daemon(app)
        daemon.start()
        try:
            yield app, sandbox
        finally:
            daemon.stop()
            daemon.join()
            app.close()
    finally:
        sandbox.stop()
        if folder is None:
            shutil.rmtree(place, ignore_errors=True)


def _furnish(place: Path, sandbox: "Sandbox") -> Path:
    """Write the desk of the demo into `place`, make its users, and return its settings file."""
    import mailcase.sandbox
    from mailcase.cli.demo_story import BILLING, PASSWORD, PEOPLE, SUPPORT
    from mailcase.errors import Invalid
    from mailcase.files import defaults

    if place.is_dir() and any(place.iterdir()):
        raise Invalid(f"{place}: is not empty; name a new folder for the demo.")
    for address in (SUPPORT, BILLING, *(person.address for person in PEOPLE)):
        sandbox.add_user(address, PASSWORD)
    source = Path(mailcase.sandbox.__file__).parent / "desk"
    shutil.copytree(defaults("rules"), place / "rules", dirs_exist_ok=True)
    shutil.copytree(source / "rules", place / "rules", dirs_exist_ok=True)
    shutil.copytree(defaults("templates"), place / "templates", dirs_exist_ok=True)
    settings = (source / "mailcase.toml").read_text(encoding="utf-8")
    path = place / "mailcase.toml"
    ports = {"{imap_port}": str(sandbox.imap_port), "{smtp_port}": str(sandbox.smtp_port)}
    for name, port in ports.items():
        settings = settings.replace(name, port)
    path.write_text(settings, encoding="utf-8")
    return path


def _settle(app: "App") -> None:
    """Wait until nothing is on its way any more."""
    import time

    from mailcase.domain.inbox import InboxState
    from mailcase.domain.outbox import OutboxState
    from mailcase.store import inbox, outbox

    until = time.monotonic() + SETTLE_S
    while time.monotonic() < until:
        with app.database.read() as tx:
            is_busy = (
                inbox.find(tx, state=InboxState.RECEIVED)
                or outbox.find(tx, state=OutboxState.QUEUED)
                or outbox.find(tx, state=OutboxState.SENDING)
            )
        if not is_busy:
            return
        time.sleep(0.1)


def _result(app: "App") -> dict[str, list[dict[str, Any]]]:
    """Return cases, sent mail and held mail, oldest first, as `--json` prints them."""
    from mailcase.domain.inbox import InboxState
    from mailcase.domain.number import format_number
    from mailcase.domain.outbox import OutboxState
    from mailcase.store import cases, contacts, inbox, outbox

    with app.database.read() as tx:
        found = cases.find(tx, cases.CaseFilter(), limit=1000)
        people = {case.id: contacts.get(tx, case.contact_id) for case in found}
        sent = outbox.find(tx, state=OutboxState.SENT, limit=1000)
        held = inbox.find(tx, state=InboxState.HELD, limit=1000)
    return {
        "cases": [
            {
                "number": case.number,
                "title": case.title,
                "status": case.status,
                "status_reason": case.status_reason,
                "queue": case.queue,
                "customer": customer.address if (customer := people[case.id]) else None,
                "priority": case.priority,
            }
            for case in reversed(found)
        ],
        "sent": [
            {
                "to": ", ".join(recipient.address for recipient in mail.recipients),
                "subject": mail.subject,
                "template": mail.template,
                "case": format_number(mail.case_id) if mail.case_id else None,
            }
            for mail in reversed(sent)
        ],
        "held": [
            {"id": mail.id, "from": mail.sender, "subject": mail.subject, "reason": mail.reason, "detail": mail.detail}
            for mail in reversed(held)
        ],
    }


def _silent(scene: "Scene") -> None:
    del scene


def _show(scene: "Scene") -> None:
    """Show a mail as it goes by."""
    from rich import box
    from rich.markup import escape
    from rich.panel import Panel

    lines = scene.text.strip().splitlines()
    body = "\n".join(lines[:EXCERPT_LINES]) + ("\n…" if len(lines) > EXCERPT_LINES else "")
    printing.console().print(
        Panel(
            f"[bold]{escape(scene.subject)}[/]\n{escape(body)}",
            title=f"{escape(scene.sender)} [dim]→[/] {escape(scene.recipient)}",
            subtitle=f"[dim]{escape(scene.note)}[/]" if scene.note else None,
            title_align="left",
            subtitle_align="right",
            border_style="cyan" if "northwind" not in scene.sender else "green",
            box=box.ROUNDED,
            width=100,
        )
    )


def _introduce(app: "App", sandbox: "Sandbox") -> None:
    from mailcase.cli.demo_story import BILLING, PASSWORD, PEOPLE, SUPPORT

    printing.table(
        "mailcase demo: a desk with its own mail servers, all on this machine",
        ("", ""),
        [
            ("IMAP", f"{sandbox.host}:{sandbox.imap_port}, no encryption"),
            ("SMTP", f"{sandbox.host}:{sandbox.smtp_port}, no encryption"),
            ("Password", f"{PASSWORD}, for everybody; the user name is the whole address"),
            ("The desk", f"{SUPPORT}, {BILLING}"),
            ("Customers", ", ".join(person.address for person in PEOPLE[:3])),
            ("Agents", ", ".join(person.address for person in PEOPLE[3:])),
            ("Its files", app.path.parent),
        ],
        empty="",
    )


def _conclude(found: dict[str, list[dict[str, Any]]]) -> None:
    columns = ("Number", "Title", "Status", "Queue", "Customer", "Priority")
    rows = [
        (c["number"], c["title"], f"{c['status']} / {c['status_reason']}", c["queue"], c["customer"], c["priority"])
        for c in found["cases"]
    ]
    printing.table("Cases", columns, rows, empty="No cases.")
    typer.echo(f"{len(found['sent'])} mails sent, {len(found['held'])} held.")


def _stay(app: "App") -> None:
    """Show what happens on the cases until the person presses Ctrl-C."""
    import time

    from mailcase.domain.number import format_number
    from mailcase.store import timeline

    script = Path(sys.argv[0])
    program = script if script.name == "mailcase" else "mailcase"
    typer.echo(
        f"\nNow it is yours: write to the desk with any mail program, or\n"
        f"  {program} --config {app.path} case list\nCtrl-C ends the demo."
    )
    seen = 0
    with app.database.read() as tx:
        while told := timeline.after(tx, seen):
            seen = told[-1].id
    try:
        while True:
            time.sleep(0.5)
            with app.database.read() as tx:
                news = timeline.after(tx, seen)
            for entry in news:
                seen = entry.id
                typer.echo(f"{printing.moment(entry.at)}  {format_number(entry.case_id)}  {entry.summary}")
    except KeyboardInterrupt:
        typer.echo("\nStopping.")
