"""The fields of machine-readable reports: delivery status (RFC 3464), disposition (RFC 8098), feedback (RFC 5965).

All are groups of header-like fields between blank lines: one about the mail, then one for each recipient. Real ones
forget the blank line, begin with one, or put the Action into the wrong group; this reads them as they were meant.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from mailcase.domain.email import InboundEmail

MAX_GROUPS = 500
MAX_TEXT = 100_000  # characters

DELIVERY_STATUS = frozenset({"message/delivery-status", "message/global-delivery-status"})
DISPOSITION = frozenset({"message/disposition-notification", "message/global-disposition-notification"})
FEEDBACK = frozenset({"message/feedback-report"})

_FIELD = re.compile(r"([A-Za-z][A-Za-z0-9-]{1,60})[ \t]*:[ \t]*(.*)")
_ADDRESS = re.compile(r"[^\s<>;:,()\"]+@[^\s<>;:,()\"]+|\"[^\"\n]{1,64}\"@[^\s<>;:,()\"]+")
_STATUS = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.]*\d)")


@dataclass(frozen=True, slots=True)
class Group:
    """Fields that belong together; names in lower case, values unfolded."""

    fields: tuple[tuple[str, str], ...]

    def get(self, name: str) -> str:
        """Return the first value of a field, or an empty string."""
        return next((value for key, value in self.fields if key == name), "")

    @property
    def recipient(self) -> str:
        """The final recipient, or else the original one (RFC 3464 section 2.3), in lower case; empty if neither is."""
        for name in ("final-recipient", "original-recipient", "x-actual-recipient"):
            found = _ADDRESS.search(self.get(name))
            if found:
                return found.group().lower()
        return ""

    @property
    def action(self) -> str:
        """Failed, delayed, delivered, relayed or expanded (RFC 3464 section 2.3.3); empty when it is not said."""
        found = re.match(r"[a-z]+", self.get("action").lower())
        return found.group() if found else ""

    @property
    def status(self) -> str:
        """The enhanced status code (RFC 3463), or empty."""
        found = _STATUS.search(self.get("status"))
        return found.group(1) if found else ""

    @property
    def diagnostic(self) -> str:
        """What the remote server said, without its type."""
        return self.get("diagnostic-code").partition(";")[2].strip() or self.get("diagnostic-code")


def codes(text: str) -> tuple[str, ...]:
    """Return the enhanced status codes in free text, without repeats; no address of a host is taken for one."""
    return tuple(dict.fromkeys(_STATUS.findall(text)))


@lru_cache(maxsize=4)
def groups(text: str) -> tuple[Group, ...]:
    """Read the groups of a report part, in order; the last ones are remembered, since three questions are asked of each."""
    found: list[Group] = []
    for fields in _blocks(text[:MAX_TEXT]):
        if len(found) == MAX_GROUPS:
            break
        found.append(Group(tuple(fields)))
    return tuple(found)


def recipients(email: InboundEmail) -> tuple[Group, ...]:
    """Return the groups about recipients of every delivery status part; an Action written above them is theirs too."""
    found: list[Group] = []
    for part in email.reports:
        if part.content_type not in DELIVERY_STATUS:
            continue
        action = ""
        for group in groups(part.text):
            is_about_recipient = any(name.endswith("-recipient") for name, _ in group.fields)
            if not is_about_recipient:
                action = action or group.action
            elif action and not group.action:
                found.append(Group((*group.fields, ("action", action))))
            else:
                found.append(group)
    return tuple(found)


def _blocks(text: str) -> Iterator[list[tuple[str, str]]]:
    """Yield fields between blank lines, and between two final recipients where the blank line is missing."""
    block: list[tuple[str, str]] = []
    for line in (*text.splitlines(), ""):
        field = _FIELD.match(line)
        if block and line[:1] in (" ", "\t") and line.strip():
            name, value = block[-1]
            block[-1] = (name, f"{value} {line.strip()}")
            continue
        name = field[1].lower() if field else ""
        is_next = name == "final-recipient" and any(key == name for key, _ in block)
        if block and (not line.strip() or is_next):
            yield block
            block = []
        if field:
            block.append((name, field[2].strip()))
