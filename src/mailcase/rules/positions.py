"""Where each character of a YAML text stands in its file: folding and escapes move them apart.

The text and what is written are walked along together; they agree in everything but white space and escapes.
"""

import re
from typing import Final

_SPACE: Final = re.compile(r"[ \t\r\n]+")
_JOINED: Final = re.compile(r"\\(?:\r\n|[\r\n])[ \t]*")  # an escaped end of line is nothing at all
_ESCAPE: Final = re.compile(r"\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|.)")


def positions(written: str, text: str, style: str | None) -> list[int]:
    """Return for each character of `text` its offset in `written`, the scalar of that style as the file has it.

    `style` is `|`, `>`, `'`, `"`, or None for plain text; `written` begins with the indicator.
    """
    at = _start(written, style)
    found: list[int] = []
    while len(found) < len(text):
        if style == '"' and (joined := _JOINED.match(written, at)):
            at = joined.end()
        elif style == '"' and (escape := _ESCAPE.match(written, at)):
            found.append(at)
            at = escape.end()
        elif space := _SPACE.match(written, at):
            found += _spaces(space, text, len(found))
            at = space.end()
        else:
            found.append(at)
            at += 2 if style == "'" and written.startswith("''", at) else 1
    return found


def _start(written: str, style: str | None) -> int:
    """Return where the text begins, behind the quote or the line of the indicator."""
    if style in ("|", ">"):
        return written.find("\n") + 1
    return 1 if style else 0


def _spaces(space: re.Match[str], text: str, done: int) -> list[int]:
    """Return the offsets of the white space in `text` that the white space of the file has become."""
    kept = _SPACE.match(text, done)
    count = len(kept[0]) if kept else 0
    if count == len(space[0]):
        return list(range(space.start(), space.end()))
    return [space.start()] * count
