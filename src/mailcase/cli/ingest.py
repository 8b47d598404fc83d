"""`mailcase ingest`: files mail from files, folders, mboxes or standard input, by the same path as fetched mail."""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mailcase.cli import options, printing
from mailcase.cli import pipe as pipes

if TYPE_CHECKING:
    from mailcase.app import App
    from mailcase.domain.inbox import InboxMessage

MANY = 16
"""So many mails are worth the third of a second that a process takes to start."""
_SEPARATOR = re.compile(rb"From \S+ +(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) [A-Z][a-z]{2} +\d")
"""RFC 4155: who sent it, and a date as asctime writes it; else a sentence that begins with From would end a mail."""


def ingest(
    sources: Annotated[
        list[str],
        typer.Argument(help="Files, folders (Maildir or plain), mboxes, or - for standard input.", show_default=False),
    ],
    mailbox: Annotated[
        str | None,
        typer.Option(
            "--mailbox", "-m", help="The mailbox it came to; else the one it is addressed to.", show_default=False
        ),
    ] = None,
    pipe: Annotated[
        bool,
        typer.Option(
            "--pipe",
            help="For a mail server: take one mail from -, leave it to the daemon, end with a code of sysexits.h.",
        ),
    ] = False,
    recipient: Annotated[
        str | None,
        typer.Option("--recipient", help="With --pipe: the address that the server delivers to.", show_default=False),
    ] = None,
    as_json: options.Json = False,
    config: options.Config = None,
) -> None:
    """Take mail in without a server and file it. The same bytes are taken once, however often they are given.

    Answers are queued; the daemon sends them, or `mailcase run --once`. With --pipe the exit code is 0 when the mail is
    stored, 67 when the recipient has no mailbox, 65 when it is no mail or too large, and 75, try again, for all else.
    """
    if pipe:
        pipes.take(config, sources, mailbox, recipient)
    with options.opened(config) as app:
        keys = _take_in(app, sources, mailbox, is_quiet=as_json)
        settled = _file(app, keys, is_quiet=as_json)
    if as_json:
        printing.as_json([_fields(message) for message in settled])
        return
    rows = [
        (message.id, message.state, message.reason, _number(message), message.subject, message.detail)
        for message in settled
    ]
    printing.table("Taken in", ("Mail", "State", "Reason", "Case", "Subject", "Why"), rows, empty="No mail found.")
    counts = Counter(message.state for message in settled)
    typer.echo(", ".join(f"{count} {state}" for state, count in counts.items()))


def _take_in(app: "App", sources: list[str], mailbox: str | None, *, is_quiet: bool) -> list[int]:
    """Store every mail of `sources`, and return their numbers, each once."""
    from mailcase.daemon.ingest import store

    keys: dict[int, None] = {}
    with printing.progress("mails taken in", is_quiet=is_quiet) as advance:
        for raw in _mails(sources):
            keys[store(app, raw, mailbox).id] = None
            advance(1)
    return list(keys)


def _file(app: "App", keys: list[int], *, is_quiet: bool) -> list["InboxMessage"]:
    """File what is due, and return the mails as they then are; many are read in processes of their own, beside the filing."""
    from mailcase.daemon.intake import intake
    from mailcase.daemon.readers import readers_of
    from mailcase.store import inbox

    readers = readers_of(app, None if len(keys) >= MANY else 0)
    try:
        with printing.progress("mails filed", is_quiet=is_quiet) as advance:
            while done := intake(app, readers=readers):
                advance(done)
    finally:
        readers.close()
    with app.database.read() as tx:
        found = [inbox.get(tx, key) for key in keys]
    return [message for message in found if message is not None]


def _number(message: "InboxMessage") -> str | None:
    from mailcase.domain.number import format_number

    return format_number(message.case_id) if message.case_id else None


def _fields(message: "InboxMessage") -> dict[str, Any]:
    return {
        "id": message.id,
        "mailbox": message.mailbox,
        "state": message.state,
        "reason": message.reason,
        "detail": message.detail,
        "case": _number(message),
        "kind": message.kind,
        "subject": message.subject,
        "sha256": message.sha256,
    }


def _mails(sources: list[str]) -> Iterator[bytes]:
    for source in sources:
        if source == "-":
            yield from _split(typer.get_binary_stream("stdin").read())
        else:
            for path in _files(Path(source)):
                yield from _split(_read(path))


def _files(path: Path) -> list[Path]:
    from mailcase.errors import Invalid

    if path.is_file():
        return [path]
    if not path.is_dir():
        raise Invalid(f"{path}: no such file or folder.")
    if (path / "cur").is_dir() and (path / "new").is_dir():  # a Maildir: what is in tmp is not complete
        return sorted([*(path / "cur").iterdir(), *(path / "new").iterdir()])
    return sorted(file for file in path.rglob("*") if file.is_file() and not file.name.startswith("."))


def _read(path: Path) -> bytes:
    from mailcase.errors import Invalid

    try:
        return path.read_bytes()
    except OSError as error:
        raise Invalid(f"{path}: cannot be read: {error.strerror}.") from error


def _split(content: bytes) -> Iterator[bytes]:
    """Yield the mails of an mbox (RFC 4155), or the one mail that `content` is."""
    if not _SEPARATOR.match(content):
        yield content
        return
    mail: list[bytes] = []
    is_after_blank = True
    for line in content.splitlines(keepends=True):
        if is_after_blank and _SEPARATOR.match(line):
            if mail:
                yield b"".join(mail)
            mail = []
        else:
            mail.append(line)
        is_after_blank = not line.strip()
    if mail:
        yield b"".join(mail)
