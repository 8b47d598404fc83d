"""How one mail was decided upon, kept so that it can be explained and tried again under other rules."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """One decision. A mail that was held and tried again has several; the last one counts."""

    id: int = 0
    """0 until it is stored."""
    inbox_id: int
    at: datetime
    """The time that the rules were told, UTC."""
    rulebook: str
    """Version (hash) of the rule files."""
    summary: str
    """One line for people, such as `opens a case by rule default`."""
    effect: str
    """JSON of `rules.effect.Effect`: what became of the mail."""
    traces: str
    """JSON of the `decision.Trace`s: every policy and rule tried, and what decided."""
    grounds: str
    """JSON of `desk.memory.Grounds`: what was known about the mail then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Precedent:
    """The last ruling on a mail, with what is needed to judge the mail again."""

    ruling: Ruling
    sha256: str
    """Of the raw bytes."""
    received_at: datetime
    form: int | None
    """Of which form `parsed` is; None when the parsed mail was not kept."""
    parsed: bytes | None
