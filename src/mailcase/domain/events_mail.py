"""What happened to a case by way of mail besides the mails themselves, as values: held drafts, and who is copied."""

from dataclasses import dataclass

from mailcase.domain.activity import Activity
from mailcase.domain.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class MailHeld(Event):
    """An agent's mail is kept as a draft: nothing of it was done or sent."""

    activity: Activity
    why: str

    @property
    def summary(self) -> str:
        return f"held as a draft: {self.why}"


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftSent(Event):
    """A held mail was run after all, because its agent said so."""

    draft: int
    """Id of its activity."""

    @property
    def summary(self) -> str:
        return f"draft {self.draft} was released"


@dataclass(frozen=True, slots=True, kw_only=True)
class CopiesChanged(Event):
    """Others than the customer take part from now on, or no longer."""

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()

    @property
    def summary(self) -> str:
        changes = [*(f"+{address}" for address in self.added), *(f"-{address}" for address in self.removed)]
        return f"copied: {' '.join(changes)}"
