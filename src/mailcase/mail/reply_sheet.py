"""The lines of a body while it is taken apart, and what has been found out about each."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from mailcase.domain.email import Confidence
from mailcase.mail.reply_lines import Line


class Part(StrEnum):
    """Whose a line is."""

    TEXT = "text"
    """New."""
    SIGNATURE = "signature"
    """The writer's name card."""
    QUOTED = "quoted"
    """Of an earlier message, or introducing it."""


@dataclass(slots=True)
class Sheet:
    """The lines and what has been found out about each; filled by the steps of `split_lines`."""

    lines: list[Line]
    parts: list[Part]
    introduced: list[int] = field(default_factory=list)
    """Where quoted lines begin that a break introduces."""
    tail: int | None = None
    """Where the tail begins, if there is one."""
    own_marks: int = 0
    """How many marks of clients of their own were found."""
    confidence: Confidence = Confidence.LOW
    is_forward: bool = False
    hinted: list[int] = field(default_factory=list)
    """Which lines their mark-up says something about."""

    @classmethod
    def of(cls, lines: Iterable[Line]) -> "Sheet":
        """Return a sheet on which lines with marks are quoted and all others new."""
        own = list(lines)
        text, quoted = Part.TEXT, Part.QUOTED  # looked up once: the look-up takes longer than the question
        return cls(
            lines=own,
            parts=[quoted if line.depth else text for line in own],
            hinted=[at for at, line in enumerate(own) if line.hint],
        )

    def mark(self, start: int, end: int, part: Part) -> None:
        """Give the lines `start` to `end` to a part."""
        self.parts[start:end] = [part] * (end - start)

    def has_text(self, start: int, end: int) -> bool:
        """Whether any of the lines `start` to `end` is new text."""
        return any(self.is_text(at) for at in range(start, end))

    def is_text(self, at: int) -> bool:
        """Whether a line is new text that shows something."""
        return self.parts[at] is Part.TEXT and not self.lines[at].is_blank
