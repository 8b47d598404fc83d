"""What of an agent's mail goes to the customer besides the words: its files, and the pictures that stand in it.

A picture in the text, a logo of the signature among them, is shown below the words. It gets a Content-ID of its own,
from its content, so that nothing of the agent's mail program goes out with it. What is no picture of a usual kind, or
past the bounds, goes as a file: nothing that the agent put into the mail is lost.
"""

from collections.abc import Iterable
from dataclasses import replace

from mailcase.domain.email import Attachment

PICTURES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
"""Kinds that every mail program shows, and that hold no program (as SVG may)."""
MAX_PICTURES = 20
MAX_PICTURE = 5_000_000  # bytes of one; a photograph that is larger is to be opened, not shown
_DOMAIN = "pictures.mailcase"


def enclosures(files: Iterable[Attachment]) -> tuple[Attachment, ...]:
    """Return the files of an agent's mail as they go to the customer, pictures of the text among them, each once."""
    found: dict[str, Attachment] = {}
    shown = 0
    for at, file in enumerate(files):
        if not file.is_inline:
            found[f"{at}"] = file
            continue
        is_picture = file.content_type in PICTURES and file.size <= MAX_PICTURE and shown < MAX_PICTURES
        shown += is_picture
        name = f"{file.sha256[:32]}@{_DOMAIN}" if is_picture else ""
        found.setdefault(file.sha256, replace(file, is_inline=is_picture, content_id=name))
    return tuple(found.values())
