"""How `mailcase inspect` looks on a terminal."""

from typing import Any

from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

MAX_SHOWN = 2_000  # characters of a text; --json has all of it


def view(found: dict[str, Any]) -> RenderableType:
    """Return the object of one mail as a panel. Everything in it is shown as text, never as mark-up."""
    title = Text(found["path"])
    if found["held"] and "text" not in found:
        return Panel(Text(f"held: {found['held']}\n{found['detail']}"), title=title, border_style="red")
    table = Table.grid(padding=(0, 2))
    for label, value in _rows(found):
        table.add_row(Text(label, style="bold"), Text(value))
    shown: list[RenderableType] = [table, Text(), Text(_cut(found["reply"]["text"]))]
    if found["reply"]["quoted"]:
        shown.append(Text(_cut(found["reply"]["quoted"]), style="dim"))
    return Panel(Group(*shown), title=title)


def _rows(found: dict[str, Any]) -> list[tuple[str, str]]:
    """Return what stands above the text, without the fields that are empty."""
    rows = [
        ("Held", f"{found['held']}: {found['detail']}" if found["held"] else ""),
        ("Subject", found["subject"]),
        ("From", _people([found["from"]] if found["from"] else [])),
        ("To", _people(found["to"])),
        ("Cc", _people(found["cc"])),
        ("Date", found["date"] or ""),
        ("Message-ID", found["message_id"] or ""),
        ("Kind", f"{found['kind']}, {'may' if found['may_acknowledge'] else 'may not'} be acknowledged"),
        ("Why", "; ".join(found["why"])),
        ("Failed", ", ".join(found["report"]["recipients"]) if found["report"] else ""),
        ("Language", found["language"] or ""),
        ("Protection", found["protection"] or ""),
        ("Attached", "\n".join(_files(found["attachments"]))),
    ]
    return [(label, value) for label, value in rows if value]


def _files(attachments: list[dict[str, Any]]) -> list[str]:
    """Return a line for each file, and one for all pictures that are decoration."""
    shown = [one for one in attachments if not one["decoration"]]
    lines = [f"{one['name']} ({one['type']}, {one['size']} bytes)" for one in shown]
    folded = len(attachments) - len(shown)
    return [*lines, f"{folded} signature image{'s' if folded > 1 else ''}"] if folded else lines


def _people(people: list[dict[str, str]]) -> str:
    return ", ".join(f"{one['name']} <{one['address']}>" if one["name"] else one["address"] for one in people)


def _cut(text: str) -> str:
    return text if len(text) <= MAX_SHOWN else text[:MAX_SHOWN] + " …"
