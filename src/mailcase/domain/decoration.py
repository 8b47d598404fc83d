"""Signature images: pictures that come with every mail of a person, kept like all files and not worth a line each.

A picture in the text is one when it is as small as only icons and tracking pixels are, or when the same bytes came to
several cases, as a company's logo does. A screenshot is larger than the first, and comes to one case only.
"""

from collections.abc import Set as AbstractSet
from typing import Protocol

MAX_ICON = 1_500
"""Bytes: the icons of social networks, drawn lines, pixels that count readers."""
MAX_LOGO = 150_000
"""Bytes of a picture that repetition can make a decoration."""
OFTEN = 3
"""Cases that the same picture came to, the present one too."""


class File(Protocol):
    """What is known of a file, received or stored."""

    @property
    def content_type(self) -> str: ...  # noqa: D102
    @property
    def size(self) -> int: ...  # noqa: D102
    @property
    def sha256(self) -> str: ...  # noqa: D102
    @property
    def is_inline(self) -> bool: ...  # noqa: D102


def is_icon(file: File) -> bool:
    """Tell whether a file is a picture in the text that is too small to show anything."""
    return _is_picture(file) and file.size <= MAX_ICON


def may_be_logo(file: File) -> bool:
    """Tell whether a file is a picture in the text that is a decoration if it came to `OFTEN` cases."""
    return _is_picture(file) and MAX_ICON < file.size <= MAX_LOGO


def _is_picture(file: File) -> bool:
    return file.is_inline and file.content_type.startswith("image/")


def is_decoration(file: File, repeated: AbstractSet[str]) -> bool:
    """Tell whether a file is a decoration; `repeated` holds the SHA-256 of pictures that came to `OFTEN` cases."""
    return is_icon(file) or (file.sha256 in repeated and may_be_logo(file))
