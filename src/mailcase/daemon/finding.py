"""What `mailcase check` finds."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What became of one check."""

    what: str
    is_ok: bool | None
    """None for a note that stops nothing."""
    message: str
    remedy: str = ""
