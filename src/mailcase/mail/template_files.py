"""Where templates stand: the names of their files, and which file serves a mailbox, a queue and a language.

    customer/acknowledged.de.html.j2                        name . language . part
    by_mailbox/support/customer/acknowledged.txt.j2         for one mailbox
    by_queue/billing/customer/acknowledged.de.subject.j2    for one queue

Looked for first in the mailbox's folder, then in the queue's, then in the common one; in each in the language wanted,
then without a language. A file of the desk's own folder replaces the shipped file of the same path.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from mailcase.errors import Invalid

MAX_FILE = 100_000  # octets
PARTS = ("subject", "txt", "html")

_PATH = re.compile(
    r"(?P<place>by_mailbox/[^/]+/|by_queue/[^/]+/|)"
    r"(?P<name>(?:[a-z][a-z0-9_]*/)?[a-z_][a-z0-9_]*)"
    r"(?:\.(?P<language>[a-z]{2}))?"
    rf"\.(?P<part>{'|'.join(PARTS)})\.j2"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateFile:
    """One file of a template folder."""

    place: str
    """`by_mailbox/NAME/`, `by_queue/NAME/`, or empty for the common folder."""
    name: str
    """Such as `customer/acknowledged` or `_layout`."""
    language: str
    """ISO 639-1, or empty for the file that serves every language without one of its own."""
    part: str
    path: str
    """Below its folder."""
    shown: str
    """As errors name it."""
    source: str

    @property
    def is_partial(self) -> bool:
        """Whether it is only for others to open, such as `_layout` or `agent/_history`."""
        return self.name.rpartition("/")[2].startswith("_")


@dataclass(frozen=True, slots=True)
class Wanted:
    """For whom a template is looked for."""

    language: str = ""
    mailbox: str = ""
    queue: str = ""

    def places(self) -> Iterator[str]:
        """Yield the places to look into, the nearest first."""
        if self.mailbox:
            yield f"by_mailbox/{self.mailbox}/"
        if self.queue:
            yield f"by_queue/{self.queue}/"
        yield ""

    def paths(self, name: str, part: str) -> Iterator[str]:
        """Yield the paths that serve, the best first."""
        for place in self.places():
            if self.language:
                yield f"{place}{name}.{self.language}.{part}.j2"
            yield f"{place}{name}.{part}.j2"


def read_files(*folders: Path) -> tuple[dict[str, TemplateFile], list[str]]:
    """Return the template files by path, an earlier folder before a later one, and what is wrong with any.

    Other files, such as a README, are no problem unless they end in .j2. Raises Invalid when a folder is missing.
    """
    files: dict[str, TemplateFile] = {}
    problems: list[str] = []
    for folder in folders:
        if not folder.is_dir():
            raise Invalid(f"{folder}: this folder of templates does not exist; create it with `mailcase init`.")
        for path in sorted(folder.rglob("*.j2")):
            relative = path.relative_to(folder).as_posix()
            if relative in files:
                continue
            try:
                files[relative] = _read(path, relative)
            except Invalid as error:
                problems += error.problems
    return files, problems


def names_in(folder: Path) -> frozenset[str]:
    """Return the names of the templates in `folder`, such as `customer/acknowledged`; none for a missing folder."""
    found = (parse_path(path.relative_to(folder).as_posix()) for path in folder.rglob("*.j2"))
    return frozenset(match["name"] for match in found if match)


def parse_path(path: str) -> re.Match[str] | None:
    """Take the path of a template file apart into place, name, language and part; None when it is not one."""
    return _PATH.fullmatch(path)


def _read(path: Path, relative: str) -> TemplateFile:
    match = parse_path(relative)
    if match is None:
        raise Invalid(f"{path}:1: this is not the name of a template; one is customer/acknowledged.de.html.j2.")
    if path.stat().st_size > MAX_FILE:
        raise Invalid(f"{path}:1: a template has {MAX_FILE} octets at most.")
    try:
        source = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise Invalid(f"{path}:1: a template is UTF-8 text: {error.reason} at octet {error.start}.") from error
    return TemplateFile(
        place=match["place"],
        name=match["name"],
        language=match["language"] or "",
        part=match["part"],
        path=relative,
        shown=str(path),
        source=source,
    )
