"""A story as files: its steps in order, and what their placeholders stand for."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

STEP = re.compile(r"(?P<number>\d\d)-(?P<name>[a-z0-9-]+)\.(?P<kind>in\.eml|out\.eml|later|again|yaml)")
PLACEHOLDER = re.compile(r"\{\{(?P<what>[A-Za-z-]+) of (?P<number>\d\d)\}\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One numbered file."""

    number: str
    kind: str
    path: Path

    @property
    def text(self) -> str:
        return self.path.read_text(encoding="utf-8")


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """One folder."""

    folder: Path

    @property
    def steps(self) -> list[Step]:
        """The steps in order. A numbered file of another form is a mistake that must not go unnoticed."""
        found = []
        for path in sorted(self.folder.glob("[0-9]*")):
            match = STEP.fullmatch(path.name)
            assert match, f"{path} is no step: see the README of the stories"
            found.append(Step(number=match["number"], kind=match["kind"], path=path))
        return found

    @property
    def rules(self) -> dict[str, str]:
        """Rule files of its own."""
        return {path.name: path.read_text(encoding="utf-8") for path in (self.folder / "desk").glob("*.yaml")}

    @property
    def articles(self) -> dict[str, str]:
        """Articles of the story's own."""
        return {path.name: path.read_text(encoding="utf-8") for path in (self.folder / "desk").glob("*.md")}

    @property
    def settings(self) -> str:
        """Sections to add to the settings."""
        return self._optional("desk/mailcase.toml")

    @property
    def desk(self) -> str:
        """More settings of the section `desk`."""
        return self._optional("desk/desk.toml")

    @property
    def secrets(self) -> list[str]:
        """What no mail to a customer may hold."""
        return [line for line in self._optional("never-to-customers.txt").splitlines() if line.strip()]

    def _optional(self, name: str) -> str:
        path = self.folder / name
        return path.read_text(encoding="utf-8") if path.exists() else ""


def fill(text: str, mails: Mapping[str, EmailMessage]) -> str:
    """Return `text` with its placeholders filled in from the mails of earlier steps."""
    return PLACEHOLDER.sub(lambda match: _of(mails[match["number"]], match["what"].lower()), text)


def _of(mail: EmailMessage, what: str) -> str:
    if what == "quote":
        return "\n".join(f"> {line}".rstrip() for line in plain_text(mail).splitlines())
    if what == "thread":
        return f"{mail['References'] or ''} {mail['Message-ID']}".strip()
    value = mail[what]
    assert value is not None, f"the mail {mail['Subject']!r} has no {what}"
    return str(value)


def plain_text(mail: EmailMessage) -> str:
    """Return the text part of a mail."""
    body = mail.get_body(("plain",))
    return str(body.get_content()) if body else ""


def duration(words: str) -> timedelta:
    """Return what `15 days` or `2 hours` is."""
    count, unit = words.split()
    return timedelta(**{unit if unit.endswith("s") else f"{unit}s": int(count)})
