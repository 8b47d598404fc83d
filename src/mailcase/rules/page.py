"""One file while it is made into its part of the rulebook: its places, and where complaints go."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from mailcase.domain.party import Agent, Team
from mailcase.domain.queue import Queue
from mailcase.domain.vocabulary import Vocabulary
from mailcase.errors import Invalid
from mailcase.rules.documents import Document, Path, Problems
from mailcase.rules.expression import ALWAYS_TRUE, Condition, Environment, Faulty
from mailcase.rules.forms import suggest

Made = TypeVar("Made")


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """What rules may refer to by name."""

    mailboxes: frozenset[str]
    queues: Mapping[str, Queue]
    agents: Mapping[str, Agent]
    teams: Mapping[str, Team] = field(default_factory=dict)
    slas: frozenset[str] = frozenset()
    flows: frozenset[str] = frozenset()
    articles: frozenset[str] | None = None
    """Numbers of all articles; None where they were not read."""
    vocabulary: Vocabulary = field(default_factory=Vocabulary)

    @property
    def owners(self) -> frozenset[str]:
        """Keys of whoever can own a case: agents and teams."""
        return frozenset((*self.agents, *self.teams))


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One file, and what is found wrong with it."""

    document: Document
    problems: Problems
    unread: frozenset[str] = frozenset()
    """Nouns whose own file is broken: that a name of theirs is not known is no news."""

    def wrong(self, path: Path, what: str) -> None:
        """Complain about the value at `path`; a path that ends with an empty key means the key before it."""
        self.problems.add(self.document.place(path), what)

    def check_name(self, path: Path, name: str | None, noun: str, known: Iterable[str]) -> None:
        """Complain when `name` is given and is none of `known`."""
        if name is not None and noun not in self.unread and name not in set(known):
            self.wrong(path, f"there is no {noun} {name!r}; {suggest(name, sorted(known))}")

    def check_acknowledgement(self, path: Path, template: str | bool | None) -> None:
        """Complain about a template that is no mail to customers: the house's own mails must not reach them."""
        if isinstance(template, str) and not template.startswith("customer/"):
            what = f"{template!r} is no mail to customers; name one below customer/, such as customer/acknowledged_vip."
            self.wrong(path, what)

    def check_repeated(self, names: list[str]) -> None:
        """Complain about rules with one name, which a trace could not tell apart."""
        for number, name in enumerate(names):
            if name in names[:number]:
                self.wrong(("rules", number, "name"), f"a rule is called {name!r} already; give it another name.")

    def condition(self, text: str, path: Path, environment: Environment) -> Condition:
        """Return the compiled condition; what is wrong with it is told at its place in the file."""
        try:
            return environment.compile(text)
        except Faulty as error:
            for fault in error.faults:
                self.problems.add(self.document.place_in(path, fault.line, fault.column), fault.what)
            return ALWAYS_TRUE

    def inside(self, *path: str | int) -> "Part":
        """Return the part of the file at `path`."""
        return Part(page=self, path=path)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A part of a file, which complains about what is inside it."""

    page: Page
    path: Path

    def inside(self, *path: str | int) -> "Part":
        """Return the part at `path` from here."""
        return Part(page=self.page, path=(*self.path, *path))

    def wrong(self, what: str, *path: str | int) -> None:
        """Complain about this part, or about the value at `path` from here."""
        self.page.wrong((*self.path, *path), what)

    def check_name(self, name: str | None, noun: str, known: Iterable[str], *path: str | int) -> None:
        """Complain about the value at `path` from here when it is given and none of `known`."""
        self.page.check_name((*self.path, *path), name, noun, frozenset(known))

    def checked(self, make: Callable[[], Made]) -> Made | None:
        """Return what `make` makes, or None after complaining about what the domain finds wrong with it."""
        try:
            return make()
        except Invalid as error:
            for problem in error.problems:
                self.wrong(f"{problem}.")
            return None
