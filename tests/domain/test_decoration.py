"""Pictures that are part of a signature."""

import pytest

from mailcase.domain.activity import AttachedFile
from mailcase.domain.decoration import MAX_ICON, MAX_LOGO, is_decoration, is_icon

OFTEN = frozenset({"seen"})


def picture(size: int, sha256: str = "new", content_type: str = "image/png", *, is_inline: bool = True) -> AttachedFile:
    return AttachedFile(name="image001.png", content_type=content_type, size=size, sha256=sha256, is_inline=is_inline)


@pytest.mark.parametrize(
    ("file", "expected", "reason"),
    [
        (picture(MAX_ICON), True, "an icon"),
        (picture(MAX_ICON + 1), False, "may be a screenshot"),
        (picture(MAX_ICON + 1, "seen"), True, "a logo that came to many cases"),
        (picture(MAX_LOGO + 1, "seen"), False, "too large for a logo"),
        (picture(10, is_inline=False), False, "attached on purpose"),
        (picture(10, content_type="text/calendar"), False, "no picture"),
    ],
)
def test_a_picture_is_decoration_when(file: AttachedFile, expected: bool, reason: str) -> None:
    assert is_decoration(file, OFTEN) is expected, reason


def test_a_picture_of_no_size_is_an_icon() -> None:
    assert is_icon(picture(0))
