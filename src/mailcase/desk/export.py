"""A case as files: to keep, to hand over, or to read elsewhere."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from mailcase.desk.desk import Desk
from mailcase.desk.history import History, read
from mailcase.desk.rights import require
from mailcase.domain.party import Agent
from mailcase.domain.permission import Right
from mailcase.store import activities, inbox, outbox
from mailcase.store.tx import Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class Files:
    """What a case becomes on disk."""

    number: str
    contents: tuple[tuple[str, bytes], ...]
    """Relative path and content, in order; no name is one that a stranger chose."""


def export(tx: Tx, desk: Desk, case_id: int, number: str, viewer: Agent | None) -> Files:
    """Return everything about a case as files. Raises Refused, naming `number`, when there is none or who asks may not."""
    history = read(tx, desk, case_id, number, viewer)
    require(desk.rulebook, viewer, Right.EXPORT, history.case)
    contents = (
        ("story.txt", _story(history).encode()),
        ("case.json", _json(history).encode()),
        *_mails(tx, history),
        *_attached(tx, history),
    )
    return Files(number=history.case.number, contents=contents)


def _story(history: History) -> str:
    lines = [f"{history.case.number}  {history.case.title}", ""]
    for line in history.lines:
        lines.append(f"{line.at:%Y-%m-%d %H:%M} UTC  {line.who}: {line.what}  ({line.cause})")
        lines += [f"    {words}" for words in line.words.splitlines()]
        lines += [f"    [{file.name}, {file.size} bytes]" for file in line.files]
    return "\n".join(lines) + "\n"


def _json(history: History) -> str:
    known: dict[str, Any] = {
        "number": history.case.number,
        "case": asdict(history.case),
        "customer": asdict(history.contact) if history.contact else None,
        "activities": [asdict(one) for one in history.activities],
        "timeline": [asdict(one) for one in history.entries],
        "clocks": [asdict(one) for one in history.clocks],
        "stages": [asdict(one) for one in history.visits],
        "relations": [{"is": what, "number": other.number} for what, other in history.relations],
    }
    return json.dumps(known, ensure_ascii=False, indent=2, default=_plain) + "\n"


def _mails(tx: Tx, history: History) -> Iterator[tuple[str, bytes]]:
    """Yield the bytes of each mail as it came, and as it went out."""
    for activity in history.activities:
        received = inbox.get(tx, activity.inbox_id) if activity.inbox_id is not None else None
        raw = inbox.raw(tx, received.sha256) if received else None
        if raw is not None:
            yield f"mail/in-{activity.inbox_id}.eml", raw
    for mail in outbox.of_case(tx, history.case.id):
        yield f"mail/out-{mail.id}.eml", mail.raw


def _attached(tx: Tx, history: History) -> Iterator[tuple[str, bytes]]:
    for activity in history.activities:
        for file in activities.files(tx, activity.id):
            content = activities.content(tx, file.sha256)
            if content is not None:
                yield f"files/{file.id}-{_plain_name(file.name)}", content


def _plain_name(name: str) -> str:
    """Return a file's name with nothing in it that a file system or a shell would take for more than a letter."""
    return "".join(letter if letter.isalnum() or letter in "._-" else "_" for letter in name)[-100:]


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    return dict(value) if isinstance(value, Mapping) else str(value)
